// `npm run sandbox`: a local SparkPost, Cloudflare and Fastly that run until Ctrl-C, with a stack for them and a file for the
// shell. `-- --fastly` and `-- --managed` choose the edge. `-- --slow` makes names and certificates late.
// `-- --broken=certificate` shows the messages of that failure.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setInterval } from "node:timers/promises";
import { BROKEN, type Choices, choicesOrExit, faultsOf } from "./choices.ts";
import { type Engine, ensureEngine } from "./offline/engine.ts";
import { repository } from "./offline/home.ts";
import { runProgram } from "./program.ts";
import { engineEnvironment } from "./pulumi.ts";
import { type Sandbox, startSandbox } from "./sandbox/index.ts";
import { edgePort, sandboxDomain, sandboxEnvironment } from "./sandboxDomain.ts";
import { clickCommand, shellFile } from "./sandboxShell.ts";

const hostname = "track.example.com";
const stack = "sandbox";
const choices = choicesOrExit("sandbox");

await runProgram(async (cleanup) => {
    console.log("A local SparkPost, Cloudflare and Fastly are starting.");
    const engine = await ensureEngine(console.log);
    const sandbox = await startSandbox({ faults: faultsOf(choices) });
    cleanup.defer(() => sandbox.close());
    // Each sandbox has a new state, because what a stack made in an earlier sandbox is gone.
    const state = await fs.mkdtemp(path.join(os.tmpdir(), "sparkpost-sandbox-state-"));
    cleanup.defer(() => fs.rm(state, { recursive: true, force: true }));
    await keepSelectedStack(cleanup, engine);

    const { PATH: _, ...ofEngine } = await engineEnvironment(engine, repository);
    const variables = {
        SPARKPOST_API_KEY: sandbox.sparkpost.us.apiKey,
        ...sandboxEnvironment(sandbox),
        ...ofEngine,
        PULUMI_BACKEND_URL: `file://${state}`,
        PULUMI_CONFIG_PASSPHRASE: "sandbox",
        // Then no stack has to be selected.
        PULUMI_STACK: stack,
    };
    const folders = [path.join(repository, "node_modules/.bin"), path.dirname(engine.pulumi)];
    const files = { [`Pulumi.${stack}.yaml`]: configuration(sandbox), "sandbox.sh": shellFile(variables, folders) };
    const { host: mark } = new URL(sandbox.sparkpost.us.apiUrl);
    for (const [name, text] of Object.entries(files)) {
        const file = path.join(repository, name);
        await fs.writeFile(file, text);
        cleanup.defer(async () => {
            // Another sandbox of this clone may have written its own file since.
            if ((await fs.readFile(file, "utf8").catch(() => "")).includes(mark)) {
                await fs.rm(file);
            }
        });
    }
    initStack(engine, variables);
    tellHowToUse(sandbox, choices);
    await tellWhatHappens(sandbox);
});

/** `pulumi stack select` writes this folder's stack into the engine's home. The end of the sandbox undoes that. */
async function keepSelectedStack(cleanup: AsyncDisposableStack, { home }: Engine): Promise<void> {
    const project = createHash("sha1").update(path.join(repository, "Pulumi.yaml")).digest("hex");
    const file = path.join(home, "workspaces", `sparkpost-tracking-${project}-workspace.json`);
    const before = await fs.readFile(file).catch(() => undefined);
    cleanup.defer(() => (before ? fs.writeFile(file, before) : fs.rm(file, { force: true })));
}

function initStack({ pulumi }: Engine, variables: Record<string, string>): void {
    const options = { cwd: repository, env: { ...process.env, ...variables }, encoding: "utf8" } as const;
    const { status, stderr } = spawnSync(pulumi, ["stack", "init", stack, "--no-select", "--non-interactive"], options);
    if (status !== 0) {
        throw new Error(`\`pulumi stack init\` failed:\n${stderr}`);
    }
}

function tellHowToUse(sandbox: Sandbox, { kind, isSlow, broken }: Choices): void {
    const { caFile } = sandbox.probe;
    const click = clickCommand(hostname, { caFile, port: edgePort(sandbox, kind) });
    const how = [
        ...(isSlow ? ["names and certificates are late"] : []),
        ...(broken ? [`${BROKEN[broken].what}, so \`pulumi up\` fails and says so`] : []),
    ];
    console.log(`
The sandbox is running${how.length > 0 ? `: ${how.join("; ")}` : ""}. Ctrl-C ends it, and removes what it has made.
In another terminal, in ${repository} (bash or zsh):

  source sandbox.sh    # the stack "${stack}" with its keys and addresses; its configuration is Pulumi.${stack}.yaml
  pulumi up
  ${click}
  sandbox_off          # the terminal is as before

What happens in it:`);
}

/** Prints the timeline as it grows. */
async function tellWhatHappens({ timeline }: Sandbox): Promise<void> {
    let told = 0;
    for await (const _ of setInterval(200)) {
        for (const { at, actor, what } of timeline.slice(told)) {
            console.log(`${(at / 1000).toFixed(1).padStart(7)} s  ${actor.padEnd(10)} ${what}`);
        }
        told = timeline.length;
    }
}

/** YAML is a superset of JSON, so the configuration needs no YAML writer. */
function configuration(sandbox: Sandbox): string {
    const { kind, broken } = choices;
    const domain = { ...sandboxDomain(sandbox, kind), hostname, default: true, protect: false };
    // A failure should show soon.
    const soon = { deadline: 30 };
    const domains = [broken ? { ...domain, probe: { ...domain.probe, ...soon }, verification: soon } : domain];
    return (
        "# Written by `npm run sandbox`, for the sandbox that runs now.\n" +
        `config:\n  sparkpost-tracking:domains: ${JSON.stringify(domains)}\n`
    );
}
