// Entries for your own Ruleset resources: what a tracking hostname needs of Cloudflare's modern rules. A zone has one ruleset
// per phase, and its resource owns every rule in it. So this package never declares one.
//
//     new cloudflare.Ruleset("config", {
//         zoneId, name: "configuration", kind: "zone", phase: "http_config_settings",
//         rules: [...others, cloudflareRules.configurationRule("track.example.com")],
//     });
import type * as input from "@pulumi/cloudflare/types/input";
import { edgeProblems } from "../edge";
import { checkHostname } from "../hostname";
import { refuse } from "../pulumi/userError";

/** An entry of a Ruleset's `rules`. It has a `ref`, and writes every default out: otherwise each preview shows a change. */
export type RulesetRule = input.RulesetRule;

export interface RedirectRuleOptions {
    /**
     * The SparkPost host that visitors are sent to.
     *
     * @default "spgo.io"
     */
    endpoint?: string;
    /**
     * The redirect's status. Browsers keep a 301 for years.
     *
     * @default 302
     */
    statusCode?: 301 | 302;
}

/**
 * Phase `http_request_dynamic_redirect`: sends every visitor of the hostname on to the endpoint, with path and query, as the
 * page rule of `mode: redirect` does. The hostname needs a proxied record, and its edge needs `redirects: true`.
 *
 * @throws UserError If the hostname, the endpoint or the status is wrong, or the endpoint is the hostname itself.
 */
export function redirectRule(
    hostname: string,
    { endpoint = "spgo.io", statusCode = 302 }: RedirectRuleOptions = {},
): RulesetRule {
    const problems = edgeProblems(checkHostname(hostname).hostname, { endpoint, dependsOn: [] });
    if (statusCode !== 301 && statusCode !== 302) {
        problems.push({ field: "statusCode", value: statusCode, message: "write 301 or 302" });
    }
    refuse("redirectRule", problems);
    return {
        ...ruleFor(hostname, "redirect"),
        action: "redirect",
        actionParameters: {
            fromValue: {
                targetUrl: { expression: `concat("https://${endpoint}", http.request.uri.path)` },
                statusCode,
                // The default is false: every click would lose its target.
                preserveQueryString: true,
            },
        },
    };
}

/**
 * Phase `http_config_settings`: SSL Full to the endpoint, no Browser Integrity Check (mail scanners have odd user agents), no
 * challenge by IP reputation. Together with `cacheRule` it does what `settings: pageRule` does.
 */
export function configurationRule(hostname: string): RulesetRule {
    return {
        ...ruleFor(hostname, "configuration"),
        action: "set_config",
        actionParameters: { ssl: "full", bic: false, securityLevel: "essentially_off" },
    };
}

/**
 * Phase `http_request_cache_settings`: caches nothing of the hostname, because a "cache everything" rule of the zone would
 * hide repeated clicks. Put it last: of several rules that match, the last one counts.
 */
export function cacheRule(hostname: string): RulesetRule {
    return { ...ruleFor(hostname, "cache"), action: "set_cache_settings", actionParameters: { cache: false } };
}

/** Security products outside the rulesets that could stop mail scanners and webmail. */
const PRODUCTS = ["bic", "hot", "securityLevel", "uaBlock", "zoneLockdown"];
/** The phases that a custom rule can skip: rate limiting, managed rules, Super Bot Fight Mode. */
const PHASES = ["http_ratelimit", "http_request_firewall_managed", "http_request_sbfm"];

/**
 * Phase `http_request_firewall_custom`: keeps the zone's security from stopping a click. Put it first: it skips the custom
 * rules after it. It can skip Super Bot Fight Mode, but not the Bot Fight Mode of free plans.
 */
export function firewallSkipRule(hostname: string): RulesetRule {
    return {
        ...ruleFor(hostname, "skip"),
        action: "skip",
        actionParameters: { ruleset: "current", phases: PHASES, products: PRODUCTS },
        // Cloudflare's default for this action.
        logging: { enabled: true },
    };
}

/** What every rule has: the requests that it is for, and a name that stays when rules are added or moved. */
function ruleFor(
    given: string,
    kind: string,
): Pick<RulesetRule, "ref" | "description" | "expression"> & { enabled: boolean } {
    const { hostname, mistakes } = checkHostname(given);
    refuse(
        `${kind} rule`,
        mistakes.map((message) => ({ field: "hostname", value: given, message })),
    );
    return {
        ref: `sparkpost_tracking_${kind}_${hostname.replaceAll(".", "_")}`,
        description: `SparkPost tracking domain ${hostname}: ${kind}`,
        expression: `(http.host eq "${hostname}")`,
        enabled: true,
    };
}
