// Runs a piece of a Pulumi program with the engine mocked, and keeps all that it registers, looks up, warns of and fails
// with.
import { setTimeout as delay } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";

/** A registration as the engine would get it. Other resources appear in short: `DnsRecord track`. */
export interface Registration {
    type: string;
    name: string;
    inputs: Record<string, unknown>;
    parent: string | undefined;
    dependsOn: string[];
    protect: boolean;
    retainOnDelete: boolean;
    replacementTrigger: unknown;
    /** The id of what it takes over. */
    importId: string | undefined;
    /** Other types that it may have had under the same name. */
    aliasTypes: string[];
    /** Undefined for the default one. */
    provider: string | undefined;
}

export interface LookUp {
    token: string;
    inputs: Record<string, unknown>;
}

export interface Run<T> {
    /** What the program gave back; undefined when its constructor calls threw. */
    result: T | undefined;
    /** Sorted by kind and name, for the order of registration isn't one to rest on. */
    resources: Registration[];
    lookUps: LookUp[];
    warnings: string[];
    /** What it tells without warning. */
    infos: string[];
    /** What the engine would print as errors: thrown at once, or in what is still to come. */
    errors: string[];
    /** The one resource of this kind, the last word of its type: `DnsRecord`. */
    one(kind: string): Registration;
}

export interface RunOptions {
    /** Default false: an update. */
    preview?: boolean;
    /**
     * Answers of look-ups by token; an Error makes it fail. Default: an active zone `example.com`, and a state
     * in which the hosts of `track` and `t0` to `t2` are registered already, so that nobody is asked what they are today.
     */
    answers?: Record<string, object | Error>;
    /** Outputs by kind of resource, beside its inputs. */
    outputs?: Record<string, object>;
    config?: Record<string, string>;
    /** Keys of the configuration that are secret. */
    secrets?: string[];
    /**
     * Default false: the program is run as the engine would run it. True: as a user's tests with `pulumi.runtime.setMocks`
     * do, where nobody is asked anything.
     */
    usersMocks?: boolean;
    /** What ends the run, where it does more than the mocks: calls over the network. */
    until?: (resources: readonly Registration[], errors: readonly string[], told: () => readonly string[]) => boolean;
}

/** The look-up of a zone by its name. */
export const getZones = "cloudflare:index/getZones:getZones";

export const zone = {
    id: "0123456789abcdef0123456789abcdef",
    name: "example.com",
    status: "active",
    type: "full",
    paused: false,
    activatedOn: "2020-01-01T00:00:00Z",
};

/** The engine's own function for what the state has. */
export const stateToken = "pulumi:pulumi:readStackResourceOutputs";

const registered = ["track", "t0", "t1", "t2"].map((name) => [
    `urn of ${name}`,
    { type: "pulumi-nodejs:dynamic:TrackingDomain", outputs: { domain: `${name}.example.com` } },
]);

const usualAnswers: Record<string, object> = {
    [stateToken]: { outputs: Object.fromEntries(registered) },
    [getZones]: { results: [zone] },
};
const usualOutputs: Record<string, object> = {
    TrackingDomain: { secure: true, default: false, verified: false, complianceStatus: "valid" },
    Command: { stdout: '{"hostname":"track.example.com","endpoint":"spgo.io","passed":true}' },
};

/** Runs the program as one run of the engine does: a second call is a second run in the same process. */
export async function run<T>(program: () => T, options: RunOptions = {}): Promise<Run<T>> {
    const { preview = false, config = {}, secrets = [] } = options;
    const resources: Registration[] = [];
    const lookUps: LookUp[] = [];
    let asked = 0;
    await pulumi.runtime.setMocks(
        {
            call({ token, inputs }) {
                asked++;
                // It asks no vendor.
                if (token !== stateToken) {
                    lookUps.push({ token, inputs });
                }
                const answer: object | undefined = { ...usualAnswers, ...options.answers }[token];
                if (!answer || answer instanceof Error) {
                    const { message } = answer ?? new Error(`the test has no answer for ${token}`);
                    // The SDK tells the details of an RPC's error.
                    throw Object.assign(new Error(message), { details: message });
                }
                return answer;
            },
            newResource({ type, name, inputs }) {
                const kind = kindOf(type);
                const outputs = { ...usualOutputs[kind], ...options.outputs?.[kind] };
                return { id: `${name}-id`, state: { ...inputs, ...outputs } };
            },
        },
        "program",
        "dev",
        preview,
        "organization",
    );
    if (!options.usersMocks) {
        looksLikeTheEngine();
    }
    keepRegistrations(resources);
    pulumi.runtime.setAllConfig(config, secrets);
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    const info = vi.spyOn(pulumi.log, "info").mockResolvedValue();
    const told = (...logs: (typeof warn)[]) => logs.flatMap(({ mock }) => mock.calls.map(([message]) => message));
    const openBefore = sockets();
    const { result, errors } = await collectErrors(program, (errors) =>
        settled(
            () => resources.length + asked,
            () => options.until?.(resources, errors, () => told(warn, info)) ?? true,
            openBefore,
        ),
    );
    const [warnings, infos] = [told(warn), told(info)];
    warn.mockRestore();
    info.mockRestore();
    resources.sort((a, b) => (shortOf(a) < shortOf(b) ? -1 : 1));
    const one = (kind: string) => {
        const found = resources.filter(({ type }) => kindOf(type) === kind);
        if (!found[0] || found.length > 1) {
            throw new Error(`${found.length} resources of kind ${kind} among ${resources.map(shortOf).join(", ")}`);
        }
        return found[0];
    };
    return { result, resources, lookUps, warnings, infos, errors, one };
}

