// `npm run sandbox`: a local SparkPost, Cloudflare and Fastly that stay, and a stack configuration for them.
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setInterval } from "node:timers/promises";
import { ensureEngine } from "./offline/engine.ts";
import { repository } from "./offline/home.ts";
import { runProgram } from "./program.ts";
import { engineEnvironment } from "./pulumi.ts";
import { type Sandbox, startSandbox } from "./sandbox/index.ts";
import { sandboxDomain, sandboxEnvironment } from "./sandboxDomain.ts";

await runProgram(async (cleanup) => {
    const engine = await ensureEngine(console.log);
    const sandbox = await startSandbox();
    cleanup.defer(() => sandbox.close());
    // What a stack made in an earlier sandbox went with it: each has a state of its own.
    const state = await fs.mkdtemp(path.join(os.tmpdir(), "sparkpost-sandbox-state-"));
    cleanup.defer(() => fs.rm(state, { recursive: true, force: true }));
    const configFile = path.join(repository, "Pulumi.sandbox.yaml");
    await fs.writeFile(configFile, configuration(sandbox));
    // Another sandbox of this clone may have written its own since.
    const isOurs = async () => (await fs.readFile(configFile, "utf8").catch(() => "")) === configuration(sandbox);
    cleanup.defer(async () => ((await isOurs()) ? fs.rm(configFile) : undefined));

    tellHowToUse(sandbox, {
        SPARKPOST_API_KEY: sandbox.sparkpost.us.apiKey,
        ...sandboxEnvironment(sandbox),
        ...(await engineEnvironment(engine, repository)),
        PULUMI_BACKEND_URL: `file://${state}`,
        PULUMI_CONFIG_PASSPHRASE: "sandbox",
    });
    await tellWhatHappens(sandbox);
});

function tellHowToUse({ probe, edge }: Sandbox, environment: Record<string, string>): void {
    const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
    console.log(`
The sandbox is running; Ctrl-C ends it. Its stack configuration is in Pulumi.sandbox.yaml (not for git).
In another terminal, in the repository:

${Object.entries(environment)
    .map(([name, value]) => `export ${name}=${quoted(value)}`)
    .join("\n")}

pulumi stack select --create sandbox && pulumi up --stack sandbox
curl -i --cacert ${probe.caFile} --connect-to ::127.0.0.1:${edge.httpsPort} https://track.example.com/f/a/b/c/d

What happens in it:`);
}

/** Prints the timeline as it grows, for ever. */
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
    const domains = [{ ...sandboxDomain(sandbox), hostname: "track.example.com", default: true, protect: false }];
    return (
        "# Written by `npm run sandbox`, for the sandbox that runs now.\n" +
        `config:\n  sparkpost-tracking:domains: ${JSON.stringify(domains)}\n`
    );
}
