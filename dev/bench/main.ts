// `npm run bench`: measures what the stack costs. CPU time is a ratio to a baseline that runs in turn with it. It also counts the
// calls of the APIs. Prints a table and writes dev/bench/results.json. Exit code 1 if a limit is exceeded.
// `npm run bench -- --state` measures what an `up` of many domains costs with each kind of state.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Engine, ensureEngine } from "../offline/engine.ts";
import { repository } from "../offline/home.ts";
import { ensurePostgres, startPostgres } from "../postgres.ts";
import { runProgram } from "../program.ts";
import { createWorkspace } from "../pulumi.ts";
import { type Sandbox, startSandbox } from "../sandbox/index.ts";
import { sandboxDomain, sandboxEnvironment } from "../sandboxDomain.ts";
import { cpuOf, cpuSeconds, type Ratio, ratio } from "./measure.ts";

/** How many domains the large stack has. The limit is for a hundred. */
const many = Number(process.env.BENCH_DOMAINS ?? 100);
const pairs = Number(process.env.BENCH_PAIRS ?? 5);

interface Row {
    what: string;
    value: number;
    /** Only if the value is a median. */
    spread?: Ratio;
    limit?: number;
}
const rows: Row[] = [];

await runProgram(async (cleanup) => {
    const engine = await ensureEngine(console.log);
    if (process.argv.includes("--state")) {
        await backends(engine);
    } else {
        const sandbox = await startSandbox({ ttlScale: 0.001 });
        cleanup.defer(() => sandbox.close());
        const bench = { engine, sandbox, cleanup };
        await oneDomain(bench);
        await allKinds(bench);
        await manyDomains(bench);
    }
    await report();
});

interface Bench {
    engine: Engine;
    sandbox: Sandbox;
    cleanup: AsyncDisposableStack;
}

async function oneDomain(bench: Bench): Promise<void> {
    console.log(`One domain: preview, ${pairs} pairs against each baseline`);
    const stack = await prepared(bench, repository, domainsConfig(bench.sandbox, 1));
    const plain = await prepared(bench, baseline("plain"));
    const usual = await prepared(bench, baseline("usual"));
    const toPlain = await ratio(stack.cpu("preview"), plain.cpu("preview"), pairs);
    add("one domain: preview / plain JavaScript program", toPlain, 1.2);
    const toUsual = await ratio(stack.cpu("preview"), usual.cpu("preview"), pairs);
    add("one domain: preview / usual TypeScript program", toUsual);
    const cache = await mkdtemp(path.join(tmpdir(), "bench-compile-cache-"));
    bench.cleanup.defer(() => rm(cache, { recursive: true, force: true }));
    // The pair that isn't counted fills it.
    const warm = await ratio(stack.cpu("preview", { NODE_COMPILE_CACHE: cache }), stack.cpu("preview"), pairs);
    add("one domain: preview with a warm NODE_COMPILE_CACHE / cold", warm);
    await stack.run("destroy --yes --skip-preview");
}

async function allKinds(bench: Bench): Promise<void> {
    console.log(`One domain behind each kind of edge: preview, ${pairs} pairs`);
    const stack = await prepared(bench, repository, kindsConfig(bench.sandbox));
    const plain = await prepared(bench, baseline("plainKinds"));
    const [ours, theirs] = [typesOf(await resourcesOf(stack)), typesOf(await resourcesOf(plain))];
    if (ours.join() !== theirs.join()) {
        throw new Error(`The baseline has other resources:\n${theirs.join("\n")}\ninstead of\n${ours.join("\n")}`);
    }
    const toPlain = await ratio(stack.cpu("preview"), plain.cpu("preview"), pairs);
    add(`all kinds: preview / plain JavaScript program, ${ours.length} resources`, toPlain, 1.2);
    await plain.run("destroy --yes --skip-preview");
    await stack.run("destroy --yes --skip-preview");
}

