import { describe, expect, it } from "vitest";
import {
    certificateProblem,
    type RecordSummary,
    strangerWarning,
    typeWarning,
} from "../../../components/src/cloudflare/recordCheck.ts";
import { MARK } from "../../../components/src/dns/recordMark.ts";
import { purposes } from "../../../components/src/fastly/records.ts";

const hostname = "track.example.com";
const wanted = { content: "spgo.io", comment: "mail team's" };
const record = (settings: Partial<RecordSummary>): RecordSummary => ({
    id: "r1",
    type: "CNAME",
    content: "example.com",
    proxied: true,
    ...settings,
});
const warningOf = (...present: RecordSummary[]) => strangerWarning(hostname, present, wanted);

describe("a record that is there", () => {
    it.each<[string, Partial<RecordSummary>]>([
        ["nobody's comment", {}],
        ["somebody's comment", { comment: "website" }],
        ["an address", { type: "A", content: "spgo.io", comment: null }],
    ])("with %s is told as a stranger's, with the command that takes it over", (_what, settings) => {
        const warning = warningOf(record(settings));
        expect(warning).toContain("npx pulumi-sparkpost-tracking find track.example.com");
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
    const ask = (type: string) =>
        typeWarning(hostname, [record({ type })], { importId: "z1/r1", type: "CNAME", content: "spgo.io" });

    it("is warned about where its type is another one, with a way that takes nothing away", () => {
        expect(ask("A")).toMatch(/type A, not CNAME.*type CNAME, target spgo\.io, in one step.*`pulumi up --refresh`/);
    });

    it("isn't where it is of the same type, or another one", () => {
        expect(ask("CNAME")).toBeUndefined();
        const other = { importId: "z1/r2", type: "CNAME", content: "spgo.io" };
        expect(typeWarning(hostname, [record({ type: "A" })], other)).toBeUndefined();
    });
});

describe("a zone's certificates", () => {
    const universal = (status: string) => ({ hosts: ["example.com", "*.example.com"], status });

    it("let a host in use be proxied once one that covers it is active", () => {
        const other = { hosts: ["www.example.com"], status: "pending_validation" };
        expect(certificateProblem(hostname, [other, universal("active")])).toBeUndefined();
    });

    it.each([
        [[], "none is on order"],
        [[universal("pending_validation")], "example.com, *.example.com pending_validation"],
        [[{ hosts: ["example.com"], status: "active" }], "example.com active"],
    ])("%j don't", (packs, seen) => {
        const problem = certificateProblem(hostname, packs);
        expect(problem).toContain(`is active yet (${seen})`);
        expect(problem).toContain("Nothing was changed; run `pulumi up` again");
    });
});
