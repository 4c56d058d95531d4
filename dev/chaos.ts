// `npm run chaos`: kills the CLI during an `up` of three kinds of domains, at random moments and after each effect. Then it
// finishes the `up` with only the commands of docs/troubleshooting.md. Exit code 1 if something is doubled or lost, or if those
// commands aren't enough.
//
//     npm run chaos                      20 random kills, then one at each effect
//     npm run chaos -- --seed 7 --random 5 --effects 0
import { rm } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Engine, ensureEngine } from "./offline/engine.ts";
import { repository } from "./offline/home.ts";
import { runProgram } from "./program.ts";
import { createWorkspace, type Workspace } from "./pulumi.ts";
import { type Sandbox, startSandbox, type TimelineEvent } from "./sandbox/index.ts";
import { sandboxDomain, sandboxEnvironment } from "./sandboxDomain.ts";

const { values } = parseArgs({
    options: { seed: { type: "string" }, random: { type: "string" }, effects: { type: "string" } },
});
const seed = Number(values.seed ?? 1);
const randomKills = Number(values.random ?? 20);
/** After how many of the effects to kill. Default: all. */
const effectKills = Number(values.effects ?? Number.POSITIVE_INFINITY);

/** A change that an `up` makes at a vendor. */
const EFFECTS = new Set([
    "registered",
    "secure-changed",
    "verified",
    "default-changed",
    "certificate-ordered",
    "record-created",
    "record-updated",
    "service-created",
    "version-activated",
    "subscription-created",
]);

/** A domain of the stack's configuration, as far as this program changes it. */
interface Domain {
    hostname: string;
    adopt?: boolean;
    [kind: string]: unknown;
}

/** When to kill: milliseconds after the start, or the number of an effect. */
type Moment = { after: number } | { effect: number };

async function chaos(): Promise<void> {
    const engine = await ensureEngine(console.log);
    const whole = await attempt(engine);
    console.log(`An up that isn't killed: ${whole.milliseconds} ms, ${whole.effects} effects`);
    const random = mulberry(seed);
    const moments: Moment[] = [
        ...Array.from({ length: randomKills }, () => ({ after: Math.round(random() * whole.milliseconds) })),
        ...Array.from({ length: Math.min(whole.effects, effectKills) }, (_, index) => ({ effect: index + 1 })),
    ];
    let failed = 0;
    for (const moment of moments) {
        const what = "after" in moment ? `after ${moment.after} ms` : `at effect ${moment.effect}`;
        try {
            const { killedAt, rounds } = await attempt(engine, moment);
            console.log(`ok      killed ${what} (${killedAt}), finished after ${rounds} up${rounds === 1 ? "" : "s"}`);
        } catch (error) {
            failed += 1;
            console.log(`FAILED  killed ${what}: ${error instanceof Error ? error.message : error}`);
        }
    }
    console.log(`${moments.length - failed} finished, ${failed} failed (seed ${seed})`);
    process.exitCode = failed > 0 ? 1 : 0;
}

interface Outcome {
    milliseconds: number;
    effects: number;
    killedAt?: string;
    rounds: number;
}

/** One `up` in a sandbox of its own, killed at this moment if there is one, then finished. */
async function attempt(engine: Engine, moment?: Moment): Promise<Outcome> {
    await using cleanup = new AsyncDisposableStack();
    const sandbox = await startSandbox({ ttlScale: 0 });
    cleanup.defer(() => sandbox.close());
    const workspace = await createWorkspace(engine, {
        program: repository,
        env: { SPARKPOST_API_KEY: sandbox.sparkpost.us.apiKey, ...sandboxEnvironment(sandbox) },
    });
    cleanup.defer(() => workspace.close());
    const stack = new Stack(sandbox, workspace);
    await stack.configure();

    const start = performance.now();
    const up = workspace.spawn(["up", "--yes", "--skip-preview"]);
    let killedAt: string | undefined;
    if (moment) {
        const ended = up.result.then(() => undefined);
        const reached = "after" in moment ? sleep(moment.after) : nthEffect(sandbox, moment.effect);
        await Promise.race([reached, ended]);
        killedAt = sandbox.timeline.filter(isEffect).at(-1)?.what ?? "nothing done yet";
        up.kill("SIGKILL");
    }
    const { code, output } = await up.result;
    const milliseconds = Math.round(performance.now() - start);
    if (!moment && code !== 0) {
        throw new Error(`the up that isn't killed failed:\n${output}`);
    }
    const rounds = moment ? await stack.finish() : 0;
    await stack.check();
    return { milliseconds, effects: sandbox.timeline.filter(isEffect).length, killedAt, rounds };
}

/** The stack that is killed, and what a person does who has only the docs. */
class Stack {
    readonly #domains: Domain[];
    private readonly sandbox: Sandbox;
    private readonly workspace: Workspace;

