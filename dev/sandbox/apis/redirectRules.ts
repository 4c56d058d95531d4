/**
 * Redirect rules, the `http_request_dynamic_redirect` phase of Cloudflare's rulesets: read through the API, seeded by
 * tests, obeyed by the edge. Fields and expressions are those of the vendor's Rules language, as far as a forwarding URL
 * of a page rule becomes one.
 */
import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { Faults } from "../options.ts";
import { type CloudflareOptions, type Guard, refused, success, zoneIn } from "./cloudflare.ts";
import { newId, timestamp, type Zone } from "./zones.ts";

const PHASE = "http_request_dynamic_redirect";

export interface RedirectRule {
    id: string;
    ref: string;
    version: string;
    action: "redirect";
    expression: string;
    description: string;
    enabled: boolean;
    action_parameters: {
        from_value: {
            target_url: { value: string } | { expression: string };
            status_code: number;
            preserve_query_string: boolean;
        };
    };
    last_updated: string;
}

export interface RedirectRuleSettings {
    /** `true`, or `http.host eq "…"` and the like: see `parseCondition`. */
    expression: string;
    /** A URL, or `{ expression }`: see `parseTarget`. */
    target_url: string | { expression: string };
    /** Default 301. */
    status_code?: number;
    /** Default false. */
    preserve_query_string?: boolean;
    /** Default true. */
    enabled?: boolean;
    description?: string;
}

/** Reads the phase's entry point. */
export function redirectRuleRoutes(api: FastifyInstance, { zones, faults }: CloudflareOptions, onRequest: Guard): void {
    api.get(`/zones/:zone/rulesets/phases/${PHASE}/entrypoint`, { onRequest }, async (request) => {
        const zone = zoneIn(request, zones);
        const rules = redirectRulesOf(zone, faults);
        // docs: 404 where the phase has no ruleset yet. filler: code and words.
        if (!rules) {
            throw refused(404, 10003, `could not find entrypoint ruleset in the ${PHASE} phase`);
        }
        return success({
            id: createHash("md5").update(`${zone.id}/${PHASE}`).digest("hex"),
            name: "default",
            description: "",
            kind: "zone",
            version: String(rules.length),
            last_updated: timestamp(),
            phase: PHASE,
            rules,
        });
    });
}

/** A zone's rules in order, the one of `faults.edgeRedirect` first. `undefined` if the zone never had any. */
export function redirectRulesOf(zone: Zone, faults: Faults): RedirectRule[] | undefined {
    if (!faults.edgeRedirect) {
        return zone.redirectRules;
    }
    return [redirectRule({ expression: "true", target_url: faults.edgeRedirect }), ...(zone.redirectRules ?? [])];
}

/**
 * A rule as the API has it.
 * @throws an Error for an expression that isn't modelled.
 */
export function redirectRule(settings: RedirectRuleSettings): RedirectRule {
    const { expression, target_url, status_code = 301, preserve_query_string = false } = settings;
    const { enabled = true, description = "" } = settings;
    parseCondition(expression);
    if (typeof target_url !== "string") {
        parseTarget(target_url.expression);
    }
    const id = newId();
    return {
        ...{ id, ref: id, version: "1", action: "redirect", expression, description, enabled },
        action_parameters: {
            from_value: {
                target_url: typeof target_url === "string" ? { value: target_url } : target_url,
                status_code,
                preserve_query_string,
            },
        },
        last_updated: timestamp(),
    };
}

/** Where the first enabled rule that fits sends a request; undefined if none does. */
export function redirectFor(rules: RedirectRule[], url: URL): { status: number; location: string } | undefined {
    const rule = rules.find(({ enabled, expression }) => enabled && parseCondition(expression)(url));
    if (!rule) {
        return undefined;
    }
    const { target_url, status_code, preserve_query_string } = rule.action_parameters.from_value;
    const location = "value" in target_url ? target_url.value : parseTarget(target_url.expression)(url);
    return { status: status_code, location: preserve_query_string ? withQuery(location, url.search) : location };
}

