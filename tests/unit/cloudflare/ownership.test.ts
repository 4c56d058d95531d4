import { describe, expect, it } from "vitest";
import {
    challengeProblem,
    importProblem,
    ofHostInState,
    ownerProblem,
    type StateOfHost,
    strangerWarning,
    typeWarning,
    type WantedRecord,
} from "../../../components/src/cloudflare/ownership.ts";
import type { CloudflareRecord } from "../../../components/src/cloudflare/reads.ts";
import { purposes } from "../../../components/src/fastly/records.ts";
import { MARK } from "../../../components/src/hostToday/today.ts";

const hostname = "track.example.com";
const wanted: WantedRecord = {
    resourceName: "track",
    hostname,
    field: "cloudflare",
    content: "spgo.io",
    comment: "mail team's",
};
const record = (settings: Partial<CloudflareRecord>): CloudflareRecord => ({
    id: "r1",
    name: hostname,
    type: "CNAME",
    content: "example.com",
    proxied: true,
    ...settings,
});
const warningOf = (...present: CloudflareRecord[]) => strangerWarning(wanted, present);

describe("a record that is there, where nobody knows the state,", () => {
    it.each<[string, Partial<CloudflareRecord>]>([
        ["nobody's comment", {}],
        ["somebody's comment", { comment: "website" }],
        ["an address", { type: "A", content: "spgo.io", comment: null }],
    ])("with %s is told as a stranger's, with the command that takes it over", (_what, settings) => {
        expect(warningOf(record(settings))).toMatchSnapshot();
    });

    it.each<[string, Partial<CloudflareRecord>]>([
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
    const ask = (type: string) => typeWarning(wanted, record({ type }));

    it("is warned about where its type is another one, with a way that takes nothing away", () => {
        expect(ask("A")).toMatchSnapshot();
    });

    it("isn't where it is of the same type", () => {
        expect(ask("CNAME")).toBeUndefined();
    });
});

const urn = (chain: string, name: string, type = "dnsRecord:DnsRecord") =>
    `urn:pulumi:dev::shop::${chain}cloudflare:index/${type}::${name}`;
const fastly = "sparkpost-tracking:index:HttpsTrackingDomain$sparkpost-tracking:index:FastlyEdge$";
const own = urn(fastly, "track");
const others = urn("", "track");

const importAdvice = (id = "") => `the way of ${id}`;

describe("a challenge's record that is there and that the stack doesn't have", () => {
    const challenge = {
        name: `_acme-challenge.${hostname}`,
        resourceName: "track-acme-challenge",
        comment: purposes.challenge,
    };
    const problemOf = (settings: Partial<CloudflareRecord>, way: typeof importAdvice | undefined) =>
        challengeProblem(challenge, [record(settings)], way);

    it("is refused with the way into the state where an update of this stack may have made it that was killed", () => {
        const problem = problemOf({ comment: purposes.challenge }, importAdvice);
        expect(problem).toContain(importAdvice("r1"));
        expect(problem).toMatchSnapshot();
    });

    it.each([
        ["somebody else made it", {}, importAdvice],
        ["no update has come to it", { comment: purposes.challenge }, undefined],
    ])("is to be deleted where %s", (_what, settings, way) => {
        const problem = problemOf(settings, way);
        expect(problem).not.toContain(importAdvice());
        expect(problem).toMatchSnapshot();
    });

    it("isn't refused where nothing is there", () => {
        expect(challengeProblem(challenge, [], importAdvice)).toBeUndefined();
    });
});

describe("a record that is there and that the stack doesn't have", () => {
    it("is refused with the command that takes it over", () => {
        const problem = ownerProblem(wanted, [record({})], undefined, importAdvice);
        expect(problem).toContain(command);
        expect(problem).not.toContain(importAdvice());
        expect(problem).toMatchSnapshot();
    });

    const made = record({ comment: purposes.host });
    const command = "pulumi-sparkpost-tracking find track.example.com";

    it("is refused with the way into the state where an update of this stack may have made it that was killed", () => {
        const problem = ownerProblem(wanted, [made], undefined, importAdvice);
        expect(problem).toContain(importAdvice("r1"));
        expect(problem).not.toContain(command);
        expect(problem).toMatchSnapshot();
    });

    it("is refused with a caution where another stack made it, or it may be about to be deleted", () => {
        const problem = ownerProblem(wanted, [made], undefined, undefined);
        expect(problem).toContain(command);
        expect(problem).toMatchSnapshot();
    });

    it("can be taken over, unless another one stands beside it", () => {
        const taken = record({});
        expect(ownerProblem(wanted, [taken], taken, importAdvice)).toBeUndefined();
        expect(ownerProblem(wanted, [], undefined, importAdvice)).toBeUndefined();
        const beside = record({ id: "r2", type: "A", content: "192.0.2.1" });
        expect(ownerProblem(wanted, [taken, beside], taken, importAdvice)).toContain("A 192.0.2.1");
    });

    it("never reaches a message as it is", () => {
        const hostile = record({ content: "a\u001b[31m\nb" });
        expect(ownerProblem(wanted, [hostile], undefined, importAdvice)).toContain("a\\u{1b}[31m b");
    });
});

describe("`import`", () => {
    const both = { ...wanted, recordImport: "z1/r1", ruleImport: "z1/r2" };
    const state = (has: Partial<StateOfHost> = {}, urns: Partial<StateOfHost["urns"]> = {}): StateOfHost => ({
        records: [],
        rules: [],
        urns: { records: [], rules: [], ...urns },
        ...has,
    });
    const rule = urn(fastly, "track", "pageRule:PageRule");

    it("passes where the stack has nothing under these names", () => {
        expect(importProblem(both, state({}, { records: [others, urn(fastly, "b")] }))).toBeUndefined();
        expect(importProblem(wanted, undefined)).toBeUndefined();
    });

    it("is refused where the stack has the record already, of whatever edge and host, for Pulumi would delete it", () => {
        expect(importProblem({ ...wanted, recordImport: "z1/r1" }, state({}, { records: [own] }))).toMatchSnapshot();
    });

    it("names just the line that goes, and the one that stays", () => {
        expect(importProblem(both, state({}, { records: [own] }))).toMatchSnapshot("the record");
        expect(importProblem(both, state({}, { rules: [rule] }))).toMatchSnapshot("the rule");
        expect(importProblem(both, state({}, { records: [own], rules: [rule] }))).toMatchSnapshot("both");
    });

    it("is refused where the state can't be read", () => {
        expect(importProblem({ ...wanted, ruleImport: "z1/r2" }, undefined)).toMatchSnapshot();
    });

    it("is refused where the stack has it as another resource, which would delete it", () => {
        const named = { ...wanted, recordImport: "z1/r1" };
        expect(importProblem(named, state({ records: [others] }))).toMatchSnapshot("the record");
        const ofRule = { ...wanted, ruleImport: "z1/r2" };
        const mine = { urn: urn("", "mine", "pageRule:PageRule"), target: `${hostname}/*` };
        expect(importProblem(ofRule, state({ rules: [mine] }))).toMatchSnapshot("the rule");
    });
});

describe("the state", () => {
    const inState = (outputs: object) =>
        ofHostInState(
            [{ urn: own, type: "cloudflare:index/dnsRecord:DnsRecord", outputs: { type: "CNAME", ...outputs } }],
            hostname,
            "z",
        );

    it.each<[object, boolean]>([
        [{ name: hostname }, true],
        [{ name: hostname.toUpperCase() }, true],
        [{ name: "track", zoneId: "z" }, true],
        [{ name: "track", zoneId: "y" }, false],
        [{ name: "rack", zoneId: "z" }, false],
        [{ name: hostname, type: "TXT" }, false],
    ])("has the host's record by %j: %s", (outputs, isKnown) => {
        expect(inState(outputs).records).toEqual(isKnown ? [own] : []);
    });
});
