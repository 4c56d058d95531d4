import { describe, expect, it } from "vitest";
import {
    type AccountArgs,
    accountProblems,
    describeScope,
    resolveAccount,
    scopeOf,
} from "../../../components/src/sparkpost/account.ts";

const us = "https://api.sparkpost.com/api/v1";

describe("an account's API and endpoints, where it has any", () => {
    it.each<[string, AccountArgs | undefined, string, string | undefined, string?]>([
        ["nothing: the US service", undefined, us, "spgo.io", "v2.spgo.io"],
        ["us", { region: "us" }, us, "spgo.io", "v2.spgo.io"],
        ["eu", { region: "eu" }, "https://api.eu.sparkpost.com/api/v1", "eu.spgo.io", "eu.v2.spgo.io"],
        ["a tenant", { tenant: "acme" }, "https://acme.api.e.sparkpost.com/api/v1", "acme.et.e.sparkpost.com"],
        ["an address", { apiUrl: "https://sp.example.com/api/v1//" }, "https://sp.example.com/api/v1", undefined],
        ["a v2 endpoint", { endpoint: "V2.spgo.io" }, us, "v2.spgo.io", "v2.spgo.io"],
        [
            "a tenant with an endpoint",
            { tenant: "acme", endpoint: "x.y.z" },
            "https://acme.api.e.sparkpost.com/api/v1",
            "x.y.z",
        ],
        [
            "an address with an endpoint",
            { apiUrl: "https://a.b/c", endpoint: "t.a.b" },
            "https://a.b/c",
            "t.a.b",
            "t.a.b",
        ],
    ])("follow from %s", (_what, args, apiUrl, endpoint, managedEndpoint) => {
        expect(resolveAccount(args)).toEqual({ api: { apiUrl }, endpoint, managedEndpoint });
    });

    it("keep what isn't a default, and nothing undefined", () => {
        expect(resolveAccount({ subaccount: 7, apiKeyConfig: "sparkpost:eu", timeout: 5 }).api).toStrictEqual({
            apiUrl: us,
            subaccount: 7,
            apiKeyConfig: "sparkpost:eu",
            timeout: 5,
        });
        expect(resolveAccount({}).api).toStrictEqual({ apiUrl: us });
    });
});

describe("a scope", () => {
    it("is the account and the subaccount, whatever the key and the time-out", () => {
        expect(scopeOf({ apiUrl: us, timeout: 3, apiKeyConfig: "a" })).toBe(us);
        expect(scopeOf({ apiUrl: us, subaccount: 7 })).not.toBe(scopeOf({ apiUrl: us, subaccount: 8 }));
    });

    it("is told in words", () => {
        expect(describeScope({ apiUrl: us })).toBe("the primary account at api.sparkpost.com");
        expect(describeScope({ apiUrl: us, subaccount: 7 })).toBe("subaccount 7 at api.sparkpost.com");
    });
});

describe("mistakes in an account", () => {
    it.each<[keyof AccountArgs, unknown]>([
        ["region", "uk"],
        ["tenant", "acme.api.e.sparkpost.com"],
        ["tenant", "-acme"],
        ["tenant", ""],
        ["apiUrl", "sp.example.com"],
        ["apiUrl", "http://sp.example.com/api/v1"],
        ["apiUrl", "ftp://sp.example.com/api/v1"],
        ["endpoint", "https://spgo.io"],
        ["endpoint", "spgo.io."],
        ["endpoint", "192.0.2.1"],
        ["endpoint", "spgo"],
        ["subaccount", 0],
        ["subaccount", -1],
        ["subaccount", 1.5],
        ["subaccount", 2 ** 31],
        ["timeout", 0],
        ["timeout", 601],
        ["timeout", Number.NaN],
    ])("%s: %s is told with field, value and remedy", (field, value) => {
        const problems = accountProblems({ [field]: value } as AccountArgs);
        expect(problems).toMatchObject([{ field, value }]);
        expect(problems[0]?.message).toMatchSnapshot();
    });

    it.each([
        "https://user:secret@sp.example.com/api/v1",
        "https://:secret@sp.example.com/api/v1",
        "https://sp.example.com/api/v1?key=secret",
        "https://a.b/c#d",
    ])("an address with more than scheme, host and path isn't repeated, for it may hold a secret: %s", (apiUrl) => {
        expect(accountProblems({ apiUrl })).toMatchSnapshot();
    });

    it("a key in the place of its configuration key's name isn't repeated", () => {
        expect(accountProblems({ apiKeyConfig: "not a name!" })).toMatchSnapshot();
    });

    it("region, tenant and address exclude each other", () => {
        expect(accountProblems({ region: "eu", tenant: "acme" })).toMatchSnapshot();
    });

    it("are told all at once", () => {
        const fields = accountProblems({ region: "uk" as "us", endpoint: "?", subaccount: 0, timeout: -1 });
        expect(fields.map(({ field }) => field)).toEqual(["region", "endpoint", "subaccount", "timeout"]);
    });

    it.each<AccountArgs>([
        {},
        { region: "eu", endpoint: "eu.v2.spgo.io", subaccount: 2 ** 31 - 1, timeout: 600 },
        { apiUrl: "http://127.0.0.1:8080/us/api/v1" },
        { apiUrl: "http://localhost/api/v1", apiKeyConfig: "key" },
        { tenant: "acme", apiKeyConfig: "sparkpost:apiKey.eu_1" },
    ])("there are none in %j", (args) => {
        expect(accountProblems(args)).toEqual([]);
    });
});

describe("what isn't an account", () => {
    it.each([
        [
            "an API key in place of its name",
            { apiKeyConfig: "0123456789abcdef0123456789abcdef01234567" },
            "apiKeyConfig",
        ],
        ["a misspelt field", { regoin: "eu" }, "regoin"],
        ["a region that every object has", { region: "toString" }, "region"],
    ])("%s is refused, and no key is repeated", (_what, args, field) => {
        const problems = accountProblems(args as never);
        expect(problems.map((problem) => problem.field)).toEqual([field]);
        expect(JSON.stringify(problems)).not.toContain("0123456789abcdef");
    });
});
