import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Authority, type CaaRecord, caaProblem } from "../../../components/src/dns/caa.ts";
import { checkCaa } from "../../../components/src/dns/caaCheck.ts";
import { type Lookup, startNameServer, type TestNameServer } from "../probe/nameServer.ts";

const host = "track.mail.example.com";
const letsEncrypt: Authority = { name: "lets-encrypt", issuer: "letsencrypt.org" };
const record = (tag: string, issuer: string): CaaRecord => ({
    critical: false,
    tag,
    value: issuer,
    issuer,
    parameters: {},
});

describe("an authority and the CAA records that count", () => {
    const problem = (...issuers: string[]) =>
        caaProblem(host, letsEncrypt, {
            name: "example.com",
            records: issuers.map((issuer) => record("issue", issuer)),
        });

    it("is allowed where there are none, or its name is among them", () => {
        expect(caaProblem(host, letsEncrypt, undefined)).toBeUndefined();
        expect(problem("digicert.com", "letsencrypt.org")).toBeUndefined();
    });

    it("is allowed where they only speak of wildcards or of whom to tell", () => {
        const records = [record("issuewild", "digicert.com"), record("iodef", "mailto:a@example.com")];
        expect(caaProblem(host, letsEncrypt, { name: "example.com", records })).toBeUndefined();
    });

    it("is forbidden where they name others, with the record that is missing", () => {
        expect(problem("digicert.com", "sectigo.com")).toMatchSnapshot();
    });

    it("is forbidden where they name nobody", () => {
        expect(problem("")).toMatchSnapshot();
    });

    it("is told of others without what would change a terminal or the message", () => {
        expect(problem("evil\u001b[2J\nNothing is wrong.")).toContain(" evil\\u{1b}[2J Nothing is wrong. issue ");
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
    /** Asks a host's own servers and a resolver that know these records; gives the refusal, and what each was asked. */
    async function refusal(own: Lookup, others: Lookup) {
        const [authoritative, resolver] = [await start(own), await start(others)];
        const options = {
            resolver: resolver.address,
            nameServers: [authoritative.address],
            hasCertificate: false,
        };
        const message = await checkCaa(host, letsEncrypt, options, undefined as never).then(
            () => undefined,
            ({ message }: Error) => message,
        );
        return { message, asked: resolver.questions };
    }

    it("at the host first, of its own servers", async () => {
        const { message, asked } = await refusal(
            (name, type) =>
                type === "CAA" && name === host ? issue("digicert.com").map((one) => ({ ...one, name })) : [],
            () => [],
        );
        expect(message).toMatchSnapshot();
        expect(asked).toEqual([]);
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
        const { message, asked: remembered } = await refusal(
            (name, type) => {
                asked.push(`${type} ${name}`);
                const isThere = type === "CAA" && name === "example.com";
                return isThere ? issue("digicert.com").map((one) => ({ ...one, name })) : "no such name";
            },
            () => [],
        );
        expect(message).toContain('Add the record `example.com CAA 0 issue "letsencrypt.org"`');
        expect(asked.slice(-2)).toEqual(["CAA mail.example.com", "CAA example.com"]);
        expect(remembered).toEqual([]);
    });

    it("and only warned of where the certificate is there already", async () => {
        const server = await start((name, type) =>
            type === "CAA" && name === host ? issue("digicert.com").map((one) => ({ ...one, name })) : [],
        );
        const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
        onTestFinished(() => warn.mockRestore());
        const options = { resolver: server.address, nameServers: [server.address], hasCertificate: true };
        await checkCaa(host, letsEncrypt, options, undefined as never);
        expect(warn.mock.calls.map(([message]) => message)).toMatchSnapshot();
    });

    it.each([
        ["LetsEncrypt.org; validationmethods=dns-01; accounturi=https://ca.example/1", undefined],
        ["; validationmethods=dns-01", caaProblem(host, letsEncrypt, { name: host, records: [record("issue", "")] })],
    ])("and read with their parameters: %s", async (value, words) => {
        const { message } = await refusal(
            (name, type) => (type === "CAA" ? issue(value).map((one) => ({ ...one, name })) : []),
            () => [],
        );
        expect(message).toEqual(words === undefined ? undefined : expect.stringContaining(words));
    });

    it("and warned of, not refused, where the servers fail: an authority that sees that refuses", async () => {
        const server = await start((_, type) => (type === "CAA" ? { rcode: 2 } : []));
        const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
        onTestFinished(() => warn.mockRestore());
        const options = { resolver: server.address, nameServers: [server.address], hasCertificate: false };
        await checkCaa(host, letsEncrypt, options, undefined as never);
        expect(warn.mock.calls.map(([message]) => message)).toEqual([expect.stringContaining("ESERVFAIL")]);
    });

    it("and nothing is refused where DNS doesn't answer", async () => {
        const { message } = await refusal(
            () => [],
            () => "no such name",
        );
        expect(message).toBeUndefined();
    });
});