async function manyDomains(bench: Bench): Promise<void> {
    const { sandbox } = bench;
    console.log(`${many} domains at a limit of 20 SparkPost calls a second: up (this takes some minutes)`);
    sandbox.faults.rateLimit = 20;
    const stack = await prepared(bench, repository, domainsConfig(sandbox, many));
    sandbox.faults.rateLimit = undefined;

    const resources = await resourcesOf(stack);
    const ours = resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic:"));
    const largest = (size: (resource: Exported) => number) => Math.max(...ours.map(size));
    const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
    rows.push({ what: "state: largest SparkPost resource, bytes", value: largest(bytes) });
    // The SDK records where each resource was declared, with its own frames. No program can avoid these 0.7 KB.
    const ownBytes = largest(({ stackTrace: _, ...resource }) => bytes(resource));
    rows.push({ what: "state: the same without the SDK's stack trace", value: ownBytes, limit: 3_000 });

    const noop = await prepared(bench, baseline("noop"), { "noop:resources": resources.length });
    for (const command of ["preview", "preview --refresh"]) {
        const toNoop = await ratio(stack.cpu(command), noop.cpu(command), Math.min(pairs, 3));
        add(`${many} domains: ${command} / ${resources.length} no-op resources`, toNoop, 1.5);
    }
    for (const [command, calls] of [
        ["preview", 0],
        ["preview --refresh", 1],
        ["up --refresh --yes", 2],
    ] as const) {
        const [sparkpost, cloudflare] = [sandbox.sparkpost.us.calls.length, sandbox.cloudflare.calls.length];
        await stack.run(`${command} --expect-no-changes`);
        const made = sandbox.sparkpost.us.calls.length - sparkpost;
        rows.push({ what: `${many} domains: SparkPost calls of ${command}`, value: made, limit: calls });
        const lookUps = sandbox.cloudflare.calls.slice(cloudflare).filter(isLookUp);
        const processes = command.startsWith("up") ? 2 : 1;
        rows.push({ what: `${many} domains: zone look-ups of ${command}`, value: lookUps.length, limit: processes });
    }
}

/** By where the state is written at each step, and how. */
async function backends(engine: Engine): Promise<void> {
    const add = (what: string, value: number) => rows.push({ what: `${many} domains: CPU s of up, ${what}`, value });
    const programs = await ensurePostgres(console.log);
    add("no state written", await firstUp(engine, {}));
    const usual = { PULUMI_EXPERIMENTAL: undefined, PULUMI_SKIP_CHECKPOINTS: undefined };
    for (const [how, env] of [
        ["", usual],
        [", compressed", { ...usual, PULUMI_DIY_BACKEND_ZSTD: "true" }],
    ] as const) {
        add(`in a file${how}`, await firstUp(engine, env));
        if (programs) {
            await using postgres = await startPostgres(programs);
            const stateIn = { ...postgres.env, PULUMI_BACKEND_URL: postgres.url };
            add(`in PostgreSQL${how}`, await firstUp(engine, { ...env, ...stateIn }));
            add(`the server of PostgreSQL${how}`, await cpuOf(postgres.pid));
        }
    }
}

/** CPU seconds of an `up` in a sandbox of its own, in which nothing is yet. */
async function firstUp(engine: Engine, env: Record<string, string | undefined>): Promise<number> {
    await using cleanup = new AsyncDisposableStack();
    const sandbox = await startSandbox({ ttlScale: 0.001 });
    cleanup.defer(() => sandbox.close());
    const { upSeconds } = await prepared({ engine, sandbox, cleanup }, repository, domainsConfig(sandbox, many), env);
    return upSeconds;
}

interface Export {
    deployment: { resources: Exported[] };
}

interface Exported {
    type: string;
    custom: boolean;
    stackTrace?: unknown;
}

async function resourcesOf({ run }: Pick<Awaited<ReturnType<typeof prepared>>, "run">): Promise<Exported[]> {
    return (JSON.parse((await run("stack export")).stdout) as Export).deployment.resources;
}

