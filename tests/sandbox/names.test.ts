import { Resolver } from "node:dns/promises";
import { describe, expect, it } from "vitest";
import type { Sandbox } from "../../dev/sandbox/index.ts";
import { events, HOST, world } from "./world.ts";

const EDGE = "192.0.2.30";
const record = { name: HOST, content: "spgo.io" };

function ask(server: string | undefined): Resolver {
    const resolver = new Resolver({ timeout: 2000, tries: 1 });
    resolver.setServers([server ?? ""]);
    return resolver;
}

/** The authoritative servers and the resolver, as a program asks them. */
function servers({ probe }: Sandbox) {
    return { authoritative: ask(probe.nameServers[0]), resolver: ask(probe.resolver) };
}

describe("names", () => {
    it("of proxied records are addresses of the edge, never an alias", async () => {
        const sandbox = await world();
        const { authoritative, resolver } = servers(sandbox);
        sandbox.cloudflare.seedRecord({ ...record, proxied: true });
        expect(await authoritative.resolve4(HOST, { ttl: true })).toEqual([{ address: EDGE, ttl: 300 }]);
        expect(await resolver.resolve4(HOST)).toEqual([EDGE]);
        await expect(authoritative.resolveCname(HOST)).rejects.toMatchObject({ code: "ENODATA" });
        await expect(authoritative.resolve6(HOST)).rejects.toMatchObject({ code: "ENODATA" });
    });

    it("of other records are what the record says, and the resolver follows aliases", async () => {
        const sandbox = await world();
        const { authoritative, resolver } = servers(sandbox);
        sandbox.cloudflare.seedRecord({ ...record, proxied: false });
        expect(await authoritative.resolveCname(HOST)).toEqual(["spgo.io"]);
        expect(await resolver.resolve4(HOST)).toEqual(["192.0.2.10"]);
        sandbox.cloudflare.seedRecord({ name: "example.com", type: "TXT", content: "hello" });
        expect(await resolver.resolveTxt("example.com")).toEqual([["hello"]]);
    });

    it("with mail beside an alias show the alias alone, and both where it is proxied", async () => {
        const sandbox = await world();
        const { authoritative } = servers(sandbox);
        sandbox.cloudflare.seedRecord({ name: HOST, type: "MX", content: "10 smtp.sparkpostmail.com" });
        sandbox.cloudflare.seedRecord({ ...record, proxied: true });
        const mail = [{ exchange: "smtp.sparkpostmail.com", priority: 10 }];
        expect(await authoritative.resolveMx(HOST)).toMatchObject(mail);
        sandbox.cloudflare.removeRecord(HOST);
        sandbox.cloudflare.seedRecord({ name: HOST, type: "MX", content: "smtp.sparkpostmail.com", priority: 10 });
        sandbox.cloudflare.seedRecord({ ...record, proxied: false });
        expect(await authoritative.resolveMx(HOST)).toEqual([]);
        expect(await authoritative.resolveCname(HOST)).toEqual(["spgo.io"]);
    });

    it("of the zone's servers and start of authority are known", async () => {
        const { resolver } = servers(await world());
        const [server = ""] = await resolver.resolveNs("example.com");
        expect(server).toBe("aron.ns.cloudflare.com");
        expect(await resolver.resolve4(server)).toHaveLength(1);
        expect(await resolver.resolveSoa("example.com")).toMatchObject({ minttl: 1800 });
    });

    it("appear at the servers after the delay, and the timeline says when", async () => {
        const sandbox = await world({ faults: { nameDelay: 30 } });
        const { authoritative } = servers(sandbox);
        sandbox.cloudflare.seedRecord({ ...record, proxied: true });
        await expect(authoritative.resolve4(HOST)).rejects.toMatchObject({ code: "ENOTFOUND" });
        await sandbox.waitFor(({ kind, host }) => kind === "name-visible" && host === HOST);
        expect(await authoritative.resolve4(HOST)).toEqual([EDGE]);
    });

    it("are kept by each resolver that a recipient asks, for itself", async () => {
        const sandbox = await world();
        const click = async (resolver?: string) => {
            const { address } = await sandbox.click(`http://${HOST}/`, { resolver });
            return address;
        };
        sandbox.cloudflare.seedRecord({ ...record, proxied: true });
        expect(await click("one")).toBe(EDGE);
        sandbox.cloudflare.changeRecord(HOST, { proxied: false });
        expect(await click("one")).toBe(EDGE);
        expect(await click("two")).toBe("192.0.2.10");
        expect(await click()).toBe("192.0.2.10");
    });

    it("that aren't there stay away at the resolver, for every type, until the negative answer is old", async () => {
        const sandbox = await world({ ttlScale: 0.0001 });
        const { resolver } = servers(sandbox);
        await expect(resolver.resolve6(HOST)).rejects.toMatchObject({ code: "ENOTFOUND" });
        sandbox.cloudflare.seedRecord({ ...record, proxied: true });
        await expect(resolver.resolve4(HOST)).rejects.toMatchObject({ code: "ENOTFOUND" });
        await expect.poll(() => resolver.resolve4(HOST).catch(() => [])).toEqual([EDGE]);
    });

    it("stay at the resolver as long as their TTL", async () => {
        const sandbox = await world();
        const { authoritative, resolver } = servers(sandbox);
        sandbox.cloudflare.seedRecord({ ...record, proxied: true });
        await resolver.resolve4(HOST);
        sandbox.cloudflare.changeRecord(HOST, { proxied: false });
        expect(await authoritative.resolveCname(HOST)).toEqual(["spgo.io"]);
        expect(await resolver.resolve4(HOST)).toEqual([EDGE]);
    });

    it("above an existing name exist, without records", async () => {
        const sandbox = await world();
        sandbox.cloudflare.seedRecord({ name: "a.b.example.com", content: "spgo.io" });
        await expect(servers(sandbox).authoritative.resolve4("b.example.com")).rejects.toMatchObject({
            code: "ENODATA",
        });
    });

    it.each([{ status: "pending" as const }, { type: "partial" as const }])(
        "of a zone that is %j don't resolve",
        async (zone) => {
            const sandbox = await world({ zones: [{ name: "example.com", ...zone }] });
            sandbox.cloudflare.seedRecord({ ...record, proxied: true });
            await expect(servers(sandbox).authoritative.resolve4(HOST)).rejects.toMatchObject({ code: "ENOTFOUND" });
            expect(events(sandbox, "name-visible")).toEqual([]);
        },
    );

    it("outside this internet are refused, and don't exist for the resolver", async () => {
        const { authoritative, resolver } = servers(await world());
        await expect(authoritative.resolve4("elsewhere.example")).rejects.toMatchObject({ code: "EREFUSED" });
        await expect(resolver.resolve4("elsewhere.example")).rejects.toMatchObject({ code: "ENOTFOUND" });
    });

    it("that are asked for are on the timeline, with the server that was asked", async () => {
        const sandbox = await world();
        const { authoritative, resolver } = servers(sandbox);
        await authoritative.resolve4(HOST).catch(() => []);
        await resolver.resolve4(HOST).catch(() => []);
        expect(events(sandbox, "dns-query")).toMatchObject([
            { host: HOST, type: "A", server: "authoritative", rcode: "NXDOMAIN" },
            { host: HOST, type: "A", server: "resolver", rcode: "NXDOMAIN" },
        ]);
    });
});
