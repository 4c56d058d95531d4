import { describe, expect, it } from "vitest";
import { type ApiAnswer, NoAnswer } from "../../../components/src/http/client.ts";
import {
    isNotFound,
    isTransient,
    type MadeCall,
    refused,
    SparkPostError,
    unanswered,
} from "../../../components/src/sparkpost/runtime/errors.ts";

const made: MadeCall = {
    method: "PUT",
    path: "/tracking-domains/track.example.com",
    apiUrl: "https://api.sparkpost.com/api/v1",
};

function answered(status: number, body: unknown, fields: Partial<ApiAnswer> = {}): ApiAnswer {
    return { status, body, quote: JSON.stringify(body) ?? "", retryAfter: 0, isFromProxy: false, ...fields };
}

const errorOf = (status: number, body: unknown = { errors: [{ message: "no" }] }, call: Partial<MadeCall> = {}) =>
    refused(answered(status, body), { ...made, ...call });
const told = (...refusal: Parameters<typeof errorOf>) => errorOf(...refusal).message;

describe("SparkPost's message", () => {
    it.each([
        [
            "message, field and value",
            { errors: [{ message: "domain must be valid", param: "domain", value: "x" }] },
            'domain must be valid (field domain, value "x")',
        ],
        [
            "message, description and code",
            { errors: [{ message: "invalid data", description: "not registered", code: "1200" }] },
            "invalid data: not registered (code 1200)",
        ],
        ["one error that isn't in a list", { errors: { message: "Forbidden." } }, "Forbidden."],
        ["several errors", { errors: [{ message: "a" }, { message: "b", code: "7" }] }, "a; b (code 7)"],
        ["plain texts", { errors: ["a", "b"] }, "a; b"],
        ["texts with escape sequences", { errors: [{ message: "a\u001b[2J\r\nb" }] }, "a\\u{1b}[2J b"],
        ["an error without a message", { errors: [{ code: "7" }] }, '{"code":"7"}'],
        ["errors that are nothing", { errors: [null, 0, ""] }, '{"errors":[null,0,""]}'],
        ["JSON of another shape", { error: "Too many" }, '{"error":"Too many"}'],
        ["no errors at all", { errors: [] }, '{"errors":[]}'],
        ["null", null, "null"],
    ])("is read from %s", (_what, body, message) => {
        expect(errorOf(403, body).said).toBe(message);
    });

    it("is one line of some length, whatever is in it", () => {
        const value = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, "\u2028"]));
        const { said } = errorOf(400, { errors: Array(100).fill({ message: "x".repeat(1_000), value }) });
        expect(said.length).toBeLessThan(6_000);
        expect(said).toMatch(/^[^\p{C}\u2028]*$/u);
    });
});

describe("a refused call", () => {
    it("names method, path, status and message in its first line", () => {
        expect(told(409).split("\n")[0]).toMatch(/^PUT \/tracking-domains\/track\.example\.com .*409: no$/);
    });

    it("says so when there was no message", () => {
        expect(refused(answered(503, undefined), made).message).toMatchSnapshot();
    });

    it.each([401, 403, 404, 429, 302, 500, 503])("with %d says what to do", (status) => {
        expect(told(status)).toMatchSnapshot();
    });

    it.each<[MadeCall["method"], string, string]>([
        ["GET", "/tracking-domains", "tracking_domains/view"],
        ["PUT", "/tracking-domains", "tracking_domains/manage"],
        ["GET", "/sending-domains/example.com", "sending_domains/view"],
        ["PUT", "/sending-domains/example.com", "sending_domains/manage"],
    ])("names the grant that %s %s needs", (method, path, grant) => {
        expect(told(403, { errors: { message: "Forbidden." } }, { method, path })).toContain(grant);
    });

    it.each(["Your account is suspended.", "Account has been terminated", "Plan limit for tracking domains reached"])(
        "with 403 is understood by its words: %s",
        (message) => {
            expect(told(403, { errors: [{ message }] })).toMatchSnapshot();
        },
    );

    it.each<MadeCall["method"]>(["POST", "DELETE", "PUT"])("with 409 to %s says what that means", (method) => {
        expect(told(409, undefined, { method })).toMatchSnapshot();
    });

    it("of a name that can't be registered says what SparkPost takes", () => {
        expect(told(422, undefined, { method: "POST", path: "/tracking-domains" })).toMatchSnapshot();
        expect(told(422).split("\n")).toHaveLength(1);
    });

    it("of a sending domain that isn't there says so", () => {
        expect(told(404, undefined, { path: "/sending-domains/example.com" })).toMatchSnapshot();
    });

    it("has no stack", () => {
        expect(errorOf(401).stack).toBe("");
    });

    it("keeps how long SparkPost wants to be left alone", () => {
        expect(refused(answered(429, {}, { retryAfter: 12_000 }), made).retryAfter).toBe(12_000);
    });
});

