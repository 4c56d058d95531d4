// What doctor sees in DNS, with name servers that say what a test wants.
import { describe, expect, it, onTestFinished } from "vitest";
import { lookAtDns } from "../../../components/src/doctor/dns.ts";
import { worldOf } from "../../../components/src/doctor/world.ts";
import { fromTable, type Lookup, startNameServer, type WireAnswer } from "../probe/nameServer.ts";
import { HOST } from "./world.ts";

async function server(lookup: Lookup): Promise<string> {
    const { address, close } = await startNameServer(lookup);
    onTestFinished(close);
    return address;
}

/** What a table says, with answers that may be kept for an hour. */
const kept =
    (table: Record<string, string[]>): Lookup =>
    (name, type) => {
        const answer = fromTable(table)(name, type);
        return Array.isArray(answer) ? answer.map((each) => ({ ...each, ttl: 3_600 })) : answer;
    };

/** The checks that aren't fine, and the addresses; of servers and a resolver, which says what the first server does. */
async function seen(lookups: Lookup[], resolver = lookups[0], hostname = HOST) {
    const nameServers = await Promise.all(lookups.map(server));
    const network = { nameServers, resolver: await server(resolver as Lookup) };
    const world = worldOf({ network }, new AbortController().signal);
    const { checks, dns: _, ...others } = await lookAtDns({ hostname, account: {} }, world);
    const troubles = checks.filter(({ state }) => state !== "ok").map(({ state, kind }) => `${state} ${kind}`);
    return { troubles, checks, ...others };
}

const EDGE = "192.0.2.10";
const ALIAS = "edge.example.net";
const address = kept({ [`A ${HOST}`]: [EDGE] });
const alias = kept({ [`CNAME ${HOST}`]: [ALIAS], [`A ${ALIAS}`]: [EDGE] });
const resolved = kept({ [`A ${HOST}`]: [EDGE] });
const failing = (rcode = 2): WireAnswer => ({ rcode });

describe("doctor, of DNS,", () => {
    it("tells the chain of aliases, the addresses and how long they may be kept", async () => {
        const chain: Lookup = (_name, type) =>
            type === "A"
                ? [
                      { name: HOST, type: "CNAME", ttl: 900, data: ALIAS },
                      { name: ALIAS, type: "A", ttl: 300, data: EDGE },
                  ]
                : [{ name: HOST, type: "CNAME", ttl: 900, data: ALIAS }];
        const { troubles, checks, aliases, addresses } = await seen([alias], chain);
        expect([troubles, aliases, addresses]).toEqual([[], [ALIAS], [EDGE]]);
        expect(checks.find(({ kind }) => kind === "aliases")?.seen).toBe(`${HOST} → ${ALIAS}`);
        expect(checks.find(({ kind }) => kind === "resolver")?.seen).toContain("300 s");
    });

    it("finds one server that says something else, and goes on", async () => {
        const { troubles, addresses } = await seen([address, kept({ [`A ${HOST}`]: ["192.0.2.99"] })]);
        expect([troubles, addresses]).toEqual([["warning servers-differ"], [EDGE]]);
    });

    it("doesn't take answers of a CDN, which may be kept for a minute, for a difference", async () => {
        const other = fromTable({ [`A ${HOST}`]: ["192.0.2.99"] });
        expect((await seen([fromTable({ [`A ${HOST}`]: [EDGE] }), other])).troubles).toEqual([]);
    });

    it("finds one server that doesn't know the host, as the probe does, and goes on", async () => {
        const { troubles, addresses } = await seen([address, () => "no such name"]);
        expect([troubles, addresses]).toEqual([["warning servers-differ", "broken no-such-name"], [EDGE]]);
    });

    it("finds one server that is down", async () => {
        expect((await seen([address, () => failing()])).troubles).toEqual(["warning servers-silent"]);
    });

    it("asks no resolver for a host that no server knows", async () => {
        const asked: string[] = [];
        const resolver: Lookup = (name) => {
            asked.push(name);
            return "no such name";
        };
        const { troubles, addresses } = await seen([() => "no such name"], resolver);
        expect([troubles, addresses, asked]).toEqual([["broken no-such-name"], [], []]);
    });

    it("tells servers that can't be reached from a host that isn't there", async () => {
        expect((await seen([() => failing()])).troubles).toEqual([
            "unseen servers-silent",
            "unseen name-servers-silent",
        ]);
    });

    it("asks servers that don't answer no more", async () => {
        const asked: string[] = [];
        const down: Lookup = (name, type) => {
            asked.push(`${type} ${name}`);
            return failing();
        };
        const network = { nameServers: [await server(down)], resolver: await server(address) };
        const { dns } = await lookAtDns(
            { hostname: HOST, account: {} },
            { ...worldOf({ network }, new AbortController().signal), options: {} },
        );
        expect(await dns.authoritative(HOST, "A")).toMatchObject({ by: "resolver", records: [EDGE] });
        expect(asked).toEqual([`A ${HOST}`]);
    });

    it("finds that the resolver remembers what was before", async () => {
        const { troubles } = await seen([alias], kept({ [`A ${HOST}`]: ["192.0.2.99"] }));
        expect(troubles).toEqual(["warning resolver-outdated"]);
    });

    it("finds a resolver that still says that there is no such name", async () => {
        expect((await seen([address], () => "no such name")).troubles).toEqual(["broken negative-cache"]);
    });

    it("finds an alias of a name that has no address", async () => {
        const empty: Lookup = () => [{ name: HOST, type: "CNAME", ttl: 900, data: ALIAS }];
        expect((await seen([alias], empty)).troubles).toEqual(["broken no-address"]);
    });

    it("finds a resolver that answers of IPv4 alone", async () => {
        const resolver: Lookup = (name, type) => (type === "AAAA" ? failing() : resolved(name, type));
        const { troubles, addresses } = await seen([address], resolver);
        expect([troubles, addresses]).toEqual([["warning ipv6-question"], [EDGE]]);
    });

    it("finds a wildcard that answers in the host's place", async () => {
        const wildcard: Lookup = (name) => [{ name, type: "A", ttl: 3_600, data: EDGE }];
        expect((await seen([wildcard])).troubles).toEqual(["warning wildcard"]);
    });

    it("says nothing of a wildcard that leads elsewhere", async () => {
        const wildcard: Lookup = (name, type) =>
            name === HOST ? address(name, type) : [{ name, type: "A", ttl: 3_600, data: "192.0.2.99" }];
        expect((await seen([wildcard])).troubles).toEqual([]);
    });

    it.each([
        [HOST, "ns1.example.net", ["warning apex"]],
        [HOST, "aron.ns.cloudflare.com", []],
        ["example.com", "aron.ns.cloudflare.com", ["broken apex"]],
    ])("finds that %s, served by %s, is the top of a zone: %j", async (host, name, troubles) => {
        const zone = kept({ [`A ${host}`]: [EDGE], [`NS ${host}`]: [name] });
        expect((await seen([zone], zone, host)).troubles).toEqual(troubles);
    });

    it("makes nothing act on a terminal that a server says", async () => {
        const hostile = "\u001b[2J\u202eevil.example.net";
        const names = kept({ [`CNAME ${HOST}`]: [hostile], [`A ${hostile}`]: [EDGE] });
        const { checks } = await seen([names, address], names);
        expect(JSON.stringify(checks.map(({ seen }) => seen))).not.toMatch(/\\u001b|\u202e/);
    });
});