/** The value behind an output. */
export function resolved<T>(output: pulumi.Output<T> | undefined): Promise<pulumi.Unwrap<T>> {
    return new Promise((resolve) => pulumi.output(output as pulumi.Output<T>).apply(resolve));
}

/** What a Command asks the probe. */
export function probeOf({ inputs }: Registration): Record<string, unknown> {
    const { SPARKPOST_TRACKING_PROBE: text = "" } = inputs.environment as Record<string, string>;
    // Of the version, not of the domain.
    const { asks: _, ...request } = JSON.parse(text);
    return request;
}

/** Mocks are recognised by the class of their monitor, of which each run has a new one. */
function looksLikeTheEngine(): void {
    Object.defineProperty(pulumi.runtime.getMonitor(), "constructor", { value: class ResourceMonitorClient {} });
}

/** The mocks aren't told of parents, dependencies and options, so the requests are watched. */
function keepRegistrations(resources: Registration[]): void {
    // biome-ignore lint/suspicious/noExplicitAny: requests of the engine's protocol, which the SDK doesn't declare.
    const monitor = pulumi.runtime.getMonitor() as any;
    const register = monitor.registerResource.bind(monitor);
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    monitor.registerResource = (request: any, callback: unknown) => {
        resources.push({
            type: request.getType(),
            name: request.getName(),
            inputs: pulumi.runtime.deserializeProperties(request.getObject()),
            parent: request.getParent() ? shortOfUrn(request.getParent()) : undefined,
            dependsOn: request.getDependenciesList().map(shortOfUrn).sort(),
            protect: request.getProtect() ?? false,
            retainOnDelete: request.getRetainondelete() ?? false,
            importId: request.getImportid() || undefined,
            replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
            aliasTypes: request.getAliasesList().map(aliasTypeOf),
            provider: request.getProvider() ? shortOfUrn(request.getProvider()) : undefined,
        });
        return register(request, callback);
    };
}

/**
 * Runs the program, and waits for its end. An error in what is still to come reaches the engine as a rejection that nobody
 * handles.
 */
async function collectErrors<T>(
    program: () => T,
    end: (errors: readonly string[]) => Promise<void>,
): Promise<{ result: T | undefined; errors: string[] }> {
    const listeners = process.listeners("unhandledRejection");
    const errors: string[] = [];
    const collect = (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        errors.push(...(errors.includes(message) ? [] : [message]));
    };
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", collect);
    let result: T | undefined;
    try {
        result = program();
    } catch (error) {
        collect(error);
    }
    try {
        await end(errors);
    } finally {
        process.removeAllListeners("unhandledRejection");
        for (const listener of listeners) {
            process.on("unhandledRejection", listener);
        }
    }
    return { result, errors };
}

/**
 * Waits for the end: a turn of the event loop in which nothing more is asked, nothing is under way over the network, such as
 * a question for a parent's HSTS, and there is what the test waits for.
 */
async function settled(asked: () => number, isThere: () => boolean, openBefore: number): Promise<void> {
    const end = performance.now() + 10_000;
    for (let before = -1; !isThere() || before !== asked() || sockets() > openBefore; ) {
        if (performance.now() > end) {
            throw new Error("the program came to no end");
        }
        before = asked();
        // The mocks answer without input and output.
        await (sockets() > openBefore ? delay(1) : new Promise(setImmediate));
    }
}

function sockets(): number {
    return process.getActiveResourcesInfo().filter((each) => /^(UDP|TCP|GetAddrInfo|Query)/.test(each)).length;
}

// biome-ignore lint/suspicious/noExplicitAny: as above.
const aliasTypeOf = (alias: any): string => alias.getSpec().getType();
const kindOf = (type: string) => type.split(":").at(-1) ?? "";
const shortOf = ({ type, name }: { type: string; name: string }) => `${kindOf(type)} ${name}`;

function shortOfUrn(urn: string): string {
    const [, , type = "", name = ""] = urn.split("::");
    return shortOf({ type, name });
}
