import { readFile } from "node:fs/promises";
import { type RequestOptions, request } from "node:https";
import { describe, expect, it, vi } from "vitest";
import type { Sandbox } from "../../dev/sandbox/index.ts";
import { events, HOST, liveHost, world } from "./world.ts";

/** One request straight at the endpoint of the US region, past DNS and edge; gives status and headers. */
async function direct({ probe }: Sandbox, options: RequestOptions) {
    const port = probe.connectTo
        .find((rule) => rule.startsWith("192.0.2.10:443:"))
        ?.split(":")
        .at(-1);
    const ca = await readFile(probe.caFile);
    return new Promise<{ status?: number; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
        const sent = request(
            { host: "127.0.0.1", port, servername: "spgo.io", ca, agent: false, ...options },
            (response) => {
                response.resume();
                resolve({ status: response.statusCode, headers: response.headers });
            },
        );
        sent.on("error", reject).end();
    });
}

const SMOKE = { path: "/f/a/b/c/d", headers: { host: HOST } };

describe("the tracker", () => {
    it("answers the smoke test with 302, nothing in it, and its name", async () => {
        const sandbox = await world();
        liveHost(sandbox);
        const { status, headers } = await direct(sandbox, SMOKE);
        expect([status, headers["content-length"], headers.server]).toEqual([302, "0", "msys-http"]);
    });

    it.each([
        ["honoured", "https://shop.example/"],
        ["ignored", undefined],
    ] as const)("sends a click to its target whatever the path, assumed %s: %s", async (clickTarget, location) => {
        const sandbox = await world({ assumed: { clickTarget } });
        liveHost(sandbox);
        const answer = await sandbox.click(`https://${HOST}/f/never-sent?target=https://shop.example/`);
        expect([answer.status, answer.location]).toEqual([302, location]);
    });

    it("records what arrived: host, scheme, address, user agent, and whether it came through the edge", async () => {
        const sandbox = await world();
        liveHost(sandbox);
        await sandbox.click(`https://${HOST}/f/x?target=https://shop.example/`, { userAgent: "Mail/1.0" });
        await direct(sandbox, { path: "/q/x", headers: { host: HOST, "x-forwarded-for": "203.0.113.7, 127.0.0.1" } });
        expect(events(sandbox, "tracker-request")).toMatchObject([
            {
                host: HOST,
                via: "edge",
                scheme: "https",
                event: "click",
                status: 302,
                address: "127.0.0.1",
                userAgent: "Mail/1.0",
            },
            { host: HOST, via: "direct", scheme: "https", event: "open", status: 200, address: "203.0.113.7" },
        ]);
    });

    it("needs a server name", async () => {
        const sandbox = await world();
        await expect(direct(sandbox, { ...SMOKE, servername: "" })).rejects.toThrow("handshake failure");
    });

    it.each([
        ["served", 302],
        ["refused", 404],
    ] as const)("has a registered, unverified host %s, assumed: %d", async (unverifiedHost, status) => {
        const sandbox = await world({ assumed: { unverifiedHost } });
        sandbox.sparkpost.us.seed({ domain: HOST });
        expect((await direct(sandbox, SMOKE)).status).toBe(status);
    });

    it("doesn't know hosts of nobody, nor of the other region", async () => {
        const sandbox = await world();
        sandbox.sparkpost.eu.seed({ domain: HOST, verified: true });
        expect((await direct(sandbox, SMOKE)).status).toBe(404);
        expect((await direct(sandbox, { ...SMOKE, headers: { host: "spgo.io" } })).status).toBe(404);
    });

    it("finds the host in X-Forwarded-Host too", async () => {
        const sandbox = await world();
        liveHost(sandbox);
        expect(
            (await direct(sandbox, { ...SMOKE, headers: { host: "cdn.example", "x-forwarded-host": HOST } })).status,
        ).toBe(302);
        expect(events(sandbox, "tracker-request")).toMatchObject([{ host: HOST }]);
    });

    it.each([
        ["wins", "b.example.com"],
        ["loses", "a.example.com"],
    ] as const)("of two hosts it knows, X-Forwarded-Host %s, assumed: %s", async (forwardedHost, host) => {
        const sandbox = await world({ assumed: { forwardedHost } });
        for (const domain of ["a.example.com", "b.example.com"]) {
            sandbox.sparkpost.us.seed({ domain, verified: true });
        }
        await direct(sandbox, { ...SMOKE, headers: { host: "a.example.com", "x-forwarded-host": "b.example.com" } });
        expect(events(sandbox, "tracker-request")).toMatchObject([{ host }]);
    });

    it("drops whoever connects while it is down", async () => {
        const sandbox = await world({ faults: { originDown: true } });
        await expect(direct(sandbox, SMOKE)).rejects.toMatchObject({ code: "ECONNRESET" });
        sandbox.faults.originDown = false;
        expect((await direct(sandbox, SMOKE)).status).toBe(404);
    });

    it("refuses a link of more than 4,096 bytes, and its own 403 looks like the tracker's", async () => {
        const sandbox = await world();
        liveHost(sandbox);
        expect((await direct(sandbox, { ...SMOKE, path: `/f/${"x".repeat(4096)}` })).status).toBe(414);
        sandbox.faults.trackerForbidden = true;
        expect(await direct(sandbox, SMOKE)).toMatchObject({ status: 403, headers: { server: "msys-http" } });
    });

    it("models no other methods: 501, and has no app-link files", async () => {
        const sandbox = await world();
        liveHost(sandbox);
        const printed = vi.spyOn(console, "error").mockReturnValue();
        expect((await direct(sandbox, { ...SMOKE, method: "POST" })).status).toBe(501);
        expect((await direct(sandbox, { ...SMOKE, path: "/.well-known/assetlinks.json" })).status).toBe(404);
        expect(events(sandbox, "unmodelled")).toHaveLength(1);
        printed.mockRestore();
    });
});
