import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Authority, caaFindings, findCaa } from "../../../components/src/dns/caa.ts";
import { checkCaa } from "../../../components/src/dns/caaCheck.ts";
import type { Answer, DnsClient } from "../../../components/src/dns/client.ts";
import { type Lookup, startNameServer, type TestNameServer } from "../probe/nameServer.ts";

const host = "track.mail.example.com";
const letsEncrypt: Authority = {
    name: "lets-encrypt",
    issuer: "letsencrypt.org",
    customer: "Fastly",
    method: "dns-01",
    otherwise: "choose another `certificateAuthority`",
};

describe("an authority and the CAA records that count", () => {
    /** What a host is told whose domain has these records, each with its flags before it. */
    async function findings(...records: string[]) {
        const found = records.map((record) => {
            const [, flags = "", tag = "", value = ""] = /^(\d+) (\S+) ?(.*)$/s.exec(record) ?? [];
            return { critical: flags === "128", flags: Number(flags), tag, value };
        });
        const answer = (name: string) =>
            ({
                name,
                by: "authorities",
                servers: [],
                aliases: [],
                kind: "records",
                records: found,
                ttl: 60,
            }) as Answer<unknown>;
        const client = { authoritative: async (name: string) => answer(name), recursive: async () => answer(host) };
        return caaFindings(host, letsEncrypt, await findCaa(host, client as unknown as DnsClient));
    }
    const kinds = async (...records: string[]) => (await findings(...records)).map(({ kind }) => kind);

    it("is allowed where there are none", () => {
        expect(caaFindings(host, letsEncrypt, {})).toEqual([]);
    });

    it.each([
        [["0 issue digicert.com", "0 issue LetsEncrypt.org"]],
        [["0 issuewild digicert.com", "0 iodef mailto:a@example.com"]],
        [["0 tbs unknown", "128 iodef mailto:a@example.com"]],
        [["0 issue letsencrypt.org;"]],
        [["0 issue letsencrypt.org ; ValidationMethods = dns-01"]],
        [["0 issue letsencrypt.org; validationmethods=http-01,dns-01; other=1"]],
        [["0 issue letsencrypt.org; validationmethods=http-01", "0 issue letsencrypt.org"]],
        [["0 issue letsencrypt.org; accounturi=https://ca.example/1", "0 issue letsencrypt.org"]],
    ])("is allowed by %j", async (records) => {
        expect(await kinds(...records)).toEqual([]);
    });

    it.each([
        ["caa-issuer", ["0 issue digicert.com", "0 issue sectigo.com"]],
        ["caa-issuer", ["0 issue ;"]],
        ["caa-issuer", ["0 issue"]],
        ["caa-issuer", ["0 issue letsencrypt.org dns-01"]],
        ["caa-issuer", ["0 issue letsencrypt.org; dns-01"]],
        ["caa-issuer", ["0 issue letsencrypt.org; accounturi=one two"]],
        ["caa-method", ["0 issue letsencrypt.org; validationmethods=http-01,tls-alpn-01"]],
        ["caa-method", ["0 issue letsencrypt.org; validationmethods="]],
        ["caa-method", ["0 issue letsencrypt.org; validationmethods=dns_01,dns-01"]],
        ["caa-method", ["0 issue letsencrypt.org; validationmethods=dns-01; validationmethods=http-01"]],
        ["caa-critical", ["0 issue letsencrypt.org", "128 tbs unknown"]],
        ["caa-account", ["0 issue letsencrypt.org; accounturi=https://ca.example/1; accounturi=https://ca.example/2"]],
    ] as const)("is forbidden, as %s, by %j", async (kind, records) => {
        expect(await findings(...records)).toMatchObject([{ kind, isForbidden: true }]);
    });

    it("may be allowed by what is for one account", async () => {
        const records = [
            "0 issue letsencrypt.org; accounturi=https://ca.example/1; validationmethods=dns-01",
            "0 issue letsencrypt.org; validationmethods=http-01",
        ];
        expect(await findings(...records)).toMatchObject([{ kind: "caa-account", isForbidden: false }]);
    });

    it("is told with the record that is missing", async () => {
        const told = await Promise.all([
            findings("0 issue digicert.com", "0 issue sectigo.com"),
            findings("0 issue ;"),
            findings("0 issue letsencrypt.org; validationmethods=http-01"),
            findings("0 issue letsencrypt.org; validationmethods="),
            findings("128 tbs unknown"),
            findings("0 issue letsencrypt.org; accounturi=https://ca.example/1"),
        ]);
        expect(told.flat().map(({ seen, remedy }) => `${seen}. ${remedy}`)).toMatchSnapshot();
    });

    it("is told of others without what would change a terminal or the message", async () => {
        const [finding] = await findings("0 issue evil\u001b[2J\nNothing is wrong.");
        expect(finding?.seen).toContain(" evil\\u{1b}[2j nothing is wrong. issue ");
    });
});

