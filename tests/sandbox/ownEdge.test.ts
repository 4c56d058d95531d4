import { Resolver } from "node:dns/promises";
import { createConnection } from "node:net";
import { describe, expect, it } from "vitest";
import type { Faults, SandboxOptions } from "../../dev/sandbox/index.ts";
import { events, HOST, liveHost, world } from "./world.ts";

const URL_OF_CLICK = `https://${HOST}/f/a?target=https://shop.example/`;
const atOwnEdge = { name: HOST, type: "A", value: "192.0.2.50" } as const;

/** A verified host behind the user's own edge. */
async function ownEdge(options: SandboxOptions = {}) {
    const otherZones = [{ name: "example.com", records: [atOwnEdge] }];
    const sandbox = await world({ zones: [], otherZones, ...options });
    sandbox.sparkpost.us.seed({ domain: HOST, secure: true, verified: true });
    return sandbox;
}

describe("an edge of one's own", () => {
    it.each(["http", "https"])("hands %s requests on, with host, query and visitor", async (scheme) => {
        const sandbox = await ownEdge();
        const url = URL_OF_CLICK.replace(/^https/, scheme);
        expect(await sandbox.click(url)).toMatchObject({ status: 302, location: "https://shop.example/" });
        expect(events(sandbox, "tracker-request")).toMatchObject([
            { host: HOST, scheme, visitorScheme: scheme, event: "click", address: "127.0.0.1" },
        ]);
        expect(events(sandbox, "edge-request")).toMatchObject([{ host: HOST, status: 302, edge: "own" }]);
    });

    it("is a bad gateway when the endpoint is down", async () => {
        const sandbox = await ownEdge({ faults: { originDown: true } });
        expect(await sandbox.click(URL_OF_CLICK)).toMatchObject({ status: 502, headers: { server: "nginx" } });
    });

    it("has an IPv6 address, as somebody else's DNS can say, and both lead to it", async () => {
        const aaaa = { name: HOST, type: "AAAA", value: "2001:db8::50" } as const;
        const otherZones = [{ name: "example.com", records: [atOwnEdge, aaaa] }];
        const { probe, ownEdge: edge } = await ownEdge({ otherZones });
        const resolver = new Resolver({ timeout: 2000, tries: 1 });
        resolver.setServers([probe.resolver]);
        expect([await resolver.resolve4(HOST), await resolver.resolve6(HOST)]).toEqual([
            [edge.address],
            [edge.address6],
        ]);
        const portOf = (at: string) =>
            probe.connectTo
                .find((rule) => rule.startsWith(`${at}:443:`))
                ?.split(":")
                .at(-1);
        expect(portOf("[2001:db8::50]")).toBe(portOf("192.0.2.50"));
    });

    it("isn't where the dead addresses are", async () => {
        const { probe, dead } = await ownEdge();
        for (const at of [dead.address, `[${dead.address6}]`]) {
            const port = probe.connectTo
                .find((rule) => rule.startsWith(`${at}:443:`))
                ?.split(":")
                .at(-1);
            const socket = createConnection(Number(port), "127.0.0.1");
            const bytes = await new Promise<number>((resolve) => {
                socket.on("error", () => undefined).on("close", () => resolve(socket.bytesRead));
            });
            expect(bytes).toBe(0);
        }
    });
});

describe("what goes wrong at every edge", () => {
    const worlds = {
        own: ownEdge,
        cloudflare: async (options: SandboxOptions) => {
            const sandbox = await world(options);
            liveHost(sandbox);
            return sandbox;
        },
    };
    const each = (faults: Partial<Faults>) =>
        Promise.all(Object.values(worlds).map((start) => start({ faults, ttlScale: 0 })));

    it.each<NonNullable<Faults["edgeAnswer"]>>([
        { status: 502, headers: { server: "nginx" }, body: "Bad Gateway" },
        { status: 302, headers: { location: "https://team.cloudflareaccess.com/cdn-cgi/access/login/x" } },
        { status: 204 },
    ])("is what it answers: %j", async (edgeAnswer) => {
        for (const sandbox of await each({ edgeAnswer })) {
            const { status, headers, body } = await sandbox.click(URL_OF_CLICK);
            expect(status).toBe(edgeAnswer.status);
            expect(headers).toMatchObject(edgeAnswer.headers ?? {});
            expect(body.toString()).toBe(edgeAnswer.body ?? "");
            expect(events(sandbox, "tracker-request")).toEqual([]);
        }
    });

    it("is an answer that no server should give: 101", async () => {
        for (const sandbox of await each({
            edgeAnswer: { status: 101, headers: { upgrade: "h2c", connection: "upgrade" } },
        })) {
            await expect(sandbox.click(URL_OF_CLICK)).rejects.toMatchObject({ code: "EPROTO" });
            expect(events(sandbox, "edge-request")).toMatchObject([{ status: 101 }]);
        }
    });

    it("is a filter that wants a user agent", async () => {
        for (const sandbox of await each({ edgeWantsUserAgent: true })) {
            expect((await sandbox.click(URL_OF_CLICK, { userAgent: "" })).status).toBe(403);
            expect((await sandbox.click(URL_OF_CLICK)).status).toBe(302);
        }
    });

    it("is a query that gets lost", async () => {
        for (const sandbox of await each({ edgeDropsQuery: true })) {
            const answer = await sandbox.click(URL_OF_CLICK);
            expect([answer.status, answer.location]).toEqual([302, undefined]);
        }
    });

    it("is an answer that is kept, with its age, for each query or for all", async () => {
        const other = URL_OF_CLICK.replace("shop", "other");
        for (const withoutQuery of [false, true]) {
            for (const sandbox of await each({ edgeKeeps: { seconds: 60, withoutQuery } })) {
                const [first, again, elsewhere] = [
                    await sandbox.click(URL_OF_CLICK),
                    await sandbox.click(URL_OF_CLICK),
                    await sandbox.click(other),
                ];
                expect(first.headers).not.toHaveProperty("age");
                expect(again).toMatchObject({ status: 302, location: first.location, headers: { age: "0" } });
                expect(elsewhere.location).toBe(withoutQuery ? first.location : "https://other.example/");
                expect(events(sandbox, "tracker-request")).toHaveLength(withoutQuery ? 1 : 2);
            }
        }
    });

    it("is an authority's certificate that has expired, above the host's own, which hasn't", async () => {
        for (const sandbox of await each({ expiredIntermediate: true })) {
            await expect(sandbox.click(URL_OF_CLICK)).rejects.toMatchObject({ code: "CERT_HAS_EXPIRED" });
            sandbox.faults.expiredIntermediate = false;
            expect((await sandbox.click(URL_OF_CLICK)).status).toBe(302);
        }
    });
});
