import { Resolver } from "node:dns/promises";
import { describe, expect, it } from "vitest";
import type { SandboxOptions } from "../../dev/sandbox/index.ts";
import { events, HOST, world } from "./world.ts";

const ALIAS = { name: HOST, type: "CNAME", value: "spgo.io" } as const;

async function elsewhere(options?: SandboxOptions) {
    const sandbox = await world({ zones: [], otherZones: [{ name: "example.com" }], ...options });
    const ask = (server = "") => {
        const resolver = new Resolver({ timeout: 2000, tries: 1 });
        resolver.setServers([server]);
        return resolver;
    };
    return { sandbox, authoritative: ask(sandbox.probe.nameServers[0]), resolver: ask(sandbox.probe.resolver) };
}

describe("a zone at another DNS vendor", () => {
    it("serves the records it started with, and has servers of its own", async () => {
        const records = [{ ...ALIAS, ttl: 60 }];
        const { sandbox, authoritative, resolver } = await elsewhere({
            otherZones: [{ name: "example.com", records }],
        });
        expect(await authoritative.resolveCname(HOST)).toEqual(["spgo.io"]);
        expect(await resolver.resolve4(HOST)).toEqual(["192.0.2.10"]);
        const [server = ""] = await resolver.resolveNs("example.com");
        expect(await resolver.resolve4(server)).toHaveLength(1);
        expect(sandbox.dns.records()).toEqual([{ name: HOST, type: "CNAME", ttl: 60, data: "spgo.io" }]);
        expect(events(sandbox, "record-set")).toEqual([]);
    });

    it("takes changes, which are on the timeline", async () => {
        const { sandbox, authoritative } = await elsewhere();
        sandbox.dns.set(ALIAS);
        sandbox.dns.set({ ...ALIAS, value: "eu.spgo.io" });
        expect(await authoritative.resolveCname(HOST)).toEqual(["eu.spgo.io"]);
        sandbox.dns.remove(HOST);
        await expect(authoritative.resolveCname(HOST)).rejects.toMatchObject({ code: "ENOTFOUND" });
        expect(events(sandbox, "record-set", "record-removed", "name-visible")).toMatchObject([
            { actor: "dns", kind: "record-set", host: HOST, type: "CNAME", values: ["spgo.io"] },
            { kind: "name-visible", host: HOST },
            { kind: "record-set", values: ["eu.spgo.io"] },
            { kind: "name-visible" },
            { actor: "dns", kind: "record-removed", host: HOST, type: "CNAME" },
        ]);
    });

    it("shows changes after the delay", async () => {
        const { sandbox, authoritative } = await elsewhere({ faults: { nameDelay: 200 } });
        sandbox.dns.set(ALIAS);
        await expect(authoritative.resolveCname(HOST)).rejects.toMatchObject({ code: "ENOTFOUND" });
        await sandbox.waitFor(({ kind, host }) => kind === "name-visible" && host === HOST);
        expect(await authoritative.resolveCname(HOST)).toEqual(["spgo.io"]);
    });

    it("leaves answers at the resolver for their TTL", async () => {
        const { sandbox, authoritative, resolver } = await elsewhere({ ttlScale: 0.001 });
        sandbox.dns.set({ ...ALIAS, ttl: 3_600_000 });
        expect(await resolver.resolveCname(HOST)).toEqual(["spgo.io"]);
        sandbox.dns.set({ ...ALIAS, ttl: 10, value: "eu.spgo.io" });
        expect(await authoritative.resolveCname(HOST)).toEqual(["eu.spgo.io"]);
        expect(await resolver.resolveCname(HOST)).toEqual(["spgo.io"]);
        sandbox.dns.set({ name: "other.example.com", type: "A", ttl: 10, value: "192.0.2.10" });
        await resolver.resolve4("other.example.com");
        sandbox.dns.set({ name: "other.example.com", type: "A", ttl: 10, value: "192.0.2.20" });
        await expect.poll(() => resolver.resolve4("other.example.com")).toEqual(["192.0.2.20"]);
    });

    it("has CAA, MX and TXT records too", async () => {
        const { sandbox, resolver } = await elsewhere();
        const caa = ['0 issue "letsencrypt.org"', "128 issuewild ;"];
        sandbox.dns.set({ name: "example.com", type: "CAA", value: caa });
        sandbox.dns.set({ name: "example.com", type: "MX", value: "10 mail.example.com" });
        sandbox.dns.set({ name: "example.com", type: "TXT", value: "hello" });
        expect(await resolver.resolveCaa("example.com")).toMatchObject([
            { critical: 0, issue: "letsencrypt.org" },
            { critical: 128, issuewild: ";" },
        ]);
        expect(await resolver.resolveMx("example.com")).toMatchObject([{ priority: 10, exchange: "mail.example.com" }]);
        expect(await resolver.resolveTxt("example.com")).toEqual([["hello"]]);
        sandbox.dns.remove("example.com", "MX");
        expect(sandbox.dns.records().map(({ type }) => type)).toEqual(["CAA", "CAA", "TXT"]);
    });

    it("keeps the names of a zone that is partial at Cloudflare", async () => {
        const { sandbox, authoritative } = await elsewhere({ zones: [{ name: "example.com", type: "partial" }] });
        sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: true });
        sandbox.dns.set({ ...ALIAS, value: "track.example.com.cdn.cloudflare.net" });
        expect(await authoritative.resolveCname(HOST)).toEqual(["track.example.com.cdn.cloudflare.net"]);
    });

    it("refuses what no zone can hold", async () => {
        const { sandbox } = await elsewhere();
        sandbox.dns.set(ALIAS);
        expect(() => sandbox.dns.set({ name: HOST, type: "TXT", value: "x" })).toThrow("beside its CNAME");
        expect(() => sandbox.dns.set({ name: "a.example.com", type: "CAA", value: "letsencrypt.org" })).toThrow(
            "no CAA",
        );
        expect(() => sandbox.dns.set({ ...ALIAS, name: "track.other.example" })).toThrow("No zone");
        expect(() => sandbox.dns.remove("a.example.com")).toThrow("has no record");
    });
});

describe("CAA at Cloudflare", () => {
    it("is served, also for a name that is proxied", async () => {
        const { sandbox, authoritative } = await elsewhere({ zones: [{ name: "example.com" }], otherZones: [] });
        sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: true });
        sandbox.cloudflare.seedRecord({ name: HOST, type: "CAA", content: '0 issue "pki.goog"', proxied: true });
        expect(await authoritative.resolveCaa(HOST)).toMatchObject([{ critical: 0, issue: "pki.goog" }]);
        expect(await authoritative.resolve4(HOST)).toEqual(["192.0.2.30"]);
    });
});
