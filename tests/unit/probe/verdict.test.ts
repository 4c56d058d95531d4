import { describe, expect, it } from "vitest";
import { type Finding, Unmet } from "../../../components/src/probe/findings.ts";
import type { Reply } from "../../../components/src/probe/get.ts";
import { compare as compareWith, isKept, type Question } from "../../../components/src/probe/verdict.ts";

const question: Question = {
    hostname: "track.example.com",
    endpoint: "spgo.io",
    scheme: "https",
    agent: "browser",
    path: "/f/a/b/c/1?target=https%3A%2F%2Fexample.com%2F1",
    target: "https://example.com/1",
};
const click: Reply = { status: 302, location: "https://example.com/1", contentLength: 0, server: "msys-http" };
const notFound: Reply = { status: 404, contentLength: 19, server: "msys-http" };
const viaCdn = (reply: Reply): Reply => ({ ...reply, server: "cloudflare" });

/** What the endpoint answers to a click without its query. */
const bare: Reply = { status: 302, contentLength: 0, server: "msys-http" };

function compare(edge: Reply, direct: Reply, asked: Question) {
    return compareWith(edge, direct, asked, async () => bare);
}

async function findingOf(edge: Reply, direct: Reply, asked: Partial<Question> = {}): Promise<Finding> {
    const outcome: unknown = await compare(edge, direct, { ...question, ...asked }).catch((error: Unmet) => error);
    expect(outcome).toBeInstanceOf(Unmet);
    return (outcome as Unmet).finding;
}

describe("an edge that relays the endpoint's answer", () => {
    it("is strong by a 302 without a body", async () => {
        expect(await compare(viaCdn(click), click, question)).toEqual({ strength: "strong", warnings: [] });
    });

    it("is strong by the tracker's server header", async () => {
        expect((await compare(notFound, notFound, question)).strength).toBe("strong");
    });

    it("is weak where a stranger's 404 would look the same", async () => {
        expect(await compare(viaCdn(notFound), notFound, question)).toMatchSnapshot();
    });

    it("is as strong where the endpoint sends an invented click nowhere, with a note that the query isn't proven", async () => {
        expect(await compare(bare, bare, question)).toMatchSnapshot();
    });
});

describe("an edge that answers otherwise", () => {
    it.each<[string, Partial<Reply>]>([
        ["status", { status: 200 }],
        ["length", { contentLength: 1 }],
    ])("is a stranger by its %s", async (_, difference) => {
        const edge = viaCdn({ ...notFound, ...difference });
        expect(await findingOf(edge, notFound)).toMatchObject({ kind: "wrong-answer", edge, direct: notFound });
    });

    it("rewrites a click's answer that has the tracker's place and another length", async () => {
        const edge = viaCdn({ ...click, contentLength: 60 });
        expect(await findingOf(edge, click)).toMatchObject({ kind: "answer-rewritten", edge, direct: click });
    });

    it("tells its own error in its words", async () => {
        const edge: Reply = { status: 500, contentLength: 60, errorText: "unknown domain: track.example.com" };
        expect(await findingOf(edge, notFound)).toEqual({
            kind: "edge-error",
            status: 500,
            said: "unknown domain: track.example.com",
        });
    });

    it.each([
        ["a slash more", "https://example.com/1/"],
        ["another case", "https://EXAMPLE.com/1"],
    ])("is compared literally in Location: %s", async (_, location) => {
        expect(await findingOf({ ...click, location }, click)).toMatchObject({ kind: "query-changed", location });
    });

    it("redirects, in the mode of 2020, to the endpoint itself", async () => {
        const location = "https://spgo.io/f/a/b/c/d";
        expect(await findingOf({ status: 302, location, contentLength: 0 }, click)).toEqual({
            kind: "redirected",
            scheme: "https",
            status: 302,
            location,
        });
    });

    it.each<[string, Reply, Finding["kind"]]>([
        ["drops the query", { ...bare, server: "nginx" }, "query-dropped"],
        [
            "sends to a login",
            { status: 302, location: "https://team.cloudflareaccess.com/cdn-cgi/access/login/x", contentLength: 0 },
            "login-required",
        ],
        [
            "takes another's name for a login's",
            { status: 302, location: "https://notcloudflareaccess.com/", contentLength: 0 },
            "redirected",
        ],
        ["turns away", { status: 403, contentLength: 9, server: "awselb/2.0" }, "client-blocked"],
        ["asks for a password", { status: 401, contentLength: 9 }, "client-blocked"],
        ["has no origin (502)", { status: 502, contentLength: 150, server: "nginx" }, "origin-unreachable"],
        ["has no origin (503)", { status: 503, contentLength: 150 }, "origin-unreachable"],
        ["has no origin (504)", { status: 504, contentLength: 150 }, "origin-unreachable"],
        ["fails", { status: 500, contentLength: 150 }, "wrong-answer"],
        ["changes the protocol", { status: 101, contentLength: 0 }, "wrong-answer"],
    ])("%s", async (_, edge, kind) => {
        expect((await findingOf(edge, click)).kind).toBe(kind);
    });

    it("isn't told to drop the query where the endpoint needs none", async () => {
        expect(
            (await findingOf({ ...bare, server: "nginx" }, { ...click, location: "https://else.example/" })).kind,
        ).toBe("redirected");
    });

    it("challenges, even when the endpoint answers the same", async () => {
        const challenge: Reply = { status: 403, contentLength: 5000, mitigated: "challenge", server: "cloudflare" };
        expect(await findingOf(challenge, challenge, { agent: "none" })).toEqual({
            kind: "challenged",
            agent: "none",
            action: "challenge",
        });
    });

    it.each([520, 521, 522, 523, 524, 525, 526, 530])("has an error of its own: %i", async (status) => {
        expect(await findingOf({ status, contentLength: 100, server: "cloudflare" }, click)).toEqual({
            kind: "cdn-error",
            status,
            errorCode: undefined,
        });
    });

    it("has an error of its own by the code in the body", async () => {
        const edge: Reply = { status: 409, contentLength: 16, errorCode: 1001, server: "cloudflare" };
        expect(await findingOf(edge, click)).toEqual({ kind: "cdn-error", status: 409, errorCode: 1001 });
    });
});