/** The types of all resources that a provider has, one for each resource; components only group them. */
function typesOf(resources: Exported[]): string[] {
    return resources
        .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
        .map(({ type }) => type)
        .sort();
}

/** A stack of this program that is up, in the sandbox. */
async function prepared(
    { engine, sandbox, cleanup }: Bench,
    program: string,
    config: Parameters<typeof createWorkspace>[1]["config"] = {},
    env: Record<string, string | undefined> = {},
) {
    const workspace = await createWorkspace(engine, {
        program,
        stack: "bench",
        config,
        env: {
            SPARKPOST_API_KEY: sandbox.sparkpost.us.apiKey,
            ...sandboxEnvironment(sandbox),
            // A file backend rewrites the whole state at every step. That would hide what is measured.
            PULUMI_EXPERIMENTAL: "true",
            PULUMI_SKIP_CHECKPOINTS: "true",
            // As on a machine that runs the program for the first time, for a pull request.
            NODE_COMPILE_CACHE: undefined,
            TS_NODE_CACHE: "false",
            ...env,
        },
    });
    cleanup.defer(() => workspace.close());
    const run = async (command: string) => {
        const result = await workspace.run(command.split(" "));
        if (result.code !== 0) {
            throw new Error(`pulumi ${command}: exit code ${result.code}\n${result.output}`);
        }
        return result;
    };
    const cpu = (command: string, env: Record<string, string> = {}) => {
        const own = { ...workspace, env: { ...workspace.env, ...env } };
        return () => cpuSeconds(engine.pulumi, program, own, command.split(" "));
    };
    const upSeconds = await cpu("up --yes --skip-preview")();
    return { run, cpu, upSeconds };
}

function baseline(name: string): string {
    return path.join(import.meta.dirname, "programs", name);
}

function domainsConfig(sandbox: Sandbox, count: number) {
    const common = { ...sandboxDomain(sandbox), protect: false };
    const domains = Array.from({ length: count }, (_, index) => ({ ...common, hostname: `track${index}.example.com` }));
    return { "sparkpost-tracking:domains": domains };
}

function kindsConfig(sandbox: Sandbox) {
    const cloudflare = { zone: "example.com", mode: "redirect" };
    const entries = {
        proxy: sandboxDomain(sandbox),
        redirect: { ...sandboxDomain(sandbox), cloudflare },
        fastly: sandboxDomain(sandbox, "fastly"),
        managed: sandboxDomain(sandbox, "managed"),
    };
    const domains = Object.entries(entries).map(([name, entry]) => ({
        ...entry,
        protect: false,
        hostname: `${name}.example.com`,
    }));
    return { "sparkpost-tracking:domains": domains };
}

function add(what: string, spread: Ratio, limit?: number): void {
    rows.push({ what, value: spread.median, spread, limit });
}

async function report(): Promise<void> {
    const text = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(2));
    console.log(`\n${"".padEnd(66)}${"value".padStart(7)}${"limit".padStart(7)}   min to max`);
    for (const { what, value, spread, limit } of rows) {
        const range = spread ? `${text(spread.min)} to ${text(spread.max)}` : "";
        const mark = limit !== undefined && value > limit ? "  OVER" : "";
        const columns = `${text(value).padStart(7)}${(limit === undefined ? "" : text(limit)).padStart(7)}`;
        console.log(`${what.padEnd(66)}${columns}   ${range}${mark}`);
    }
    const over = rows.filter(({ value, limit }) => limit !== undefined && value > limit);
    process.exitCode = over.length > 0 ? 1 : 0;
    await writeFile(path.join(import.meta.dirname, "results.json"), `${JSON.stringify(rows, null, 2)}\n`);
}

/** Cloudflare's clients ask for pages until one is empty. Only the first one counts as a look-up. */
function isLookUp({ path }: { path: string }): boolean {
    return path.includes("/zones?") && !path.includes("page=2");
}