describe("the records that count are looked up", () => {
    const servers: TestNameServer[] = [];
    afterEach(async () => {
        await Promise.all(servers.splice(0).map((server) => server.close()));
    });
    const start = async (lookup: Lookup) => {
        const server = await startNameServer(lookup);
        servers.push(server);
        return server;
    };
    const issue = (value: string) => [
        { name: "x", type: "CAA" as const, ttl: 60, data: { flags: 0, tag: "issue" as const, value } },
    ];
    const usual = { hostname: host, authority: letsEncrypt, hasCertificate: false };
    /** Asks a host's own servers and a resolver that know these records; gives the refusal, and what each was asked. */
    async function refusal(own: Lookup, others: Lookup, target?: string) {
        const [authoritative, resolver] = [await start(own), await start(others)];
        const order = { ...usual, resolver: resolver.address, nameServers: [authoritative.address], target };
        const message = await checkCaa(order, undefined as never).then(
            () => undefined,
            ({ message }: Error) => message,
        );
        return { message, asked: resolver.questions, ownAsked: authoritative.questions };
    }
    /** What an order is warned of, with one server for everything unless there is a resolver. */
    async function warnings(own: Lookup, { hasCertificate = false, others = own } = {}) {
        const [authoritative, resolver] = [await start(own), await start(others)];
        const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
        onTestFinished(() => warn.mockRestore());
        const order = { ...usual, resolver: resolver.address, nameServers: [authoritative.address], hasCertificate };
        await checkCaa(order, undefined as never);
        return warn.mock.calls.map(([message]) => String(message).replace(/127\.0\.0\.1:\d+/, "SERVER"));
    }
    const atHost =
        (value: string): Lookup =>
        (name, type) =>
            type === "CAA" && name === host ? issue(value).map((one) => ({ ...one, name })) : [];

    it("at the host first, of its own servers", async () => {
        const { message, ownAsked } = await refusal(atHost("digicert.com"), () => []);
        expect(message).toMatchSnapshot();
        expect(ownAsked.filter((question) => question.startsWith("CAA"))).toEqual([`CAA ${host}`]);
    });

    it("then at what its alias leads to", async () => {
        const { message } = await refusal(
            (name) => [{ name, type: "CNAME", ttl: 60, data: "old.cdn.example" }],
            (name, type) =>
                type === "CAA" && name === "old.cdn.example"
                    ? issue("digicert.com").map((one) => ({ ...one, name }))
                    : [],
        );
        expect(message).toMatchSnapshot();
    });

    it("then at each parent, the nearest first, of its own servers, for the resolver may remember older ones", async () => {
        const asked: string[] = [];
        const { message } = await refusal(
            (name, type) => {
                asked.push(`${type} ${name}`);
                const isThere = type === "CAA" && name === "example.com";
                return isThere ? issue("digicert.com").map((one) => ({ ...one, name })) : "no such name";
            },
            () => [],
        );
        expect(message).toContain('Add the record `example.com CAA 0 issue "letsencrypt.org"`');
        expect(asked.slice(-2)).toEqual(["CAA mail.example.com", "CAA example.com"]);
    });

    it("at what its alias is going to lead to, and then at its parents", async () => {
        const { message, asked, ownAsked } = await refusal(
            (name, type) =>
                type === "CAA" && name === "example.com" ? issue("digicert.com").map((one) => ({ ...one, name })) : [],
            () => [],
            "v2.spgo.io",
        );
        expect(message).toContain("the CAA records of example.com let only digicert.com");
        expect(asked[0]).toBe("CAA v2.spgo.io");
        expect(ownAsked).not.toContain(`CAA ${host}`);
    });

    it("and only warned of where the certificate is there already", async () => {
        expect(await warnings(atHost("digicert.com"), { hasCertificate: true })).toMatchSnapshot();
    });

    it("and warned of where they are for an account that nobody knows", async () => {
        const value = "letsencrypt.org; accounturi=https://ca.example/1";
        expect(await warnings(atHost(value))).toMatchSnapshot();
    });

    it("and warned of, not refused, where the servers fail: an authority that sees that refuses", async () => {
        expect(await warnings((_, type) => (type === "CAA" ? { rcode: 2 } : []))).toMatchSnapshot();
    });

    it("and warned of where a resolver fails that asks those servers", async () => {
        const others: Lookup = (_, type) => (type === "CAA" ? { rcode: 2 } : []);
        expect(await warnings(() => [], { others })).toMatchSnapshot();
    });

    it("and a resolver isn't asked for a name that isn't there yet, which it would remember", async () => {
        const { asked } = await refusal(
            (name) => (name === "example.com" ? [] : "no such name"),
            () => [],
        );
        expect(asked.filter((question) => question.startsWith("CAA"))).toEqual(["CAA example.com"]);
    });

    it("and nothing is refused where DNS doesn't answer", async () => {
        const { message } = await refusal(
            () => [],
            () => "no such name",
        );
        expect(message).toBeUndefined();
    });
});
