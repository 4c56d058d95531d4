// Entries for Ruleset resources of your own: what a tracking host needs of Cloudflare's modern rules. A ruleset is one
// per zone and phase, and whoever declares it owns every rule in it, so this package never does.
//
//     new cloudflare.Ruleset("config", {
//         zoneId, name: "configuration", kind: "zone", phase: "http_config_settings",
//         rules: [...others, cloudflareRules.configurationRule("track.example.com")],
//     });
import type { types } from "@pulumi/cloudflare";
import { edgeProblems } from "../edge";
import { checkHostname } from "../hostname";
import { refuse } from "../pulumi/userError";

/** An entry of a Ruleset's `rules`. Each has a `ref`, and every default spelled out, so that no preview shows a change. */
export type RulesetRule = types.input.RulesetRule;

export interface RedirectRuleOptions {
    /** The SparkPost host that visitors are sent to. Default `spgo.io`. */
    endpoint?: string;
    /** 302, or 301, which browsers keep practically for ever. Default 302. */
    statusCode?: 301 | 302;
}

/**
 * Phase `http_request_dynamic_redirect`: sends every visitor of the host on to the endpoint, path and query kept, as the
 * page rule of `mode: redirect` does. The host needs a proxied record, and its edge says `redirects: true`.
 * Throws for a host or an endpoint that isn't one, for an endpoint that is the host itself, and for another status.
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
                // The default is false, and every click would lose where it leads.
                preserveQueryString: true,
            },
        },
    };
}

/**
 * Phase `http_config_settings`: SSL Full to the endpoint, no Browser Integrity Check (mail scanners have odd user
 * agents), no challenge by IP reputation. With `cacheRule`, what `settings: pageRule` does.
 */
export function configurationRule(hostname: string): RulesetRule {
    return {
        ...ruleFor(hostname, "configuration"),
        action: "set_config",
        actionParameters: { ssl: "full", bic: false, securityLevel: "essentially_off" },
    };
}

/**
 * Phase `http_request_cache_settings`: nothing of the host is cached, for a "cache everything" rule of the zone would
 * hide repeat clicks. Put it last: of several rules that match, the last one's setting counts.
 */
export function cacheRule(hostname: string): RulesetRule {
    return { ...ruleFor(hostname, "cache"), action: "set_cache_settings", actionParameters: { cache: false } };
}

/** Security products outside the rulesets that stop clients as mail scanners and webmail are. */
const PRODUCTS = ["bic", "hot", "securityLevel", "uaBlock", "zoneLockdown"];
/** The phases that a custom rule can skip: rate limiting, managed rules, Super Bot Fight Mode. */
const PHASES = ["http_ratelimit", "http_request_firewall_managed", "http_request_sbfm"];

/**
 * Phase `http_request_firewall_custom`: nothing of the zone's security stops a click. Put it first: it skips the custom
 * rules that come after it. Bot Fight Mode of free plans can't be skipped, only Super Bot Fight Mode.
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

/** What every rule has: which requests it is for, and a name of its own that stays when rules are added or moved. */
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
