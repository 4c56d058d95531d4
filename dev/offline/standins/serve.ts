// What the stand-in plugins share: they serve a table of resource types and functions to the engine, refuse anything
// else loudly, and end when the engine does.

import grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type { CheckFailure, DiffResult } from "@pulumi/pulumi/provider/provider.js";
import { main } from "@pulumi/pulumi/provider/server.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { installedVersion } from "../versions.ts";
import type { Properties } from "./values.ts";

/** The operations of one resource type. Values arrive as the engine sends them, secrets marked as such. */
export interface ResourceType {
    check(inputs: Properties): CheckFailure[];
    /** The inputs with what the official plugin fills in before it compares; without it they stay as they are. */
    complete?(inputs: Properties): Properties;
    diff(state: Properties, inputs: Properties): DiffResult;
    /** `timeout` is that of `customTimeouts`, in seconds; undefined where there is none. */
    create(inputs: Properties, urn: string, timeout?: number): Promise<{ id: string; state: Properties }>;
    /** The state read back, with the inputs that would lead to it; `undefined` when the thing is gone. */
    read(id: string, state: Properties): Promise<{ id: string; state: Properties; inputs?: Properties } | undefined>;
    update(id: string, state: Properties, inputs: Properties, urn: string): Promise<Properties>;
    delete(id: string, state: Properties, urn: string): Promise<void>;
}

export interface Plugin {
    /** The package, e.g. "cloudflare". */
    name: string;
    /** Default: that of the npm package. */
    version?: string;
    /** By full token, e.g. "cloudflare:index/dnsRecord:DnsRecord". */
    resources: Record<string, ResourceType>;
    /** By full token, e.g. "cloudflare:index/getZone:getZone". */
    functions: Record<string, (args: Properties) => Promise<Properties>>;
    /** Ends what still runs; called when the user cancels and when the engine ends. */
    cancel(): void;
}

/** Serves the plugin until the process ends that started this one: an engine, or a test that lets engines attach. */
export async function serve(plugin: Plugin): Promise<void> {
    const typeOf = (urn: string) => {
        const token = urn.split("::")[2]?.split("$").pop() ?? urn;
        return plugin.resources[token] ?? refuse(plugin, token);
    };
    endWithEngine(() => plugin.cancel());
    takeImports();
    hearWhoAttaches();
    const timeout = createTimeout();
    await main(
        {
            version: plugin.version ?? installedVersion(`@pulumi/${plugin.name}`),
            check: async (urn, _olds, news) => {
                const type = typeOf(urn);
                return { failures: type.check(news), inputs: type.complete?.(news) };
            },
            diff: async (_id, urn, olds, news) => typeOf(urn).diff(olds, news),
            create: async (urn, inputs) => {
                const { id, state } = await typeOf(urn).create(inputs, urn, timeout());
                return { id, outs: state };
            },
            read: async (id, urn, props) => {
                const found = await typeOf(urn).read(id, props ?? {});
                return found ? { id: found.id, props: found.state, inputs: found.inputs } : { id: "", props: {} };
            },
            update: async (id, urn, olds, news) => ({ outs: await typeOf(urn).update(id, olds, news, urn) }),
            delete: async (id, urn, props) => typeOf(urn).delete(id, props, urn),
            invoke: async (token, args) => ({ outputs: await invoke(plugin, token, args) }),
            cancel: async () => plugin.cancel(),
        },
        process.argv.slice(2),
    );
}

/**
 * How long the create that the SDK's server has just begun may take, which it keeps to itself: it takes the properties out
 * of the request, and calls `create` in the same breath.
 */
function createTimeout(): () => number | undefined {
    const { prototype } = messages.CreateRequest as unknown as {
        prototype: { getProperties(): unknown; getTimeout(): number };
    };
    const given = prototype.getProperties;
    let seconds: number | undefined;
    prototype.getProperties = function () {
        seconds = this.getTimeout() || undefined;
        return given.call(this);
    };
    return () => seconds;
}

