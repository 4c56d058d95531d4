import { afterEach, describe, expect, it } from "vitest";
import { recordsAt } from "../../../components/src/dns/authorities.ts";
import { resolverAt } from "../../../components/src/dns/resolver.ts";
import type { Finding } from "../../../components/src/probe/findings.ts";
import { Unmet } from "../../../components/src/probe/findings.ts";
import { namesOf } from "../../../components/src/probe/names.ts";
import { fromTable, type Lookup, startNameServer, type TestNameServer } from "./nameServer.ts";

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

describe("a name below an alias", () => {
    it("is asked of the zone's own servers, not of those of what the alias leads to", async () => {
        const below = `_acme-challenge.${HOST}`;
        const own = await start((name, type) => {
            if (type === "CNAME" && name === below) {
                return [{ name, type, ttl: 60, data: "x.validations.example" }];
            }
            return type === "CNAME" && name === HOST ? [{ name, type, ttl: 60, data: "spgo.io" }] : [];
        });
        const port = Number(own.address.split(":")[1]);
        const resolver = await start((name, type) => {
            if (type === "NS") {
                // A resolver follows the alias, and answers with the servers of its target's zone.
                return [
                    { name, type, ttl: 60, data: name === "example.com" ? "ns.example.com" : "ns.foreign.example" },
                ];
            }
            return type === "A"
                ? [{ name, type, ttl: 60, data: name === "ns.example.com" ? "127.0.0.1" : "192.0.2.1" }]
                : [];
        });
        const found = await recordsAt(below, "CNAME", {
            resolver: resolverAt(resolver.address),
            nameServers: [],
            port,
        });
        expect(found).toEqual(["x.validations.example"]);
        expect(resolver.questions).not.toContain(`NS ${HOST}`);
    });
});

describe("with name servers given", () => {
    it("asks the resolver for the host only after they know it", async () => {
        const table: Record<string, string[]> = {};
        const authoritative = await start((name, type) => fromTable(table)(name, type));
        const resolver = await start({ [`A ${HOST}`]: ["192.0.2.10"] });
        const options = { resolver: resolver.address, nameServers: [authoritative.address] };

        expect(await findingOf(namesOf(options).addressOf(HOST, warn))).toEqual({
            kind: "no-such-name",
            servers: [authoritative.address],
        });
        expect(resolver.questions).toEqual([]);

        table[`A ${HOST}`] = ["192.0.2.10"];
        expect(await namesOf(options).addressOf(HOST, warn)).toBe("192.0.2.10");
        expect(resolver.questions).toEqual([`A ${HOST}`]);
    });

    it("waits for the last of them, since a resolver may ask any", async () => {
        const ready = await start({ [`A ${HOST}`]: ["192.0.2.10"] });
        const late = await start({});
        const resolver = await start({ [`A ${HOST}`]: ["192.0.2.10"] });
        const options = { resolver: resolver.address, nameServers: [ready.address, late.address] };
        expect((await findingOf(namesOf(options).addressOf(HOST, warn))).kind).toBe("no-such-name");
        expect(resolver.questions).toEqual([]);
    });

    it.each([
        ["CNAME", "spgo.io"],
        ["AAAA", "2001:db8::1"],
    ])("takes a record of type %s as knowing the name", async (type, data) => {
        const authoritative = await start({ [`${type} ${HOST}`]: [data] });
        const resolver = await start({ [`A ${HOST}`]: ["192.0.2.10"] });
        const names = namesOf({ resolver: resolver.address, nameServers: [authoritative.address] });
        expect(await names.addressOf(HOST, warn)).toBe("192.0.2.10");
    });

    it("doesn't take records of other types as an address", async () => {
        const authoritative = await start({ [`TXT ${HOST}`]: ["hello"] });
        const resolver = await start({});
        const names = namesOf({ resolver: resolver.address, nameServers: [authoritative.address] });
        expect((await findingOf(names.addressOf(HOST, warn))).kind).toBe("no-such-name");
        expect(resolver.questions).toEqual([]);
    });

    it("says so when none of them answers, rather than ask the resolver", async () => {
        const resolver = await start({ [`A ${HOST}`]: ["192.0.2.10"] });
        const gone = await start({});
        await servers.pop()?.close();
        const names = namesOf({ resolver: resolver.address, nameServers: [gone.address] });
        expect(await findingOf(names.addressOf(HOST, warn))).toEqual({
            kind: "name-servers-silent",
            servers: [gone.address],
        });
        expect(resolver.questions).toEqual([]);
    });

    it("tells a resolver that still remembers the absence", async () => {
        const authoritative = await start({ [`A ${HOST}`]: ["192.0.2.10"] });
        const resolver = await start({});
        const names = namesOf({ resolver: resolver.address, nameServers: [authoritative.address] });
        expect(await findingOf(names.addressOf(HOST, warn))).toEqual({
            kind: "absence-remembered",
            servers: [resolver.address],
        });
    });

    it("gives an IPv6 address where there is no other", async () => {
        const table = { [`AAAA ${HOST}`]: ["2001:db8::1"] };
        const [authoritative, resolver] = [await start(table), await start(table)];
        const names = namesOf({ resolver: resolver.address, nameServers: [authoritative.address] });
        expect(await names.addressOf(HOST, warn)).toBe("2001:db8::1");
    });
});