/** docs: the query of the request is kept; filler: beside one that the target has. */
function withQuery(location: string, query: string): string {
    return query && location.includes("?") ? `${location}&${query.slice(1)}` : `${location}${query}`;
}

const FIELDS: Record<string, (url: URL) => string> = {
    "http.host": ({ host }) => host,
    "http.request.uri": ({ pathname, search }) => pathname + search,
    "http.request.uri.path": ({ pathname }) => pathname,
    "http.request.uri.query": ({ search }) => search.slice(1),
    "http.request.full_uri": ({ href }) => href,
};
const FIELD = String.raw`http\.[a-z_.]+`;
const TEXT = String.raw`r?"(?:[^"\\]|\\.)*"`;
const COMPARISON = new RegExp(`^\\(?(${FIELD}) (eq|wildcard|in) (${TEXT}|\\{.*?\\})\\)?$`);
const STARTS = new RegExp(`^\\(?starts_with\\((${FIELD}), (${TEXT})\\)\\)?$`);
const CONCAT = new RegExp(`^concat\\((${TEXT}), (${FIELD})\\)$`);
const REPLACE = new RegExp(`^wildcard_replace\\((${FIELD}), (${TEXT}), (${TEXT})\\)$`);

/** `true`, or terms with `and` between them: a field with `eq`, `in` or `wildcard`, or `starts_with`. */
function parseCondition(expression: string): (url: URL) => boolean {
    const whole = /^\((.*\) and \(.*|[^()]* and [^()]*)\)$/.exec(expression)?.[1] ?? expression;
    const terms = whole.split(" and ").map((term): ((url: URL) => boolean) => {
        if (/^\(?true\)?$/.test(term)) {
            return () => true;
        }
        const [, start, prefix = ""] = STARTS.exec(term) ?? [];
        if (start) {
            const read = field(start);
            return (url) => read(url).startsWith(textOf(prefix));
        }
        const [, name, operator, value = ""] = COMPARISON.exec(term) ?? [];
        if (!name) {
            throw new Error(`The sandbox doesn't model the condition ${term} of a redirect rule.`);
        }
        const read = field(name);
        if (operator === "wildcard") {
            const pattern = wildcard(textOf(value));
            return (url) => pattern.test(read(url));
        }
        const values = [...value.matchAll(new RegExp(TEXT, "g"))].map(([one]) => textOf(one));
        return (url) => values.includes(read(url));
    });
    return (url) => terms.every((holds) => holds(url));
}

/** `concat("…", FIELD)`, or `wildcard_replace(FIELD, "…*", "…${1}")`. */
function parseTarget(expression: string): (url: URL) => string {
    const [, prefix, name] = CONCAT.exec(expression) ?? [];
    if (prefix && name) {
        const read = field(name);
        return (url) => textOf(prefix) + read(url);
    }
    const [, source, pattern, replacement] = REPLACE.exec(expression) ?? [];
    if (!source || !pattern || !replacement) {
        throw new Error(`The sandbox doesn't model the target ${expression} of a redirect rule.`);
    }
    const [read, matcher] = [field(source), wildcard(textOf(pattern))];
    return (url) => {
        const caught = matcher.exec(read(url))?.slice(1) ?? [];
        return textOf(replacement).replace(/\$\{(\d)\}/g, (_all, index) => caught[Number(index) - 1] ?? "");
    };
}

function field(name: string): (url: URL) => string {
    const read = FIELDS[name];
    if (read) {
        return read;
    }
    throw new Error(`The sandbox doesn't model the field ${name} of a redirect rule.`);
}

function textOf(quoted: string): string {
    return quoted.startsWith("r") ? quoted.slice(2, -1) : quoted.slice(1, -1).replace(/\\(.)/g, "$1");
}

/** docs: `*` matches zero or more characters, and case doesn't count. */
function wildcard(pattern: string): RegExp {
    const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join("(.*?)")}$`, "i");
}
