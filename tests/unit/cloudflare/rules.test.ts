import type { RulesetArgs } from "@pulumi/cloudflare/ruleset";
import { describe, expect, it } from "vitest";
import {
    cacheRule,
    configurationRule,
    firewallSkipRule,
    redirectRule,
} from "../../../components/src/cloudflare/rules.ts";

const hostname = "track.example.com";
const common = (kind: string) => ({
    ref: `sparkpost_tracking_${kind}_track_example_com`,
    description: `SparkPost tracking domain track.example.com: ${kind}`,
    expression: '(http.host eq "track.example.com")',
    enabled: true,
});

describe("a rule for a ruleset of one's own", () => {
    it("redirects with path and query, by a 302 to spgo.io unless told otherwise", () => {
        expect(redirectRule(hostname)).toEqual({
            ...common("redirect"),
            action: "redirect",
            actionParameters: {
                fromValue: {
                    targetUrl: { expression: 'concat("https://spgo.io", http.request.uri.path)' },
                    statusCode: 302,
                    preserveQueryString: true,
                },
            },
        });
        expect(redirectRule(hostname, { endpoint: "eu.spgo.io", statusCode: 301 }).actionParameters).toMatchObject({
            fromValue: {
                targetUrl: { expression: 'concat("https://eu.spgo.io", http.request.uri.path)' },
                statusCode: 301,
            },
        });
    });

    it("configures the host as the page rule does", () => {
        expect(configurationRule(hostname)).toEqual({
            ...common("configuration"),
            action: "set_config",
            actionParameters: { ssl: "full", bic: false, securityLevel: "essentially_off" },
        });
    });

    it("bypasses the cache", () => {
        expect(cacheRule(hostname)).toEqual({
            ...common("cache"),
            action: "set_cache_settings",
            actionParameters: { cache: false },
        });
    });

    it("skips what would stop a click, and logs it", () => {
        expect(firewallSkipRule(hostname)).toEqual({
            ...common("skip"),
            action: "skip",
            actionParameters: {
                ruleset: "current",
                phases: ["http_ratelimit", "http_request_firewall_managed", "http_request_sbfm"],
                products: ["bic", "hot", "securityLevel", "uaBlock", "zoneLockdown"],
            },
            logging: { enabled: true },
        });
    });

    it("fits into the arguments of a Ruleset", () => {
        const rules: RulesetArgs["rules"] = [configurationRule(hostname)];
        expect(rules).toHaveLength(1);
    });

    it.each([redirectRule, configurationRule, cacheRule, firewallSkipRule])(
        "has the one form of the host, and a reference of its own for each host: %o",
        (rule) => {
            expect(rule("TRACK.example.com")).toEqual(rule(hostname));
            const hosts = [hostname, "a-b.example.com", "a.b.example.com"];
            expect(new Set(hosts.map((host) => rule(host).ref)).size).toBe(3);
        },
    );

    it.each(['x" or true or http.host eq "y', "example.com", "https://track.example.com"])(
        "is refused for what isn't a tracking host: %s",
        (host) => {
            for (const rule of [redirectRule, configurationRule, cacheRule, firewallSkipRule]) {
                expect(() => rule(host)).toThrow(/rule: .*hostname/s);
            }
        },
    );

    it.each<[string, Parameters<typeof redirectRule>[1]]>([
        ["that redirects to the host itself", { endpoint: hostname }],
        ["with another status", { statusCode: 307 as never }],
        ["for an endpoint that isn't a host", { endpoint: 'spgo.io", "x' }],
    ])("is refused %s", (_what, options) => {
        expect(() => redirectRule(hostname.toUpperCase(), options)).toThrowErrorMatchingSnapshot();
    });
});
