import { createServer } from "node:http";
import { decode, type Answer as Resource } from "dns-packet";
import { describe, expect, it, onTestFinished } from "vitest";
import { type DnsClientOptions, dnsClient, LookUpFailed } from "../../../components/src/dns/client.ts";
import { fromTable, type Lookup, referralTo, replyTo, startNameServer, type WireAnswer } from "../probe/nameServer.ts";

const HOST = "track.example.com";
/** Milliseconds for a server that a test expects no answer from, so that nobody waits for seconds. */
const impatient = [200, 200];

async function start(lookup: Lookup | Record<string, string[]>) {
    const server = await startNameServer(typeof lookup === "function" ? lookup : fromTable(lookup));
    onTestFinished(() => server.close());
    return server;
}

/** A client whose resolver answers so. */
async function asking(lookup: Lookup | Record<string, string[]>, options: DnsClientOptions = {}) {
    const server = await start(lookup);
    return { client: dnsClient({ resolver: server.address, ...options }), server };
}

const cname = (name: string, data: string): Resource => ({ name, type: "CNAME", ttl: 60, data });
const a = (name: string, data: string): Resource => ({ name, type: "A", ttl: 60, data });

describe("a resolver's answer", () => {
    it("is told apart: records, a name without them, no such name, a failure", async () => {
        const { client } = await asking((name, type) =>
            name === "broken.example.com" ? { rcode: 2 } : fromTable({ [`A ${HOST}`]: ["192.0.2.1"] })(name, type),
        );
        expect(await client.recursive(HOST, "A")).toMatchObject({ kind: "records", records: ["192.0.2.1"] });
        expect(await client.recursive(HOST, "MX")).toMatchObject({ kind: "empty", aliases: [] });
        expect(await client.recursive("other.example.com", "A")).toMatchObject({ kind: "absent" });
        expect(await client.recursive("broken.example.com", "A")).toMatchObject({ kind: "failed", code: "ESERVFAIL" });
    });

    it("is silence after two waits, and at once where nobody listens", async () => {
        const { client, server } = await asking(() => "silence", { timeouts: impatient });
        expect(await client.recursive(HOST, "A")).toMatchObject({ kind: "silent", code: "ETIMEOUT" });
        expect(server.questions).toEqual([`A ${HOST}`, `A ${HOST}`]);
        const gone = await startNameServer(() => []);
        await gone.close();
        const refused = await dnsClient({ resolver: gone.address }).recursive(HOST, "A");
        expect(refused).toMatchObject({ kind: "silent", code: "ECONNREFUSED", servers: [gone.address] });
    });

    it("ends with the signal", async () => {
        const end = new AbortController();
        const { client } = await asking(
            () => {
                end.abort();
                return "silence";
            },
            { signal: end.signal },
        );
        expect(await client.recursive(HOST, "A")).toMatchObject({ kind: "silent", code: "ECANCELLED" });
    });

    it("isn't taken from a packet of another id, and the right one still is", async () => {
        let count = 0;
        const { client } = await asking(
            (name) => {
                count += 1;
                return count === 1 ? { idShift: 1, answers: [a(name, "203.0.113.66")] } : [a(name, "192.0.2.1")];
            },
            { timeouts: [200, 5_000] },
        );
        expect(await client.recursive(HOST, "A")).toMatchObject({ kind: "records", records: ["192.0.2.1"] });
        expect(count).toBe(2);
    });

    it("is fetched over TCP where it is cut off", async () => {
        const long = Array.from({ length: 200 }, (_, index) => a(HOST, `192.0.2.${index}`));
        const { client } = await asking(() => ({ isTruncated: true, answers: long }));
        const answer = await client.recursive(HOST, "A");
        expect(answer).toMatchObject({ kind: "records" });
        expect("records" in answer && answer.records).toHaveLength(200);
    });

    it.each<[string, WireAnswer]>([
        ["garbage", { garbage: Buffer.from("garbage, and nothing that could be read") }],
        ["nothing but an id", { garbage: Buffer.alloc(0) }],
        ["a name that points at itself", { garbage: Buffer.from("000100010000000006c00c00010001c00c00010001", "hex") }],
    ])("of %s is silence, and no error of the program", async (_, answer) => {
        const { client } = await asking(() => answer, { timeouts: impatient });
        expect(await client.recursive(HOST, "A")).toMatchObject({ kind: "silent" });
    });

    it("to a server that knows no EDNS comes all the same", async () => {
        let isPlain = false;
        const { client } = await asking((name) => {
            const answer: WireAnswer = isPlain ? { answers: [a(name, "192.0.2.1")] } : { rcode: 1 };
            isPlain = true;
            return answer;
        });
        expect(await client.recursive(HOST, "A")).toMatchObject({ kind: "records" });
    });

    it("may hold many strings of text, control characters and whatever else, all of it data", async () => {
        const data = Array.from({ length: 200 }, () => Buffer.alloc(255, 27));
        const { client } = await asking((name) => ({
            isTruncated: true,
            answers: [{ name, type: "TXT", ttl: 60, data }],
        }));
        const { TXT } = await dnsClient({ resolver: client.resolver[0], nameServers: client.resolver }).look(
            HOST,
            "TXT",
        );
        expect(TXT).toEqual(["\u001b".repeat(200 * 255)]);
    });
});

