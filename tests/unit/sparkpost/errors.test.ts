import { AxiosError, type AxiosResponse } from "axios";
import { describe, expect, it } from "vitest";
import {
    fromAxios,
    isNotFound,
    isTransient,
    messageOf,
    SparkPostError,
} from "../../../components/src/sparkpost/runtime/errors.ts";

const context = {
    call: "PUT /tracking-domains/track.example.com",
    key: "secret-key",
    apiUrl: "https://api.sparkpost.com/api/v1",
};

function answered(status: number, data: unknown, headers: Record<string, string> = {}): AxiosError {
    const response = { status, data, headers } as AxiosResponse;
    return new AxiosError(`Request failed with status code ${status}`, undefined, undefined, undefined, response);
}

const told = (status: number, data: unknown = { errors: [{ message: "no" }] }, call = context.call) =>
    (fromAxios(answered(status, data), { ...context, call }) as SparkPostError).message;

const unanswered = (code: string) =>
    fromAxios(new AxiosError("it broke", code, { timeout: 30_000 } as never), context) as SparkPostError;

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
        ["an error without a message", { errors: [{ code: "7" }] }, '{"code":"7"}'],
        ["JSON of another shape", { error: "Too many" }, '{"error":"Too many"}'],
        ["no errors at all", { errors: [] }, '{"errors":[]}'],
        ["a text", " Bad Gateway\n", "Bad Gateway"],
        ["an empty body", "", ""],
        ["nothing", undefined, ""],
        ["null", null, ""],
    ])("is read from %s", (_what, body, message) => {
        expect(messageOf(body, "key")).toBe(message);
    });
});

describe("a refused call", () => {
    it("names method, path, status and message in its first line", () => {
        expect(told(409).split("\n")[0]).toBe("PUT /tracking-domains/track.example.com was answered with 409: no");
    });

    it("says so when there was no message", () => {
        expect(told(400, "")).toBe("PUT /tracking-domains/track.example.com was answered with 400, without a message.");
    });

    it.each([
        [401, "check the account's region, and the key"],
        [401, "run `pulumi up` first, or add `--run-program`"],
        [403, "lacks the grant tracking_domains/manage, or its list of allowed IPs"],
        [404, "isn't registered in this account and subaccount"],
        [409, "registered already"],
        [429, "Run the command again in a minute"],
        [302, "check region, tenant or apiUrl"],
        [500, "status.sparkpost.com"],
        [503, "status.sparkpost.com"],
    ])("with %d says what to do: %s", (status, remedy) => {
        expect(told(status).split("\n")[1]).toContain(remedy);
    });

    it.each([
        ["GET /tracking-domains", "the grant tracking_domains/view,"],
        ["GET /sending-domains/example.com", "the grant sending_domains/view,"],
        ["PUT /sending-domains/example.com", "the grant sending_domains/manage,"],
    ])("names the grant that %s needs", (call, grant) => {
        expect(told(403, undefined, call)).toContain(grant);
    });

    it("of a name that can't be registered says what SparkPost takes", () => {
        expect(told(422, undefined, "POST /tracking-domains")).toContain("a subdomain with valid labels");
        expect(told(422).split("\n")).toHaveLength(1);
    });

    it("of a sending domain that isn't there says so", () => {
        expect(told(404, undefined, "PUT /sending-domains/example.com")).toContain("There is no such sending domain");
    });

    it("never holds the API key, though SparkPost repeats it, nor a stack", () => {
        const error = fromAxios(answered(401, { errors: [{ message: "secret-key or secret-key" }] }), context);
        expect(error).toMatchObject({ message: expect.stringContaining("[api key] or [api key]"), stack: "" });
        expect(JSON.stringify(error)).not.toContain("secret-key");
    });

    it("keeps how long SparkPost wants to be left alone", () => {
        expect(fromAxios(answered(429, "", { "retry-after": "12" }), context)).toMatchObject({ retryAfter: 12_000 });
    });
});

describe("a call without an answer", () => {
    it.each([
        ["ENOTFOUND", "api.sparkpost.com isn't known to DNS"],
        ["ECONNREFUSED", "api.sparkpost.com refused the connection"],
        ["ECONNABORTED", "api.sparkpost.com didn't answer in time (30 s)"],
        ["ETIMEDOUT", "api.sparkpost.com didn't answer in time (30 s)"],
        ["CERT_HAS_EXPIRED", "it broke"],
    ])("with %s says %s, and where to look", (code, said) => {
        const { message, status } = unanswered(code);
        expect(status).toBe(0);
        expect(message.split("\n")[0]).toBe(`${context.call} got no answer: ${said}`);
        expect(message).toContain("region, tenant or apiUrl (now https://api.sparkpost.com/api/v1)");
    });
});

describe("any other error", () => {
    it.each([[new TypeError("a mistake of ours")], ["a text"], [undefined], [{ code: 1 }]])(
        "passes untouched: %s",
        (error) => {
            expect(fromAxios(error, context)).toBe(error);
        },
    );
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

describe("a key in a long answer", () => {
    it("goes before the answer is cut, so that no part of it is left at the end", () => {
        const key = "0123456789abcdef0123456789abcdef01234567";
        const told = messageOf(`${"x".repeat(580)}${key}${"y".repeat(100)}`, key);
        expect(told).not.toContain(key.slice(0, 8));
        expect(told).toMatch(/\[api key\].*…$/);
    });
});
