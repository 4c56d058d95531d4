import { afterEach, describe, expect, it } from "vitest";
import { dnsClient } from "../../../components/src/dns/client.ts";
import type { Finding } from "../../../components/src/probe/findings.ts";
import { Unmet } from "../../../components/src/probe/findings.ts";
import { namesOf } from "../../../components/src/probe/names.ts";
import { fromTable, type Lookup, referralTo, startNameServer, type TestNameServer } from "./nameServer.ts";

const HOST = "track.example.com";
const servers: TestNameServer[] = [];

async function start(lookup: Lookup | Record<string, string[]>): Promise<TestNameServer> {
    const server = await startNameServer(typeof lookup === "function" ? lookup : fromTable(lookup));
    servers.push(server);
    return server;
}

afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function findingOf(promise: Promise<unknown>): Promise<Finding> {
    const error = await promise.catch((caught) => caught);
    expect(error).toBeInstanceOf(Unmet);
    return (error as Unmet).finding;
}

const warn = (warning: string) => {
    throw new Error(`unexpected: ${warning}`);
};

describe("with name servers given", () => {
    it("asks the resolver for the host only after they know it", async () => {
        const table: Record<string, string[]> = {};
        const authoritative = await start((name, type) => fromTable(table)(name, type));
        const resolver = await start({ [`A ${HOST}`]: ["192.0.2.10"] });
        const options = { resolver: resolver.address, nameServers: [authoritative.address] };

        expect(await findingOf(namesOf(options).addressesOfHost(HOST, warn))).toEqual({
            kind: "no-such-name",
            servers: [authoritative.address],
        });
        expect(resolver.questions).toEqual([]);

        table[`A ${HOST}`] = ["192.0.2.10"];
        expect(await namesOf(options).addressesOfHost(HOST, warn)).toEqual(["192.0.2.10"]);
        expect(resolver.questions).toEqual([`A ${HOST}`, `AAAA ${HOST}`]);
    });

    it("waits for the last of them, since a resolver may ask any", async () => {
        const ready = await start({ [`A ${HOST}`]: ["192.0.2.10"] });
        const late = await start({});
        const resolver = await start({ [`A ${HOST}`]: ["192.0.2.10"] });
        const options = { resolver: resolver.address, nameServers: [ready.address, late.address] };
        expect((await findingOf(namesOf(options).addressesOfHost(HOST, warn))).kind).toBe("no-such-name");
        expect(resolver.questions).toEqual([]);
    });

    it.each([
        ["CNAME", "spgo.io"],
        ["AAAA", "2001:db8::1"],
    ])("takes a record of type %s as knowing the name", async (type, data) => {
        const authoritative = await start({ [`${type} ${HOST}`]: [data] });
        const resolver = await start({ [`A ${HOST}`]: ["192.0.2.10"] });
        const names = namesOf({ resolver: resolver.address, nameServers: [authoritative.address] });
        expect(await names.addressesOfHost(HOST, warn)).toEqual(["192.0.2.10"]);
    });

    it("doesn't take records of other types as an address", async () => {
        const authoritative = await start({ [`TXT ${HOST}`]: ["hello"] });
        const resolver = await start({});
        const names = namesOf({ resolver: resolver.address, nameServers: [authoritative.address] });
        expect((await findingOf(names.addressesOfHost(HOST, warn))).kind).toBe("no-such-name");
        expect(resolver.questions).toEqual([]);
    });

    it("says so when none of them answers, rather than ask the resolver", async () => {
        const resolver = await start({ [`A ${HOST}`]: ["192.0.2.10"] });
        const gone = await start({});
        await servers.pop()?.close();
        const names = namesOf({ resolver: resolver.address, nameServers: [gone.address] });
        expect(await findingOf(names.addressesOfHost(HOST, warn))).toEqual({
            kind: "name-servers-silent",
            servers: [gone.address],
        });
        expect(resolver.questions).toEqual([]);
    });

    it("tells a resolver that still remembers the absence", async () => {
        const authoritative = await start({ [`A ${HOST}`]: ["192.0.2.10"] });
        const resolver = await start({});
        const names = namesOf({ resolver: resolver.address, nameServers: [authoritative.address] });
        expect(await findingOf(names.addressesOfHost(HOST, warn))).toEqual({
            kind: "negative-cache",
            servers: [resolver.address],
        });
    });

    it.each<[string, Record<string, string[]>, string[]]>([
        ["is there with records of other types", { [`TXT ${HOST}`]: ["x"] }, []],
        ["is an alias of one", { [`CNAME ${HOST}`]: ["cdn.example"], "TXT cdn.example": ["x"] }, ["cdn.example"]],
    ])("tells a name without an address, which %s", async (_, atResolver, aliases) => {
        const authoritative = await start({ [`A ${HOST}`]: ["192.0.2.10"] });
        const resolver = await start(atResolver);
        const names = namesOf({ resolver: resolver.address, nameServers: [authoritative.address] });
        expect(await findingOf(names.addressesOfHost(HOST, warn))).toEqual({
            kind: "no-address",
            servers: [resolver.address],
            aliases,
        });
    });

    it("gives every address of both kinds, IPv4 first", async () => {
        const table = { [`AAAA ${HOST}`]: ["2001:DB8::1"], [`A ${HOST}`]: ["192.0.2.10", "192.0.2.11", "192.0.2.10"] };
        const [authoritative, resolver] = [await start(table), await start(table)];
        const names = namesOf({ resolver: resolver.address, nameServers: [authoritative.address] });
        const all = ["192.0.2.10", "192.0.2.11", "2001:db8::1"];
        expect(await names.addressesOfHost(HOST, warn)).toEqual(all);
        expect(await names.addressesOf(HOST)).toEqual(all);
    });

    it("gives an IPv6 address where there is no other", async () => {
        const table = { [`AAAA ${HOST}`]: ["2001:db8::1"] };
        const [authoritative, resolver] = [await start(table), await start(table)];
        const names = namesOf({ resolver: resolver.address, nameServers: [authoritative.address] });
        expect(await names.addressesOfHost(HOST, warn)).toEqual(["2001:db8::1"]);
    });
});