describe("an answer that isn't SparkPost's", () => {
    const proxy = { address: "127.0.0.1:18080", variable: "HTTPS_PROXY", protocol: "http", host: "", port: 0 } as const;
    const page = { body: undefined, quote: "<html>Access denied</html>" };

    it.each([200, 400, 401, 403, 404, 409, 422])("gives no status to conclude from: a page with %d", (status) => {
        const error = refused(answered(status, undefined, page), made);
        expect(error).toMatchObject({ status: 0, mayPass: false, said: expect.stringContaining(`${status} from`) });
        expect(error.message).toMatchSnapshot();
        expect(isNotFound(error)).toBe(false);
    });

    it.each([400, 404, 409, 422])("is JSON without errors, where the status would decide: %d", (status) => {
        for (const body of [null, [], {}, { message: "no Route matched" }, { errors: [] }, 7, "no"]) {
            expect(errorOf(status, body).status).toBe(0);
        }
    });

    it.each([
        [407, true],
        [403, true],
        [502, false],
        [504, false],
    ])("but the outbound proxy's names it and its variable: %d", (status, isUnsent) => {
        const { message, ...error } = refused(answered(status, undefined, { ...page, proxy, isFromProxy: true }), made);
        expect(error).toMatchObject({ status: 0, isUnsent });
        expect(message).toContain("127.0.0.1:18080 (HTTPS_PROXY)");
        expect(message).not.toMatch(/grant|SparkPost had a fault/);
        expect(message).toMatchSnapshot();
    });

    it("may be the proxy's where there is one", () => {
        const { message, isUnsent } = refused(answered(403, undefined, { ...page, proxy }), made);
        expect(isUnsent).toBe(false);
        expect(message).toMatchSnapshot();
    });

    it("as a page with a fault, or too many calls, may be of the gateway before SparkPost's API", () => {
        for (const status of [429, 502, 503]) {
            expect(refused(answered(status, undefined, page), made)).toMatchObject({ status, mayPass: true });
        }
    });
});

describe("a call without an answer", () => {
    it("says why, and where to look", () => {
        const { message, status } = unanswered(new NoAnswer("ENOTFOUND", "it isn't known to DNS"), made);
        expect(status).toBe(0);
        expect(message).toMatchSnapshot();
    });

    it.each([
        ["ETIMEDOUT", true],
        ["ECONNRESET", true],
        ["ENOTFOUND", true],
        ["E2BIG", false],
        ["EPROXY", false],
        ["SELF_SIGNED_CERT_IN_CHAIN", false],
    ])("for %s may pass: %s", (code, mayPass) => {
        expect(isTransient(unanswered(new NoAnswer(code, ""), made))).toBe(mayPass);
    });
});

describe("an error's kind", () => {
    it.each([0, 429, 500, 503])("%d may pass", (status) => {
        expect(isTransient(new SparkPostError("GET /", status, ""))).toBe(true);
    });

    it.each([400, 401, 403, 404, 409, 422])("%d stays", (status) => {
        expect(isTransient(new SparkPostError("GET /", status, ""))).toBe(false);
    });

    it("tells 404 from all others", () => {
        expect(isNotFound(new SparkPostError("GET /", 404, ""))).toBe(true);
        expect(isNotFound(new SparkPostError("GET /", 400, ""))).toBe(false);
        expect(isNotFound(new Error("404"))).toBe(false);
    });
});