    constructor(sandbox: Sandbox, workspace: Workspace) {
        this.sandbox = sandbox;
        this.workspace = workspace;
        const kinds = { a: "cloudflare", b: "fastly", c: "managed" } as const;
        this.#domains = Object.entries(kinds).map(([name, kind]) => ({
            ...structuredClone(sandboxDomain(sandbox, kind)),
            hostname: `${name}.example.com`,
            protect: false,
            verification: { deadline: 60 },
            ...(name === "a" && { default: true }),
        }));
    }

    async configure(): Promise<void> {
        const domains = this.#domains.map((domain) => ({
            ...domain,
            probe: { ...(domain.probe as object), deadline: 60 },
        }));
        await this.workspace.configure({ "sparkpost-tracking:domains": domains });
    }

    /** Runs the commands of the docs until an `up` succeeds. Gives the number of runs. */
    async finish(): Promise<number> {
        const { output } = await this.workspace.run(["stack", "export"]);
        if (output.includes("failed to load checkpoint: EOF")) {
            await rm(path.join(this.workspace.dir, ".pulumi/stacks/sparkpost-tracking/dev.json.attrs"));
        }
        await this.workspace.run(["cancel", "--yes"]);
        await this.#must("refresh", "--yes", "--clear-pending-creates");
        let seen = "";
        for (let round = 1; round <= 8; round++) {
            const { code, output } = await this.workspace.run(["up", "--yes", "--skip-preview"]);
            if (code === 0) {
                return round;
            }
            if (!(await this.#follow(output))) {
                throw new Error(`nothing in docs/troubleshooting.md fits this:\n${output}`);
            }
            seen = output;
            await this.configure();
        }
        throw new Error(`still not finished:\n${seen}`);
    }

    /** Does what the messages of a failed `up` say. `false` if the docs don't know what they say. */
    async #follow(output: string): Promise<boolean> {
        let isFollowed = false;
        for (const domain of this.#domains) {
            const { hostname } = domain;
            const about = output.split("\n").filter((line) => line.includes(hostname));
            if (!domain.adopt && about.some((line) => line.includes("already registered"))) {
                domain.adopt = true;
                isFollowed = true;
            }
        }
        // The same command comes twice: on the resource's row and in the diagnostics.
        for (const command of new Set(output.match(/^\s*pulumi import .*$/gm)?.map((line) => line.trim()))) {
            await this.#must(...wordsOf(command).slice(1));
            isFollowed = true;
        }
        return isFollowed;
    }

    /** Fails if something is doubled, lost, or still to be changed. */
    async check(): Promise<void> {
        const { sandbox } = this;
        const hosts = this.#domains.map(({ hostname }) => hostname);
        const problems: string[] = [];
        const demand = (isTrue: boolean, otherwise: string) => {
            if (!isTrue) {
                problems.push(otherwise);
            }
        };
        for (const host of hosts) {
            const domain = sandbox.sparkpost.us.domains().find((one) => one.domain === host);
            demand(domain?.secure === true && domain.verified === true, `${host} isn't secure and verified`);
            const records = sandbox.cloudflare.records("example.com").filter(({ name }) => name === host);
            demand(records.length === 1, `${host} has ${records.length} records`);
            const click = await sandbox.click(`https://${host}/f/x/y?target=https%3A%2F%2Fshop.example%2F`);
            demand(click.location === "https://shop.example/", `a click on ${host} ends with ${JSON.stringify(click)}`);
        }
        demand(sandbox.sparkpost.us.domains().length === hosts.length, "there are more registrations than hosts");
        demand(
            sandbox.sparkpost.us.domains().some((one) => one.default),
            "no domain is the default",
        );
        const services = sandbox.fastly.services().filter((service) => isAlive(service, "b.example.com"));
        demand(services.length === 1, `Fastly has ${services.length} services for b.example.com`);
        const challenges = sandbox.cloudflare.records("example.com").filter(({ name }) => name.startsWith("_acme"));
        demand(challenges.length === 1, `there are ${challenges.length} challenge records`);
        const orders = sandbox.fastly.subscriptions();
        demand(orders.length === 1, `Fastly has ${orders.length} TLS subscriptions`);
        const preview = await this.workspace.run(["preview", "--expect-no-changes"]);
        demand(preview.code === 0, `the next preview proposes changes:\n${preview.output}`);
        if (problems.length > 0) {
            throw new Error(problems.join("; "));
        }
    }

    async #must(...args: string[]): Promise<void> {
        const { code, output } = await this.workspace.run(args);
        if (code !== 0) {
            throw new Error(`\`pulumi ${args.join(" ")}\` ended with ${code}:\n${output}`);
        }
    }
}

/** The words of a command line. Some are in single quotes. */
function wordsOf(command: string): string[] {
    return command.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", "")) ?? [];
}

function isAlive(service: { deleted_at: string | null }, hostname: string): boolean {
    return service.deleted_at === null && JSON.stringify(service).includes(hostname);
}

function isEffect({ kind }: TimelineEvent): boolean {
    return EFFECTS.has(kind);
}

function nthEffect(sandbox: Sandbox, count: number): Promise<unknown> {
    let seen = 0;
    return sandbox.waitFor((event) => isEffect(event) && ++seen >= count, 120_000);
}

function sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Random numbers from 0 to 1 that a seed determines (mulberry32). */
function mulberry(state: number): () => number {
    let now = state;
    return () => {
        now = (now + 0x6d2b79f5) | 0;
        let mixed = Math.imul(now ^ (now >>> 15), 1 | now);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
}

await runProgram(chaos);