describe("with name servers to be found", () => {
    /** A resolver that knows the zone's name server, which runs at the test's port. */
    const delegation = { "NS example.com": ["ns1.example.net"], "A ns1.example.net": ["127.0.0.1"] };

    function find(resolver: TestNameServer, authoritative: TestNameServer) {
        const options = { resolver: resolver.address };
        return namesOf(options, dnsClient({ ...options, port: Number(authoritative.address.split(":")[1]) }));
    }

    it("asks the resolver for the registrable domain, and for the host only after its servers know it", async () => {
        const table: Record<string, string[]> = {};
        const authoritative = await start((name, type) => fromTable(table)(name, type));
        const resolver = await start({ ...delegation, [`A ${HOST}`]: ["192.0.2.10"] });
        const names = find(resolver, authoritative);

        expect(await findingOf(names.addressesOfHost(HOST, warn))).toEqual({
            kind: "no-such-name",
            servers: ["ns1.example.net"],
        });
        expect(resolver.questions).toEqual(["NS example.com", "A ns1.example.net"]);
        expect(authoritative.questions).toEqual([`A ${HOST}`]);

        table[`A ${HOST}`] = ["192.0.2.10"];
        expect(await names.addressesOfHost(HOST, warn)).toEqual(["192.0.2.10"]);
        expect(resolver.questions.filter((question) => question.endsWith(HOST))).toEqual([`A ${HOST}`, `AAAA ${HOST}`]);
    });

    it("asks the resolver for no name in between that the zone doesn't know: its absence would hide the host", async () => {
        const authoritative = await start({});
        const resolver = await start(delegation);
        const names = find(resolver, authoritative);
        expect((await findingOf(names.addressesOfHost("track.mail.example.com", warn))).kind).toBe("no-such-name");
        expect(authoritative.questions).toEqual(["A track.mail.example.com"]);
        expect(resolver.questions.join()).not.toContain("mail");
    });

    it.each([
        ["below the registrable domain", "mail.example.com"],
        ["of the host's own", "track.mail.example.com"],
    ])("follows a delegation %s", async (_, zone) => {
        let isBelow = false;
        const authoritative = await start((name, type) => {
            // One machine stands for both servers: it refers to itself, and is asked again by that name.
            const isFirst = !isBelow;
            isBelow = true;
            return isFirst
                ? referralTo(zone, "ns2.example.net")
                : fromTable({ "A other.example.com": ["x"] })(name, type);
        });
        const resolver = await start({ ...delegation, "A ns2.example.net": ["127.0.0.1"] });
        const names = find(resolver, authoritative);
        expect(await findingOf(names.addressesOfHost("track.mail.example.com", warn))).toEqual({
            kind: "no-such-name",
            servers: ["ns2.example.net"],
        });
        expect(resolver.questions.join()).not.toContain("mail");
    });

    it("asks the zone above where a registrable domain is none of its own", async () => {
        const authoritative = await start({});
        const resolver = await start({
            "TXT example.co.uk": ["no zone"],
            "NS co.uk": ["ns1.example.net"],
            "A ns1.example.net": ["127.0.0.1"],
        });
        expect(await findingOf(find(resolver, authoritative).addressesOfHost("track.example.co.uk", warn))).toEqual({
            kind: "no-such-name",
            servers: ["ns1.example.net"],
        });
    });

    it("tells a domain that isn't delegated, without a question for the host", async () => {
        const resolver = await start({});
        const names = namesOf({ resolver: resolver.address });
        expect(await findingOf(names.addressesOfHost("track.example.co.uk", warn))).toEqual({
            kind: "zone-unknown",
            zone: "example.co.uk",
        });
        expect(resolver.questions).toEqual(["NS example.co.uk"]);
    });

    it("asks the resolver for the host, with a warning, when none of them can be reached", async () => {
        const resolver = await start({ ...delegation, [`A ${HOST}`]: ["192.0.2.10"] });
        const gone = await start({});
        await servers.pop()?.close();
        const warnings: string[] = [];
        expect(await find(resolver, gone).addressesOfHost(HOST, (warning) => warnings.push(warning))).toEqual([
            "192.0.2.10",
        ]);
        expect(warnings).toEqual([expect.stringContaining("ns1.example.net")]);
        expect(resolver.questions.slice(-2)).toEqual([`A ${HOST}`, `AAAA ${HOST}`]);
    });

    it("tells a resolver that fails", async () => {
        const resolver = await start({});
        await servers.pop()?.close();
        expect(await findingOf(namesOf({ resolver: resolver.address }).addressesOfHost(HOST, warn))).toEqual({
            kind: "resolver-silent",
            servers: [resolver.address],
            name: "example.com",
            code: "ECONNREFUSED",
        });
    });
});