describe("an endpoint that can't be compared with", () => {
    it("forbids, and that is told from the edge's doing", async () => {
        const forbidden: Reply = { status: 403, contentLength: 0, server: "msys-http" };
        expect(await findingOf(viaCdn(forbidden), forbidden)).toEqual({
            kind: "rate-limited",
            side: "endpoint",
            status: 403,
        });
        expect(await findingOf(forbidden, click)).toEqual({ kind: "rate-limited", side: "edge", status: 403 });
    });

    it("fails, even when the edge relays the failure", async () => {
        const failing: Reply = { status: 503, contentLength: 0 };
        expect(await findingOf(failing, failing)).toMatchObject({ kind: "endpoint-failing", answer: failing });
    });
});

describe("plain http that is sent to https", () => {
    const edge: Reply = { status: 301, location: `https://track.example.com${question.path}`, contentLength: 167 };

    it("works with a warning", async () => {
        expect(await compare(edge, click, { ...question, scheme: "http" })).toMatchSnapshot();
    });

    it("is no excuse for https itself, or for another host", async () => {
        expect((await findingOf(edge, click)).kind).toBe("redirected");
        const elsewhere = { ...edge, location: "https://track.example.com.example.net/" };
        expect((await findingOf(elsewhere, click, { scheme: "http" })).kind).toBe("redirected");
    });
});

describe("a host on its way from mode redirect to proxy", () => {
    const leaving = { ...question, lastRedirect: "spgo.io" };
    const stillThere: Reply = { status: 301, location: `https://spgo.io${question.path}`, contentLength: 0 };

    it("is pending while the page rule of before still answers", async () => {
        expect(await compare(stillThere, click, leaving)).toMatchSnapshot();
    });

    it("is strong as soon as the edge relays", async () => {
        expect((await compare(click, click, leaving)).strength).toBe("strong");
    });

    it("isn't excused for another redirect than that of before", async () => {
        const elsewhere = { ...stillThere, location: "https://eu.spgo.io/f/a/b/c/d" };
        expect((await findingOf(elsewhere, click, leaving)).kind).toBe("redirected");
    });
});

describe("a repeated click", () => {
    const first: Reply = {
        status: 302,
        location: "https://example.com/1",
        contentLength: 0,
        date: "Mon, 01 Jan 2024 00:00:00 GMT",
    };
    const later = "Mon, 01 Jan 2024 00:00:11 GMT";
    const fresh: Reply = { ...first, location: "https://example.com/2", date: later };

    it.each<[string, Reply, boolean]>([
        ["has arrived by its target", fresh, false],
        ["is answered with the target of before", { ...fresh, location: first.location }, true],
        ["is answered with an old answer by its age", { ...fresh, age: 11 }, true],
        ["has a young answer", { ...fresh, age: 1 }, false],
        ["is answered with the time of before", { ...fresh, date: first.date }, true],
        ["is answered from a cache that says so", { ...fresh, isHit: true }, true],
    ])("%s", (_, again, kept) => {
        expect(isKept(again, first, "https://example.com/2", 11)).toBe(kept);
    });

    it("isn't judged by the time where it comes within a second or two", async () => {
        expect(isKept({ ...fresh, date: first.date }, first, "https://example.com/2", 1)).toBe(false);
    });
});
