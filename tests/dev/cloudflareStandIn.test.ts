import { describe, expect, test } from "vitest";
import { dnsRecord } from "../../dev/offline/standins/cloudflare/dnsRecord.ts";
import { pageRule, toApiActions } from "../../dev/offline/standins/cloudflare/pageRule.ts";
import {
    differs,
    holdsSecret,
    secret,
    toCamelCase,
    toSnakeCase,
    withoutSecrets,
} from "../../dev/offline/standins/values.ts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("the stand-in's DNS record", () => {
    const inputs = {
        zoneId: "z1",
        name: "track.example.com",
        type: "CNAME",
        content: "spgo.io",
        proxied: true,
        ttl: 1,
        comment: "clicks",
    };
    const state = { ...inputs, tags: [], settings: {}, modifiedOn: "2026-01-01T00:00:00Z", meta: "{}" };

    test("shows no change when nothing changed", () => {
        expect(dnsRecord.diff(state, inputs)).toEqual({ changes: false, replaces: [] });
    });

    test.each([
        ["content", "eu.spgo.io"],
        ["name", "click.example.com"],
        ["proxied", false],
        ["ttl", 300],
        ["comment", undefined],
        ["content", UNKNOWN],
        ["tags", ["mail"]],
    ])("is updated in place for a new %s (%j)", (key, value) => {
        expect(dnsRecord.diff(state, { ...inputs, [key]: value })).toEqual({ changes: true, replaces: [] });
    });

    test.each([
        ["zoneId", "z2"],
        ["type", "A"],
    ])("is replaced for a new %s", (key, value) => {
        expect(dnsRecord.diff(state, { ...inputs, [key]: value })).toEqual({ changes: true, replaces: [key] });
    });

    test("shows what someone changed at Cloudflare", () => {
        expect(dnsRecord.diff({ ...state, proxied: false }, inputs).changes).toBe(true);
    });

    test("takes a missing proxied flag for false, and the case of a CNAME's content for none of its business", () => {
        const { proxied: _, ...unproxied } = inputs;
        expect(dnsRecord.diff({ ...state, proxied: false }, unproxied).changes).toBe(false);
        expect(dnsRecord.diff(state, unproxied).changes).toBe(true);
        expect(dnsRecord.diff(state, { ...inputs, content: "SPGO.io" }).changes).toBe(false);
    });

    test("refuses a proxied record with a TTL of its own, before any call", async () => {
        await expect(dnsRecord.create({ ...inputs, ttl: 300 }, "urn")).rejects.toThrow("ttl must be set to 1");
    });
});

describe("the stand-in's page rule", () => {
    const inputs = { zoneId: "z1", target: "track.example.com/*", actions: { ssl: "full", browserCheck: "off" } };
    const state = { ...inputs, priority: 1, status: "disabled", createdOn: "2026-01-01T00:00:00Z" };

    test("is disabled and of priority 1 unless the program says otherwise", () => {
        expect(pageRule.diff(state, inputs)).toEqual({ changes: false, replaces: [] });
        expect(pageRule.diff(state, { ...inputs, status: "active" })).toEqual({ changes: true, replaces: [] });
        expect(pageRule.diff(state, { ...inputs, priority: 2 })).toEqual({ changes: true, replaces: [] });
    });

    test("is replaced for another zone only", () => {
        expect(pageRule.diff(state, { ...inputs, zoneId: "z2" })).toEqual({ changes: true, replaces: ["zoneId"] });
        expect(pageRule.diff(state, { ...inputs, actions: { ssl: "strict" } })).toEqual({
            changes: true,
            replaces: [],
        });
    });

    test("sends its actions in the order of the alphabet, switches without a value", () => {
        const actions = { ssl: "full", alwaysUseHttps: true, disableApps: false, browserCheck: "off" };
        expect(toApiActions(actions)).toEqual([
            { id: "always_use_https" },
            { id: "browser_check", value: "off" },
            { id: "ssl", value: "full" },
        ]);
        expect(toApiActions({ forwardingUrl: { url: "https://spgo.io/$1", statusCode: 302 } })).toEqual([
            { id: "forwarding_url", value: { url: "https://spgo.io/$1", status_code: 302 } },
        ]);
    });

    test("refuses a redirect beside other actions", () => {
        const forwardingUrl = { url: "https://spgo.io/$1", statusCode: 302 };
        expect(pageRule.check({ ...inputs, actions: { forwardingUrl } })).toEqual([]);
        expect(pageRule.check({ ...inputs, actions: { forwardingUrl, ssl: "full" } })).toEqual([
            { property: "actions", reason: "forwardingUrl can't share a page rule with other actions (ssl)" },
        ]);
    });
});

describe("values on the wire", () => {
    test("have secrets that are found and laid open at any depth", () => {
        const value = { environment: { KEY: secret("hush") }, list: [secret({ a: 1 })] };
        expect(holdsSecret(value)).toBe(true);
        expect(holdsSecret({ environment: { KEY: "plain" } })).toBe(false);
        expect(withoutSecrets(value)).toEqual({ environment: { KEY: "hush" }, list: [{ a: 1 }] });
    });

    test("don't differ by being secret, and always differ while they aren't known", () => {
        expect(differs(secret("a"), "a")).toBe(false);
        expect(differs({ a: [1] }, { a: [2] })).toBe(true);
        expect(differs({ deep: [UNKNOWN] }, { deep: [UNKNOWN] })).toBe(true);
    });

    test("have keys of either spelling, and no nulls", () => {
        expect(toSnakeCase({ zoneId: "z", nested: [{ statusCode: 1 }] })).toEqual({
            zone_id: "z",
            nested: [{ status_code: 1 }],
        });
        expect(toCamelCase({ name_servers: ["a_b"], activated_on: null })).toEqual({ nameServers: ["a_b"] });
    });
});
