import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { startSandbox } from "../../dev/sandbox/index.ts";
import { HOST, liveHost, world } from "./world.ts";

describe("a sandbox", () => {
    it("gives what its users build on", async () => {
        const { sparkpost, cloudflare, probe, edge } = await world();
        expect(sparkpost.us.apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/us\/api\/v1$/);
        expect(sparkpost.eu).toMatchObject({ apiUrl: expect.stringMatching(/\/eu\/api\/v1$/), endpoint: "eu.spgo.io" });
        expect(cloudflare.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/client\/v4$/);
        expect(cloudflare.apiToken).toMatch(/^[0-9A-Za-z_-]{40,80}$/);
        expect(probe.connectTo).toContain(`${edge.address}:443:127.0.0.1:${edge.httpsPort}`);
        expect(probe.connectTo).toContain(`${edge.address}:80:127.0.0.1:${edge.httpPort}`);
    });

    it("is reached by curl with the CA and the edge's port", async () => {
        const { probe, edge, ...sandbox } = await world();
        liveHost({ probe, edge, ...sandbox });
        const connect = `${HOST}:443:127.0.0.1:${edge.httpsPort}`;
        const args = ["--silent", "--include", "--noproxy", "*", "--cacert", probe.caFile, "--connect-to", connect];
        const { stdout } = await promisify(execFile)("curl", [...args, `https://${HOST}/f/a/b/c/d`]);
        expect(stdout).toMatch(/^HTTP\/1\.1 302/);
    });

    it("keeps its timeline in order, and waits for past and future events alike", async () => {
        const sandbox = await world({ faults: { nameDelay: 20 } });
        liveHost(sandbox);
        const visible = await sandbox.waitFor(({ kind }) => kind === "name-visible");
        expect(await sandbox.waitFor(({ kind }) => kind === "name-visible")).toBe(visible);
        const times = sandbox.timeline.map(({ at }) => at);
        expect(times).toEqual([...times].sort((one, other) => one - other));
    });

    it("says what happened last when what was waited for doesn't", async () => {
        const sandbox = await world();
        liveHost(sandbox);
        await expect(sandbox.waitFor(() => false, 1)).rejects.toThrow(
            "name-visible: the name servers know track.example.com",
        );
    });

    it("ends whoever still waits when it closes, and takes its folder along", async () => {
        const sandbox = await startSandbox({ faults: { nameDelay: 60_000, certificateDelay: 60_000 } });
        liveHost(sandbox);
        const waiting = expect(sandbox.waitFor(() => false)).rejects.toThrow("closed");
        await sandbox.close();
        await waiting;
        expect(existsSync(sandbox.probe.caFile)).toBe(false);
    });

    it("leaves nothing behind that keeps the process alive", async () => {
        const module = join(import.meta.dirname, "../../dev/sandbox/index.ts");
        const program = `
            const { startSandbox } = await import(${JSON.stringify(module)});
            const sandbox = await startSandbox({ faults: { nameDelay: 60_000 } });
            sandbox.sparkpost.us.seed({ domain: "${HOST}", verified: true });
            sandbox.cloudflare.seedRecord({ name: "${HOST}", content: "spgo.io", proxied: true });
            await fetch(sandbox.cloudflare.baseUrl + "/zones");
            await sandbox.close();
            console.log("closed");
        `;
        const run = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
        expect((await run).stdout).toBe("closed\n");
    });
});
