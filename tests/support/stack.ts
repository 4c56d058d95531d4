// A sandbox and the shipped stack in it: what most end-to-end tests start with.
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { DomainEntry, HttpsTrackingDomainTransforms } from "pulumi-sparkpost-tracking";
import { inject } from "vitest";
import { repository } from "../../dev/offline/home.ts";
import { type ConfigValue, createWorkspace, type Result, type Workspace } from "../../dev/pulumi.ts";
import { type Sandbox, type SandboxOptions, startSandbox, type TimelineEvent } from "../../dev/sandbox/index.ts";
import { type EdgeKind, sandboxAccount, sandboxDomain, sandboxEnvironment } from "../../dev/sandboxDomain.ts";
import "./engine.ts";

/**
 * Resolvers may keep an old answer for 300 s, which a stack waits out from the time that Cloudflare gives for a change: here
 * some seconds are left of them, more than the records of the tests are kept.
 */
const modifiedAgo = 294;

/** A domain as a test writes it; how to reach the sandbox is added. */
export type TestDomain = Partial<DomainEntry> & {
    hostname: string;
    /** Only for a program that can take it: tests/programs/domains. */
    transform?: HttpsTrackingDomainTransforms;
};

export interface StackOptions {
    sandbox?: SandboxOptions;
    /** A sandbox that is there already, for a second stack in it; it isn't closed with the stack. */
    within?: Sandbox;
    /** The Pulumi program's folder; default the repository's own stack. */
    program?: string;
    stack?: string;
    domains?: TestDomain[];
    /** More configuration, by full key. */
    config?: Record<string, ConfigValue>;
    /** Whether program and plugins are processes of each command, as for users; default one process for all commands. */
    ownProcesses?: boolean;
    /** More environment; by default both vendors' keys are there. */
    env?: Record<string, string | undefined>;
}

/** Outputs of a host that tests read. */
export interface HostOutputs {
    verified: boolean;
    nextSteps: string[];
    notes: string[];
    dnsRecords: { type: "CNAME"; name: string; value: string; ttl: number; purpose: string }[];
}

/** A resource as a state has it. */
export interface StateResource {
    urn: string;
    type: string;
    custom: boolean;
    id: string;
    inputs: Record<string, unknown>;
    outputs: Record<string, unknown>;
}

const kinds: EdgeKind[] = ["cloudflare", "fastly", "managed"];

/** The folder of a program in tests/programs. */
export function testProgram(name: string): string {
    return path.join(repository, "tests/programs", name);
}

export class TestStack implements AsyncDisposable {
    /** All that any command printed. */
    output = "";

    private constructor(
        readonly sandbox: Sandbox,
        readonly workspace: Workspace,
        private readonly isOwner: boolean,
    ) {}

    static async start(options: StackOptions = {}): Promise<TestStack> {
        const sandbox = options.within ?? (await startSandbox({ modifiedAgo, ...options.sandbox }));
        const workspace = await createWorkspace(inject("engine"), {
            program: options.program ?? repository,
            stack: options.stack,
            config: options.config,
            isAttached: !options.ownProcesses,
            env: {
                SPARKPOST_API_KEY: sandbox.sparkpost.us.apiKey,
                ...sandboxEnvironment(sandbox),
                ...options.env,
            },
        });
        const stack = new TestStack(sandbox, workspace, options.within === undefined);
        if (options.domains) {
            await stack.declare(...options.domains);
        }
        return stack;
    }

    /** Writes these domains into the stack's configuration, in place of those before. */
    async declare(...domains: TestDomain[]): Promise<void> {
        const entries = domains.map((domain) => {
            const given = kinds.filter((kind) => domain[kind] !== undefined);
            const [kind = "cloudflare"] = given;
            const common = given.length > 0 ? sandboxAccount(this.sandbox, kind) : sandboxDomain(this.sandbox, kind);
            return {
                ...common,
                verification: { deadline: 20 },
                ...domain,
                account: { ...common.account, ...domain.account },
                probe: domain.probe === false ? false : { deadline: 20, ...common.probe, ...domain.probe },
            };
        });
        await this.workspace.configure({ "sparkpost-tracking:domains": entries });
    }

    /** Runs a command of the CLI; with an exit code, demands it. */
    async run(command: string, code?: number): Promise<Result> {
        const result = await this.workspace.run(command.split(" "));
        this.output += result.output;
        if (code !== undefined && result.code !== code) {
            throw new Error(`pulumi ${command}: exit code ${result.code} instead of ${code}\n${result.output}`);
        }
        return result;
    }

    /** An update that must succeed. */
    up(...flags: string[]): Promise<Result> {
        return this.run(["up", "--yes", "--skip-preview", ...flags].join(" "), 0);
    }

    /** An update that must fail; gives what it printed. */
    async failingUp(...flags: string[]): Promise<string> {
        const { code, output } = await this.run(["up", "--yes", "--skip-preview", ...flags].join(" "));
        if (code === 0) {
            throw new Error(`pulumi up: should have failed\n${output}`);
        }
        return output;
    }

    destroy(...flags: string[]): Promise<Result> {
        return this.run(["destroy", "--yes", "--skip-preview", ...flags].join(" "), 0);
    }

    /** Demands that the next preview proposes nothing. */
    unchanged(...flags: string[]): Promise<Result> {
        return this.run(["preview", "--expect-no-changes", ...flags].join(" "), 0);
    }

    /** What a preview with refresh shows, property by property; demands that it proposes something. */
    async drift(): Promise<string> {
        return (await this.run("preview --refresh --diff --expect-no-changes", 7)).output;
    }

    /** The resources in the state's file: half a second of CPU less than by `pulumi stack export`. */
    async resources(): Promise<StateResource[]> {
        return JSON.parse(await readFile(this.workspace.stateFile, "utf8")).checkpoint.latest?.resources ?? [];
    }

    /** What the stack says of a host in its outputs. */
    async outputs(hostname: string): Promise<HostOutputs> {
        const stack = (await this.resources()).find(({ type }) => type === "pulumi:pulumi:Stack");
        const hosts = (stack?.outputs.trackingDomains ?? {}) as Record<string, HostOutputs>;
        return hosts[hostname] as HostOutputs;
    }

    /** What SparkPost has of this domain. */
    domain(hostname: string) {
        return this.sandbox.sparkpost.us.domains().find(({ domain }) => domain === hostname);
    }

    /** The events of these kinds, in order. */
    events(...kinds: string[]): TimelineEvent[] {
        return this.sandbox.timeline.filter(({ kind }) => kinds.includes(kind));
    }

    async [Symbol.asyncDispose](): Promise<void> {
        await this.workspace.close();
        if (this.isOwner) {
            await this.sandbox.close();
        }
    }
}
