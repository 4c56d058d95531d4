// What a host is today by public DNS alone, one name server and one small internet for all.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LookUpFailed } from "../../../components/src/dns/client.ts";
import { type HostInDns, problemInDns } from "../../../components/src/hostToday/look.ts";
import { startNameServer, type TestNameServer } from "../probe/nameServer.ts";
import { answering, startWorld, tracker, type World } from "../probe/world.ts";

const hostname = "track.example.com";
type Data = string | { preference: number; exchange: string };

let world: World;
let names: TestNameServer;
let records: Record<string, Data[]>;

beforeAll(async () => {
    world = await startWorld();
    names = await startNameServer((name, type) => {
        const entry = [type, "CNAME"].find((each) => records[`${each} ${name}`]);
        const found = entry && records[`${entry} ${name}`]?.map((data) => ({ name, type: entry, ttl: 60, data }));
        const isThere = Object.keys(records).some((key) => key.endsWith(` ${name}`));
        return (found as never) ?? (isThere ? [] : "no such name");
    });
});
afterAll(async () => {
    await Promise.all([world.close(), names.close()]);
});
beforeEach(() => {
    records = { "NS example.com": ["ns.example.com"] };
    world.edge = tracker;
});

const problem = (host: Partial<HostInDns> = {}) => {
    const { caFile } = world.request;
    // Nobody is at the website's address.
    const connectTo = [...(world.request.connectTo ?? []), "192.0.2.81:443:127.0.0.1:9", "192.0.2.81:80:127.0.0.1:9"];
    const { address } = names;
    const options = { caFile, connectTo, resolver: address, nameServers: [address] };
    return problemInDns({ hostname, endpoint: "spgo.io", field: "edge", options, ...host });
};

describe("a host whose records stand elsewhere", () => {
    it.each<[string, Record<string, Data[]>, Partial<HostInDns>?]>([
        ["isn't there", {}],
        ["leads to SparkPost's endpoint", { [`CNAME ${hostname}`]: ["eu.spgo.io"] }],
        [
            "leads to the account's own",
            { [`CNAME ${hostname}`]: ["links.acme.example"] },
            { endpoint: "links.acme.example" },
        ],
        [
            "leads to where its edge is",
            { [`CNAME ${hostname}`]: ["d1.cloudfront.net"] },
            { targets: ["d1.cloudfront.net"] },
        ],
        ["has the address of its edge", { [`A ${hostname}`]: ["192.0.2.9"] }, { targets: ["192.0.2.9"] }],
    ])("is taken where it %s, and nobody asks it", async (_what, table, host = {}) => {
        records = { ...records, ...table };
        const before = world.requests.length;
        expect(await problem(host)).toBeUndefined();
        expect(world.requests.length).toBe(before);
    });

    it.each<[string, Record<string, Data[]>, string]>([
        ["another vendor's link host", { [`CNAME ${hostname}`]: ["u1.ct.sendgrid.net"] }, "u1.ct.sendgrid.net"],
        ["a bounce host", { [`CNAME ${hostname}`]: ["bounces.vendor.example"] }, "bounces.vendor.example"],
        [
            "a website",
            { [`A ${hostname}`]: ["192.0.2.81"], [`AAAA ${hostname}`]: ["2001:db8::1"] },
            "192.0.2.81, 2001:db8::1",
        ],
    ])("is refused as %s, and taken over by its content of today", async (_what, table, replaces) => {
        records = { ...records, ...table };
        expect(await problem()).toContain(`\`edge.replaces: ${replaces}\``);
        expect(await problem({ replaces: "old.example" })).toMatchSnapshot();
        expect(await problem({ replaces })).toBeUndefined();
    });

    const atEdge = { [`A ${hostname}`]: ["192.0.2.10"], "A spgo.io": ["192.0.2.20"] };

    it.each<[string, World["edge"]]>([
        ["answers a click as the endpoint does", tracker],
        ["redirects to an endpoint", answering(302, { location: "https://spgo.io/f/a" })],
    ])("is no stranger where it %s", async (_what, edge) => {
        records = { ...records, ...atEdge };
        world.edge = edge;
        expect(await problem()).toBeUndefined();
    });

    it("is one where it answers something else", async () => {
        records = { ...records, ...atEdge };
        world.edge = answering(200, { server: "nginx" }, "a website");
        expect(await problem()).toMatchSnapshot();
    });

    it("is one where mail of a domain above it is delivered to it, whatever it answers", async () => {
        records = { ...records, ...atEdge, "MX example.com": [{ preference: 10, exchange: hostname }] };
        expect(await problem()).toMatchSnapshot();
    });
});

describe("beside a CNAME that DNS shows", () => {
    const mx = (exchange: string, preference = 10) => ({ [`MX ${hostname}`]: [{ preference, exchange }] });
    const txt = (text: string) => ({ [`TXT ${hostname}`]: [text] });

    it.each<[string, Record<string, Data[]>]>([
        ["MX", mx("smtp.sparkpostmail.com")],
        ["SPF", txt("v=spf1 include:sparkpostmail.com ~all")],
        ["another text", txt("verification=1")],
    ])("%s is refused", async (_what, table) => {
        records = { ...records, ...table };
        expect(await problem({ isAlias: true })).toMatchSnapshot();
        expect(await problem({ isAlias: false })).toBeUndefined();
    });

    it("what says that there is no mail may stay", async () => {
        records = { ...records, ...mx(".", 0), ...txt("v=spf1 -all") };
        expect(await problem({ isAlias: true })).toBeUndefined();
    });

    it("nothing is left to lose where the CNAME is there already: what is asked of it is answered for its target", async () => {
        records = {
            ...records,
            [`CNAME ${hostname}`]: ["spgo.io"],
            "MX spgo.io": [{ preference: 10, exchange: "mail.spgo.io" }],
        };
        expect(await problem({ isAlias: true })).toBeUndefined();
        expect(names.questions).not.toContain("MX spgo.io");
    });
});

it("a look that nobody answers tells so, and doesn't find nothing", async () => {
    const options = { resolver: "127.0.0.1:9", nameServers: ["127.0.0.1:9"] };
    await expect(problem({ options })).rejects.toBeInstanceOf(LookUpFailed);
});
