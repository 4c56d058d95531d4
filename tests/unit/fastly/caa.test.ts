import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { caaProblem, tellForbidden } from "../../../components/src/fastly/caa.ts";
import { type Lookup, startNameServer, type TestNameServer } from "../probe/nameServer.ts";

const host = "track.mail.example.com";

describe("an authority and the CAA records that count", () => {
    const problem = (...issue: string[]) =>
        caaProblem(host, "lets-encrypt", {
            name: "example.com",
            records: issue.map((value) => ({ critical: 0, issue: value })),
        });

    it("is allowed where there are none, or its name is among them, with or without parameters", () => {
        expect(caaProblem(host, "lets-encrypt", undefined)).toBeUndefined();
        expect(problem("digicert.com", "LetsEncrypt.org")).toBeUndefined();
        expect(problem("letsencrypt.org; validationmethods=dns-01")).toBeUndefined();
    });

    it("is allowed where they only speak of wildcards or of whom to tell", () => {
        const records = [
            { critical: 0, issuewild: "digicert.com" },
            { critical: 0, iodef: "mailto:a@example.com" },
        ];
        expect(caaProblem(host, "certainly", { name: "example.com", records })).toBeUndefined();
    });

    it("is forbidden where they name others, with the record that is missing", () => {
        expect(problem("digicert.com", "sectigo.com")).toBe(
            "the CAA records of example.com allow digicert.com, sectigo.com to issue for track.mail.example.com, and not lets-encrypt. " +
                'Add the record `example.com CAA 0 issue "letsencrypt.org"`, or choose another `certificateAuthority`.',
        );
    });

    it("is forbidden where they name nobody", () => {
        expect(problem(";")).toContain("allow nobody to issue");
    });

    it("is known by the name that its own documents give", () => {
        const records = [{ critical: 0, issue: "nobody.example" }];
        expect(caaProblem(host, "globalsign", { name: host, records })).toContain('issue "globalsign.com"');
        expect(caaProblem(host, "certainly", { name: host, records })).toContain('issue "certainly.com"');
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
        const message = await tellForbidden(host, "lets-encrypt", options, undefined as never).then(
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
        expect(message).toMatch(
            /^Certificate of track.mail.example.com: the CAA records of track.mail.example.com allow digicert.com/,
        );
        expect(message).toContain("Nothing was ordered at Fastly.");
        expect(asked).toEqual([]);
    });

    it("then at what its alias leads to", async () => {
        const { message } = await refusal(
            (name, type) => (type === "CNAME" ? [{ name, type, ttl: 60, data: "old.cdn.example" }] : []),
            (name, type) =>
                type === "CAA" && name === "old.cdn.example"
                    ? issue("digicert.com").map((one) => ({ ...one, name }))
                    : [],
        );
        expect(message).toContain("the CAA records of old.cdn.example allow");
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
        await tellForbidden(host, "lets-encrypt", options, undefined as never);
        expect(warn.mock.calls.map(([message]) => message)).toEqual([
            expect.stringMatching(/^Certificate of track.mail.example.com: it can't be renewed, for the CAA records/),
        ]);
    });

    it("and nothing is refused where DNS doesn't answer", async () => {
        const { message } = await refusal(
            () => [],
            () => "no such name",
        );
        expect(message).toBeUndefined();
    });
});
