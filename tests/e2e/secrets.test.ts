// The keys are where they have to be, encrypted in the configuration and in the environment of processes, and nowhere else.
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { diagnosticOf } from "../support/diagnostics.ts";
import { TestStack } from "../support/stack.ts";

const track = { hostname: "track.example.com", default: true, protect: false };
const fast = { hostname: "fast.example.com", fastly: { dns: { cloudflare: { zone: "example.com" } } }, protect: false };
const refused = { hostname: "refused.example.com", protect: false };
const lost = { hostname: "lost.example.com", protect: false, probe: { deadline: 1 } };

it("shows no key in the state, in anything printed or on any command line", async () => {
    await using stack = await TestStack.start({
        ownProcesses: true,
        env: { SPARKPOST_API_KEY: undefined },
        domains: [track, fast],
    });
    const { sandbox, workspace } = stack;
    const { apiKey } = sandbox.sparkpost.us;
    const keys = [apiKey, sandbox.cloudflare.apiToken, sandbox.fastly.apiKey];
    await workspace.configure({
        "sparkpost:apiKey": { secret: apiKey },
        "cloudflare:apiToken": { secret: sandbox.cloudflare.apiToken },
        "fastly:apiKey": { secret: sandbox.fastly.apiKey },
    });
    const holders = (places: Record<string, string>) => placesOf(keys, places);

    // The probe goes on for as long as something else answers behind the edge.
    sandbox.faults.strangerOrigin = true;
    const up = workspace.spawn(["up", "--yes", "--skip-preview", "--logtostderr", "-v=3"]);
    await sandbox.waitFor(({ kind }) => kind === "edge-request", 60_000);
    const commandLines = await allCommandLines();
    sandbox.faults.strangerOrigin = false;
    const { code, output } = await up.result;
    expect(code, output).toBe(0);
    expect(commandLines).toContain("pulumi-sparkpost-tracking/probe");
    expect(output).toContain("RegisterResource RPC finished");
    expect(sandbox.fastly.subscriptions()).toMatchObject([{ state: "issued" }]);
    expect(holders({ commandLines, output, ...(await filesOf(workspace.dir)) })).toEqual([]);

    // Errors are where keys like to show up: SparkPost repeats ours, and a probe fails.
    sandbox.faults.sparkpost.push({
        path: /refused/,
        status: 400,
        body: { errors: [{ message: `no such thing for ${apiKey}` }] },
        times: 1,
    });
    sandbox.faults.strangerOrigin = true;
    await stack.declare(track, fast, refused, lost);
    const failure = await stack.failingUp("--continue-on-error");
    expect(diagnosticOf(failure, "TrackingDomain (refused.example.com)")).toContain("no such thing for [secret]");
    expect(diagnosticOf(failure, "Command (lost.example.com-probe)")).toContain("doesn't work over HTTPS");
    sandbox.faults.strangerOrigin = false;
    // Fastly too may repeat it; our own look there tells no more than the status.
    const repeated = { msg: `no such key ${sandbox.fastly.apiKey}` };
    sandbox.faults.fastly.push({ method: "GET", path: /tls\/subscriptions\?/, status: 403, body: repeated, times: 1 });
    await stack.declare(track, { ...fast, fastly: { ...fast.fastly, cacheTtl: 20 } });
    expect(await stack.failingUp()).toContain("#fastly-token");
    await stack.run("preview --diff", 0);
    await stack.run("stack export", 0);
    sandbox.sparkpost.us.change(track.hostname, { default: false });
    await stack.destroy();
    expect(stack.output).toMatch(/"sparkpost:apiKey": \{\s*"4dabf18193072939515e22adb298388d"/);
    expect(holders({ output: stack.output, ...(await filesOf(workspace.dir)) })).toEqual([]);
});

/** The names of the places that hold a secret, as it is or in base64. */
function placesOf(secrets: string[], places: Record<string, string>): string[] {
    const forms = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString("base64")]);
    return Object.keys(places).filter((place) => forms.some((form) => places[place]?.includes(form)));
}

/** The command line of every process of this machine. */
async function allCommandLines(): Promise<string> {
    return (await promisify(execFile)("ps", ["-A", "-ww", "-o", "args="], { maxBuffer: 2 ** 24 })).stdout;
}

/** What the files of a folder hold: configuration, state, its backups and history. */
async function filesOf(folder: string): Promise<Record<string, string>> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    expect(files.some((file) => /\.pulumi.*stacks.*dev\.json$/.test(file))).toBe(true);
    return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(file, "utf8")])));
}
