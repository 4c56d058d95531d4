// `npm run sandbox`: a local SparkPost and Cloudflare that stay, and a stack configuration for them.
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { startSandbox } from "../sandbox/index.ts";
import { ensureEngine } from "./offline/engine.ts";
import { repository } from "./offline/home.ts";
import { standInPrograms } from "./offline/plugins.ts";
import { sandboxDomain } from "./sandboxDomain.ts";

const engine = await ensureEngine(console.log);
const sandbox = await startSandbox();
const { us } = sandbox.sparkpost;
// What a stack made in an earlier sandbox went with it: each has a state of its own.
const state = await fs.mkdtemp(path.join(os.tmpdir(), "sparkpost-sandbox-state-"));
const configFile = path.join(repository, "Pulumi.sandbox.yaml");
await fs.writeFile(configFile, configuration());

console.log(`
The sandbox is running; Ctrl-C ends it. Its stack configuration is in Pulumi.sandbox.yaml (not for git). In another terminal:

export SPARKPOST_API_KEY=${us.apiKey}
export CLOUDFLARE_API_TOKEN=${sandbox.cloudflare.apiToken}
export CLOUDFLARE_BASE_URL=${sandbox.cloudflare.baseUrl}
export PULUMI_BACKEND_URL=file://${state}
export PULUMI_CONFIG_PASSPHRASE=sandbox
export PULUMI_HOME=${engine.home}
${Object.entries(standInEnvironment())
    .map(([name, value]) => `export ${name}=${value}`)
    .join("\n")}
export PATH=${path.join(repository, "node_modules", ".bin")}:${path.dirname(engine.pulumi)}:$PATH

pulumi stack select --create sandbox && pulumi up --stack sandbox
curl -i --cacert ${sandbox.probe.caFile} --connect-to ::127.0.0.1:${sandbox.edge.httpsPort} https://track.example.com/f/a/b/c/d

What happens in it:`);

let told = 0;
setInterval(() => {
    for (const { at, actor, what } of sandbox.timeline.slice(told)) {
        console.log(`${(at / 1000).toFixed(1).padStart(7)} s  ${actor.padEnd(10)} ${what}`);
    }
    told = sandbox.timeline.length;
}, 200);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, async () => {
        await sandbox.close();
        await Promise.all([configFile, state].map((place) => fs.rm(place, { recursive: true, force: true })));
        process.exit(0);
    });
}

/** YAML is a superset of JSON, so the configuration needs no YAML writer. */
function configuration(): string {
    const domains = [{ ...sandboxDomain(sandbox), hostname: "track.example.com", default: true, protect: false }];
    return (
        "# Written by `npm run sandbox`, for the sandbox that runs now.\n" +
        `config:\n  sparkpost-tracking:domains: ${JSON.stringify(domains)}\n`
    );
}

/** What the stand-in plugins need, where the official ones couldn't be downloaded. */
function standInEnvironment(): Record<string, string> {
    return engine.standIns.length > 0
        ? {
              SPARKPOST_TRACKING_STAND_INS: standInPrograms,
              PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
              PULUMI_SKIP_UPDATE_CHECK: "true",
          }
        : {};
}