describe("aliases", () => {
    it("are followed within an answer, and asked for where a resolver leaves that to others", async () => {
        const chain: Record<string, string> = {
            [HOST]: "a.example",
            "a.example": "b.example",
            "b.example": "c.example",
        };
        const { client } = await asking((name) => {
            const next = chain[name];
            const further = chain[next ?? ""];
            return next === undefined
                ? [a(name, "192.0.2.1")]
                : [cname(name, next), ...(further ? [cname(next, further)] : [])];
        });
        expect(await client.addresses(HOST)).toMatchObject({
            kind: "records",
            records: ["192.0.2.1"],
            aliases: ["a.example", "b.example", "c.example"],
        });
    });

    it.each<[string, Lookup]>([
        ["without end", (name) => [cname(name, `x${name}`)]],
        ["in a circle", (name) => [cname(name, name === HOST ? "a.example" : HOST)]],
        ["to itself", (name) => [cname(name, name)]],
        [
            "without end in one answer",
            (name) =>
                Array.from({ length: 40 }, (_, i) => cname(i === 0 ? name : `n${i}.example`, `n${i + 1}.example`)),
        ],
    ])("%s are a failure after some steps", async (_, lookup) => {
        const { client, server } = await asking(lookup);
        expect(await client.recursive(HOST, "A")).toMatchObject({ kind: "failed", code: "ELOOP" });
        expect(server.questions.length).toBeLessThan(20);
    });

    it("lead to a name that no question can hold: silence, and no error of the program", async () => {
        const label = "\ufffd".repeat(60);
        const { client } = await asking((name) => [cname(name, `${label}.example`)]);
        expect(await client.recursive(HOST, "A")).toMatchObject({ kind: "silent" });
    });
});

