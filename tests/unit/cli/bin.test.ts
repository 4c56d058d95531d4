// The built program as npm links it: in a process of its own.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { startSandbox } from "../../../dev/sandbox/index.ts";
import { startApi } from "../../support/scriptedApi.ts";

const folder = join(import.meta.dirname, "../../../components");

/** Runs the package's bin with this environment and no other. */
async function run(args: string[], env: Record<string, string>) {
    const { bin } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const program = join(folder, bin["pulumi-sparkpost-tracking"]);
    const ended = await promisify(execFile)(process.execPath, [program, ...args], { env }).catch((error) => error);
    return { code: ended.code ?? 0, stdout: String(ended.stdout), stderr: String(ended.stderr) };
}

describe("the built command line", () => {
    it("finds what exists, with the keys of its environment", async () => {
        const sandbox = await startSandbox();
        onTestFinished(() => sandbox.close());
        sandbox.cloudflare.seedRecord({ name: "track.example.com", content: "spgo.io", proxied: true });
        const { code, stdout, stderr } = await run(
            ["find", "track.example.com", "--api-url", sandbox.sparkpost.us.apiUrl],
            {
                CLOUDFLARE_API_TOKEN: sandbox.cloudflare.apiToken,
                CLOUDFLARE_BASE_URL: sandbox.cloudflare.baseUrl,
                SPARKPOST_API_KEY: sandbox.sparkpost.us.apiKey,
            },
        );
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        expect(stdout).toMatch(/^ +record: [0-9a-f]{32}\/[0-9a-f]{32}$/m);
    });

    it("begins with the line by which a shell finds Node.js, and tells mistakes by its exit code", async () => {
        const program = await readFile(join(folder, "bin/pulumi-sparkpost-tracking.js"), "utf8");
        expect(program.split("\n")[0]).toBe("#!/usr/bin/env node");
        const { code, stdout, stderr } = await run(["find"], {});
        expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
        expect(stderr).toContain("Usage:");
    });

    it.each([
        ["doctor", ["--help"]],
        ["doctor", ["track.example.com", "--resolver", "127.0.0.1:1", "--json"]],
        ["find", ["track.example.com", "--resolver", "127.0.0.1:9"]],
        ["compare-zone", ["example.com", "--old-server", "127.0.0.1:1", "--new-server", "127.0.0.1:1"]],
    ])("loads nothing of Pulumi's (%s)", async (command, args) => {
        const tell = 'process.on("exit", () => console.log(JSON.stringify(Object.keys(require.cache))))';
        const hook = `data:text/javascript,${encodeURIComponent(`import { createRequire } from "node:module"; const require = createRequire("file:///"); ${tell}`)}`;
        // It takes no key, which nobody tries twice.
        const api = await startApi(() => ({ status: 401 }));
        const { stdout } = await run([command, ...args, ...(command === "find" ? ["--api-url", api.url] : [])], {
            NODE_OPTIONS: `--import=${hook}`,
            SPARKPOST_API_KEY: "key",
        });
        const loaded: string[] = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
        expect(
            loaded.filter((file) => file.includes("pulumi-sparkpost-tracking") || file.includes("components/dist")),
        ).not.toEqual([]);
        expect(loaded.filter((file) => file.includes("@pulumi"))).toEqual([]);
    });
});
