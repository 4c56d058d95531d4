import { describe, expect, it } from "vitest";
import { compare, type Question } from "../../../components/src/probe/compare.ts";
import type { Finding, Unmet } from "../../../components/src/probe/findings.ts";
import type { Reply } from "../../../components/src/probe/get.ts";

const question: Question = {
    hostname: "track.example.com",
    endpoint: "spgo.io",
    scheme: "https",
    agent: "browser",
    path: "/f/a/b/c/d",
};
const click: Reply = { status: 302, location: "https://example.com/", contentLength: 0, server: "msys-http" };
const notFound: Reply = { status: 404, contentLength: 19, server: "msys-http" };
const viaCdn = (reply: Reply): Reply => ({ ...reply, server: "cloudflare" });

function findingOf(edge: Reply, direct: Reply, asked: Partial<Question> = {}): Finding {
    try {
        compare(edge, direct, { ...question, ...asked });
    } catch (error) {
        return (error as Unmet).finding;
    }
    throw new Error("the comparison passed");
}

describe("an edge that relays the endpoint's answer", () => {
    it("is strong by a 302 without a body", () => {
        expect(compare(viaCdn(click), click, question)).toEqual({ strength: "strong", warnings: [] });
    });

    it("is strong by the tracker's server header", () => {
        expect(compare(notFound, notFound, question)).toEqual({ strength: "strong", warnings: [] });
    });

    it("is weak where a stranger's 404 would look the same", () => {
        expect(compare(viaCdn(notFound), notFound, question)).toEqual({
            strength: "weak",
            warnings: [expect.stringContaining("what spgo.io answers (404), but a stranger could answer the same")],
        });
    });

    it("relays an answer without Location too", () => {
        const bare: Reply = { status: 302, contentLength: 0 };
        expect(compare(bare, bare, question)).toEqual({ strength: "strong", warnings: [] });
    });
});

describe("an edge that answers otherwise", () => {
    it.each<[string, Partial<Reply>]>([
        ["status", { status: 200 }],
        ["length", { contentLength: 1 }],
    ])("is a stranger by its %s", (_, difference) => {
        const edge = viaCdn({ ...notFound, ...difference });
        expect(findingOf(edge, notFound)).toMatchObject({ kind: "stranger", edge, direct: notFound });
    });

    it("tells its own error in its words", () => {
        const edge: Reply = { status: 500, contentLength: 60, errorText: "unknown domain: track.example.com" };
        expect(findingOf(edge, notFound)).toEqual({
            kind: "edge-error",
            status: 500,
            said: "unknown domain: track.example.com",
        });
    });

    it.each([
        ["a missing slash", "https://example.com"],
        ["another case", "https://EXAMPLE.com/"],
        ["none", undefined],
    ])("is compared literally in Location: %s", (_, location) => {
        expect(findingOf({ ...click, location }, click)).toMatchObject({ kind: "redirected", status: 302 });
    });

    it("redirects, in the mode of 2020, to the endpoint itself", () => {
        const location = "https://spgo.io/f/a/b/c/d";
        expect(findingOf({ status: 302, location, contentLength: 0 }, click)).toEqual({
            kind: "redirected",
            scheme: "https",
            status: 302,
            location,
        });
    });

    it("challenges, even when the endpoint answers the same", () => {
        const challenge: Reply = { status: 403, contentLength: 5000, mitigated: "challenge", server: "cloudflare" };
        expect(findingOf(challenge, challenge, { agent: "none" })).toEqual({
            kind: "challenged",
            agent: "none",
            action: "challenge",
        });
    });

    it.each([520, 521, 522, 523, 524, 525, 526, 530])("has an error of its own: %i", (status) => {
        expect(findingOf({ status, contentLength: 100, server: "cloudflare" }, click)).toEqual({
            kind: "cdn-error",
            status,
            errorCode: undefined,
        });
    });

    it("has an error of its own by the code in the body", () => {
        const edge: Reply = { status: 409, contentLength: 16, errorCode: 1001, server: "cloudflare" };
        expect(findingOf(edge, click)).toEqual({ kind: "cdn-error", status: 409, errorCode: 1001 });
    });
});

describe("an endpoint that can't be compared with", () => {
    it("forbids, and that is told from the edge's doing", () => {
        const forbidden: Reply = { status: 403, contentLength: 0, server: "msys-http" };
        expect(findingOf(viaCdn(forbidden), forbidden)).toEqual({
            kind: "tracker-forbids",
            side: "endpoint",
            status: 403,
        });
        expect(findingOf(forbidden, click)).toEqual({ kind: "tracker-forbids", side: "edge", status: 403 });
    });

    it("fails, even when the edge relays the failure", () => {
        const failing: Reply = { status: 503, contentLength: 0 };
        expect(findingOf(failing, failing)).toMatchObject({ kind: "endpoint-failing", answer: failing });
    });
});

describe("plain http that is sent to https", () => {
    const edge: Reply = { status: 301, location: "https://track.example.com/f/a/b/c/d", contentLength: 167 };

    it("works with a warning", () => {
        expect(compare(edge, click, { ...question, scheme: "http" }).warnings).toEqual([
            expect.stringContaining("can't go back to http"),
        ]);
    });

    it("is no excuse for https itself, or for another host", () => {
        expect(findingOf(edge, click).kind).toBe("redirected");
        const elsewhere = { ...edge, location: "https://track.example.com.example.net/" };
        expect(findingOf(elsewhere, click, { scheme: "http" }).kind).toBe("redirected");
    });
});

describe("a host on its way from mode redirect to proxy", () => {
    const leaving = { ...question, lastRedirect: "spgo.io" };
    const stillThere: Reply = { status: 301, location: "https://spgo.io/f/a/b/c/d", contentLength: 0 };

    it("is pending while the page rule of before still answers", () => {
        expect(compare(stillThere, click, leaving)).toEqual({
            strength: "pending",
            warnings: [
                expect.stringMatching(
                    /^track\.example\.com still redirects to spgo\.io, as before\. Where that is a page rule which the stack has had.* Pulumi deletes it at the end of this `up`.*That nothing else redirects.* is not proven yet/,
                ),
            ],
        });
    });

    it("is strong as soon as the edge relays", () => {
        expect(compare(click, click, leaving).strength).toBe("strong");
    });

    it("isn't excused for another redirect than that of before", () => {
        const elsewhere = { ...stillThere, location: "https://eu.spgo.io/f/a/b/c/d" };
        expect(findingOf(elsewhere, click, leaving).kind).toBe("redirected");
    });
});
