import { describe, expect, it } from "vitest";
import {
    ownerProblem,
    type RecordSummary,
    strangerWarning,
    typeWarning,
    type WantedRecord,
} from "../../../components/src/cloudflare/recordOwner.ts";
import { MARK } from "../../../components/src/dns/recordMark.ts";
import { purposes } from "../../../components/src/fastly/records.ts";

const hostname = "track.example.com";
const wanted: WantedRecord = {
    resourceName: "track",
    name: hostname,
    zoneId: "z1",
    type: "CNAME",
    content: "spgo.io",
    comment: "mail team's",
};
const record = (settings: Partial<RecordSummary>): RecordSummary => ({
    id: "r1",
    type: "CNAME",
    content: "example.com",
    proxied: true,
    ...settings,
});
const warningOf = (...present: RecordSummary[]) => strangerWarning(wanted, present);

describe("a record that is there, where nobody knows the state,", () => {
    it.each<[string, Partial<RecordSummary>]>([
        ["nobody's comment", {}],
        ["somebody's comment", { comment: "website" }],
        ["an address", { type: "A", content: "spgo.io", comment: null }],
    ])("with %s is told as a stranger's, with the command that takes it over", (_what, settings) => {
        const warning = warningOf(record(settings));
        expect(warning).toContain("npx --no-install pulumi-sparkpost-tracking find track.example.com");
        expect(warning).toContain("81053");
    });

    it.each<[string, Partial<RecordSummary>]>([
        ["leads to the endpoint, by whatever comment", { content: "spgo.io", comment: "website" }],
        ["has the comment that it shall have, wherever it leads", { comment: "mail team's" }],
        ["has the comment of the host's Fastly edge", { comment: purposes.host, content: "t.sni.global.fastly.net" }],
        ["has the comment that Cloudflare's edge gives", { comment: `SparkPost tracking domain; ${MARK}` }],
    ])("isn't told where it %s: it may be ours, changed by somebody", (_what, settings) => {
        expect(warningOf(record(settings))).toBeUndefined();
    });

    it("isn't told where there is none", () => {
        expect(warningOf()).toBeUndefined();
    });
});

describe("a record that is taken over", () => {
    const ask = (type: string) => typeWarning({ ...wanted, importId: "z1/r1" }, [record({ type })]);

    it("is warned about where its type is another one, with a way that takes nothing away", () => {
        expect(ask("A")).toMatch(/type A, not CNAME.*type CNAME, target spgo\.io, in one step.*`pulumi up --refresh`/);
    });

    it("isn't where it is of the same type, or another one", () => {
        expect(ask("CNAME")).toBeUndefined();
        expect(typeWarning({ ...wanted, importId: "z1/r2" }, [record({ type: "A" })])).toBeUndefined();
    });
});

describe("a record that is there, where the state is known,", () => {
    const urn = (chain: string, name: string) =>
        `urn:pulumi:dev::shop::${chain}cloudflare:index/dnsRecord:DnsRecord::${name}`;
    const own = urn("sparkpost-tracking:index:HttpsTrackingDomain$sparkpost-tracking:index:FastlyEdge$", "track");
    const others = urn("", "track");
    const imported = { ...wanted, importId: "z1/r1" };

    it("is refused where the stack has none, with the command that takes it over", () => {
        const problem = ownerProblem(wanted, [record({})], []);
        expect(problem).toMatch(
            /isn't this stack's \(CNAME example\.com, proxied\).*No record was changed\.\nWhat takes it over/,
        );
        expect(problem).toContain("npx --no-install pulumi-sparkpost-tracking find track.example.com");
    });

    it("is refused with a caution where a stack like this one made it: it may be about to be deleted", () => {
        const problem = ownerProblem(wanted, [record({ comment: purposes.host })], []);
        expect(problem).toMatch(/left it to be deleted\. Finish that update first.*\nWhat takes it over/);
    });

    it("isn't where the stack has it, under whatever name: it may be the same by an alias", () => {
        expect(ownerProblem(wanted, [record({})], [own])).toBeUndefined();
        expect(ownerProblem(wanted, [record({})], [others])).toBeUndefined();
        expect(ownerProblem(wanted, [], [])).toBeUndefined();
    });

    it("can be taken over where the stack doesn't have it, and the lines may stay", () => {
        expect(ownerProblem(imported, [record({})], [])).toBeUndefined();
        expect(ownerProblem(imported, [record({})], [own])).toBeUndefined();
        expect(ownerProblem(imported, [record({})], [others, own])).toBeUndefined();
    });

    it("isn't taken over where the stack has it as another resource, which would delete it", () => {
        expect(ownerProblem(imported, [record({})], [others])).toMatch(
            new RegExp(
                `already, as ${others.replace(/[$]/g, "\\$&")}\\. Taken over .* would be deleted.*\\n.*opts\\.aliases = \\[URN\\]`,
            ),
        );
        expect(ownerProblem(imported, [record({})], [own.replace(/track$/, "old")])).toContain("`pulumi state rename`");
    });
});