/**
 * A line on the row of a resource, or of the stack where there is no `urn`; an ephemeral one isn't repeated at the end. An error that is logged fails nothing: the
 * engine counts it ("1 errored") and ends well all the same.
 */
export function log(severity: "INFO" | "ERROR", line: string, urn = "", isEphemeral = false): Promise<void> {
    logger ??= new EngineClient(engineAddress, grpc.credentials.createInsecure());
    const request = new engineMessages.LogRequest();
    request.setSeverity(engineMessages.LogSeverity[severity]);
    request.setUrn(urn);
    request.setMessage(line);
    request.setEphemeral(isEphemeral);
    return new Promise((resolve) => {
        logger?.log(request, () => resolve()); // a line that can't be shown is no reason to fail
    });
}

/** The engine's address: the last argument of a plugin that an engine starts, or what an attaching engine says. */
let engineAddress = process.argv.at(-1) ?? "";
let logger: EngineClient | undefined;

/** An engine that attaches to a plugin tells its address, which the SDK's server keeps to itself. */
function hearWhoAttaches(): void {
    const { prototype } = plugins.PluginAttach as unknown as { prototype: { getAddress(): string } };
    const given = prototype.getAddress;
    prototype.getAddress = function () {
        const address = given.call(this);
        if (address !== engineAddress) {
            engineAddress = address;
            logger = undefined;
        }
        return address;
    };
}

/** An error as Terraform's providers tell it, which the official plugins are made from. */
export class Diagnostic extends Error {
    readonly summary: string;
    readonly detail: string;

    constructor(summary: string, detail: string, cause?: unknown) {
        super(`${summary}: ${detail}`, { cause });
        this.summary = summary;
        this.detail = detail;
    }
}

/** Calls a function. seen: a failure is also shown on the stack's row, whatever the program does about it. */
async function invoke(plugin: Plugin, token: string, args: Properties): Promise<Properties> {
    try {
        return await (plugin.functions[token] ?? refuse(plugin, token))(args);
    } catch (error) {
        if (error instanceof Diagnostic) {
            await log("ERROR", `[ERROR] ${error.detail}: ${error.summary}`);
        }
        throw error;
    }
}

/** An import is read without a state, which the SDK's server can't do: it gets an empty one. */
function takeImports(): void {
    const { prototype } = messages.ReadRequest as unknown as { prototype: { getProperties(): unknown } };
    const given = prototype.getProperties;
    prototype.getProperties = function () {
        return given.call(this) ?? new structs.Struct();
    };
}

/** The refusal of a property that a stand-in doesn't know. */
export function unknownProperty(plugin: string, property: string): CheckFailure {
    return {
        property,
        reason: `isn't known to this project's stand-in for the ${plugin} plugin; use the official plugin`,
    };
}

/** A check that refuses all properties but these. */
export function onlyProperties(plugin: string, known: readonly string[]): (inputs: Properties) => CheckFailure[] {
    return (inputs) =>
        Object.keys(inputs)
            .filter((property) => !known.includes(property))
            .map((property) => unknownProperty(plugin, property));
}

function refuse({ name, resources, functions }: Plugin, token: string): never {
    const known = [...Object.keys(resources), ...Object.keys(functions)].join(", ");
    throw new Error(
        `${token} isn't known to this project's stand-in for the ${name} plugin, which knows ${known}. ` +
            `Run on a machine that can download the official plugin: "pulumi plugin install resource ${name}".`,
    );
}

/**
 * Ends this process when the engine asks for it or is gone. After kill -9 of the engine nobody asks: the process gets
 * another parent, and what it prints goes nowhere.
 */
function endWithEngine(cancel: () => void): void {
    const end = () => {
        cancel();
        process.exit(0);
    };
    const engine = process.ppid;
    setInterval(() => process.ppid !== engine && end(), 500).unref();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.on(signal, end);
    }
    for (const stream of [process.stdout, process.stderr]) {
        stream.on("error", end);
    }
}