describe("the zone's own servers", () => {
    /** The resolver knows the zone's servers, each of which runs at 127.0.0.x or doesn't. */
    async function zone(lookup: Lookup, resolver: Lookup | Record<string, string[]> = {}, timeouts?: number[]) {
        const own = await start(lookup);
        const others = typeof resolver === "function" ? resolver : fromTable(resolver);
        const known = fromTable({ "NS example.com": ["ns.example.net"], "A ns.example.net": ["127.0.0.1"] });
        const { client, server } = await asking(
            (name, type) => {
                const answer = known(name, type);
                return Array.isArray(answer) && answer.length > 0 ? answer : others(name, type);
            },
            { port: own.port, timeouts },
        );
        return { client, own, resolver: server };
    }

    it("tell an alias that leads out of the zone, and nobody asks where it leads", async () => {
        const { client, resolver } = await zone((name) => [cname(name, "spgo.io")]);
        expect(await client.authoritative(HOST, "A")).toMatchObject({
            kind: "empty",
            by: "authorities",
            servers: ["ns.example.net"],
            aliases: ["spgo.io"],
        });
        expect(await client.authoritative(HOST, "CNAME")).toMatchObject({ kind: "records", records: ["spgo.io"] });
        expect(resolver.questions.join()).not.toContain("spgo.io");
    });

    it("that refer to each other without end end", async () => {
        const deep = `${"a.".repeat(60)}example.com`;
        let depth = 2;
        const { client, own } = await zone(() => {
            depth += 1;
            return referralTo(deep.split(".").slice(-depth).join("."), "ns.example.net");
        });
        expect((await client.authoritative(deep, "A")).kind).toBe("empty");
        expect(own.questions.length).toBeLessThan(20);
    });

    it.each([".", "com", "example.com", "elsewhere.example"])("that refer to %s don't serve the zone", async (name) => {
        const { client } = await zone(() => referralTo(name, "ns.example.net"));
        expect(await client.authoritative(HOST, "A")).toMatchObject({ kind: "failed", code: "ELAME" });
    });

    it("that fail are told apart from those that are silent; by a look the resolver is asked instead", async () => {
        const resolver = { [`CNAME ${HOST}`]: ["spgo.io"] };
        const failing = await zone(() => ({ rcode: 2 }), resolver);
        expect(await failing.client.authoritative(HOST, "CNAME")).toMatchObject({ kind: "failed", code: "ESERVFAIL" });
        const silent = await zone(() => "silence", resolver, impatient);
        expect(await silent.client.authoritative(HOST, "CNAME")).toMatchObject({ kind: "silent", code: "ETIMEOUT" });
        expect(await silent.client.look(HOST, "CNAME")).toEqual({ CNAME: ["spgo.io"] });
    });

    it("that DNS doesn't know are of a name without records; a resolver that fails isn't", async () => {
        const { client } = await asking({});
        expect(await client.authoritative(HOST, "A")).toMatchObject({ kind: "undelegated", name: "example.com" });
        expect(await client.look(HOST, "A", "MX")).toEqual({ A: [], MX: [] });
        const failing = await asking(() => ({ rcode: 2 }));
        await expect(failing.client.look(HOST, "A")).rejects.toBeInstanceOf(LookUpFailed);
        await expect(failing.client.look(HOST, "A")).rejects.toThrow(/example\.com \(ESERVFAIL\)/);
    });

    it("must all know a name", async () => {
        const [one, other] = [await start({ [`A ${HOST}`]: ["192.0.2.1"] }), await start({})];
        const client = dnsClient({ nameServers: [one.address, other.address] });
        expect((await client.authoritative(HOST, "A")).kind).toBe("absent");
        await other.close();
        expect((await client.authoritative(HOST, "A")).kind).toBe("records");
    });

    it("have records of every type that matters, names in one form", async () => {
        const records: Resource[] = [
            { name: HOST, type: "MX", data: { preference: 10, exchange: "MX.Example.net" } },
            {
                name: HOST,
                type: "CAA",
                data: { flags: 128, tag: "issue", value: "ca.example; validationmethods=dns-01" },
            },
            { name: HOST, type: "TXT", data: ["v=spf1 ", "-all"] },
            { name: HOST, type: "SRV", data: { priority: 1, weight: 2, port: 993, target: "Imap.example.net" } },
            { name: HOST, type: "AAAA", data: "2001:db8:0:0::1" },
        ];
        const { client } = await zone((_, type) => records.filter((record) => record.type === type));
        expect(await client.look(HOST, "AAAA", "CAA", "MX", "SRV", "TXT")).toEqual({
            AAAA: ["2001:db8::1"],
            CAA: [{ critical: true, flags: 128, tag: "issue", value: "ca.example; validationmethods=dns-01" }],
            MX: [{ priority: 10, exchange: "mx.example.net" }],
            SRV: [{ priority: 1, weight: 2, port: 993, target: "imap.example.net" }],
            TXT: ["v=spf1 -all"],
        });
    });
});

describe("DNS over HTTPS", () => {
    /** A server at this machine, which plain http is for. */
    async function overHttp(answer: (question: Buffer) => { status?: number; type?: string; body: Buffer | string }) {
        const server = createServer((request, response) => {
            const chunks: Buffer[] = [];
            request.on("data", (chunk: Buffer) => chunks.push(chunk));
            request.on("end", () => {
                const { status = 200, type = "application/dns-message", body } = answer(Buffer.concat(chunks));
                response.writeHead(status, { "content-type": type, location: "http://127.0.0.1:1/" }).end(body);
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
        const { port } = server.address() as { port: number };
        return `http://127.0.0.1:${port}/dns-query`;
    }

    it("is asked as any resolver is, always with the same bytes", async () => {
        const ids: (number | undefined)[] = [];
        const resolver = await overHttp((question) => {
            const query = decode(question);
            ids.push(query.id);
            return { body: replyTo(query, query.questions?.[0]?.type === "A" ? [a(HOST, "192.0.2.1")] : [], true) };
        });
        const client = dnsClient({ resolver });
        expect(await client.addresses(HOST)).toMatchObject({ records: ["192.0.2.1"], servers: [resolver] });
        expect(ids).toEqual([0, 0]);
    });

    it.each([
        ["HTTP 403", { status: 403, body: "<html>" }],
        ["HTTP 302", { status: 302, body: "" }],
        ["EBADRESP", { type: "text/html", body: "<html>" }],
        ["EBADRESP", { body: "not DNS" }],
        ["EBADRESP", { body: Buffer.alloc(1_000_000) }],
    ])("that answers otherwise is silent: %s", async (code, answer) => {
        const client = dnsClient({ resolver: await overHttp(() => answer) });
        expect(await client.recursive(HOST, "A")).toMatchObject({ kind: "silent", code });
    });
});