describe("with name servers to be found", () => {
    /** A resolver that knows the zone's name server, which runs at the test's port. */
    const delegation = { "NS example.com": ["ns1.example.net"], "A ns1.example.net": ["127.0.0.1"] };

    function find(resolver: TestNameServer, authoritative: TestNameServer) {
        return namesOf({ resolver: resolver.address }, Number(authoritative.address.split(":")[1]));
    }

    it("asks the resolver for the registrable domain, and for the host only after its servers know it", async () => {
        const table: Record<string, string[]> = {};
        const authoritative = await start((name, type) => fromTable(table)(name, type));
        const resolver = await start({ ...delegation, [`A ${HOST}`]: ["192.0.2.10"] });
        const names = find(resolver, authoritative);

        expect(await findingOf(names.addressOf(HOST, warn))).toEqual({
            kind: "no-such-name",
            servers: ["ns1.example.net"],
        });
        expect(resolver.questions).toEqual(["NS example.com", "A ns1.example.net"]);
        expect(authoritative.questions).toEqual([`A ${HOST}`]);

        table[`A ${HOST}`] = ["192.0.2.10"];
        expect(await names.addressOf(HOST, warn)).toBe("192.0.2.10");
        expect(resolver.questions.filter((question) => question.endsWith(HOST))).toEqual([`A ${HOST}`]);
    });

    it("asks the resolver for no name in between that the zone doesn't know: its absence would hide the host", async () => {
        const authoritative = await start({});
        const resolver = await start(delegation);
        const names = find(resolver, authoritative);
        expect((await findingOf(names.addressOf("track.mail.example.com", warn))).kind).toBe("no-such-name");
        expect(authoritative.questions).toEqual(["NS mail.example.com"]);
        expect(resolver.questions.join()).not.toContain("mail");
    });

    it("follows a delegation below the registrable domain", async () => {
        const authoritative = await start({ "TXT mail.example.com": ["a referral has no answer of its own either"] });
        const resolver = await start({
            ...delegation,
            "NS mail.example.com": ["ns2.example.net"],
            "A ns2.example.net": ["127.0.0.1"],
        });
        const names = find(resolver, authoritative);
        expect(await findingOf(names.addressOf("track.mail.example.com", warn))).toEqual({
            kind: "no-such-name",
            servers: ["ns2.example.net"],
        });
    });

    it("asks the host's own zone where there is one", async () => {
        const authoritative = await start({ [`TXT ${HOST}`]: ["a referral"] });
        const resolver = await start({
            ...delegation,
            [`NS ${HOST}`]: ["ns3.example.net"],
            "A ns3.example.net": ["127.0.0.1"],
        });
        expect(await findingOf(find(resolver, authoritative).addressOf(HOST, warn))).toEqual({
            kind: "no-such-name",
            servers: ["ns3.example.net"],
        });
    });

    it("asks the zone above where a registrable domain is none of its own", async () => {
        const authoritative = await start({});
        const resolver = await start({
            "TXT example.co.uk": ["no zone"],
            "NS co.uk": ["ns1.example.net"],
            "A ns1.example.net": ["127.0.0.1"],
        });
        expect(await findingOf(find(resolver, authoritative).addressOf("track.example.co.uk", warn))).toEqual({
            kind: "no-such-name",
            servers: ["ns1.example.net"],
        });
    });

    it("tells a domain that isn't delegated, without a question for the host", async () => {
        const resolver = await start({});
        const names = namesOf({ resolver: resolver.address });
        expect(await findingOf(names.addressOf("track.example.co.uk", warn))).toEqual({
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
        expect(await find(resolver, gone).addressOf(HOST, (warning) => warnings.push(warning))).toBe("192.0.2.10");
        expect(warnings).toEqual([expect.stringContaining("ns1.example.net) can't be reached")]);
        expect(resolver.questions.at(-1)).toBe(`A ${HOST}`);
    });

    it("tells a resolver that fails", async () => {
        const resolver = await start({});
        await servers.pop()?.close();
        expect(await findingOf(namesOf({ resolver: resolver.address }).addressOf(HOST, warn))).toEqual({
            kind: "resolver-silent",
            servers: [resolver.address],
            name: "example.com",
            code: "ECONNREFUSED",
        });
    });
});
