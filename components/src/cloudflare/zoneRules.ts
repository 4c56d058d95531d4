// A zone's page rules, and the redirect rules that run before them: what a rule does, and whether it fires for a hostname. Pure.
import type { Forwarding } from "../hostToday/today";
import { plainText } from "../othersWords";
import type { CloudflarePageRule, CloudflareRule } from "./reads";

/** The rules that redirect a hostname's visitors: the page rule that fires, if it redirects, and the redirect rules that match. */
export function forwardingsFor(
    hostname: string,
    pageRules: readonly CloudflarePageRule[] = [],
    redirectRules: readonly CloudflareRule[] = [],
): Forwarding[] {
    const [fires] = pageRules
        .filter((rule) => rule.status === "active" && matches(targetOf(rule), `${hostname}/*`))
        .sort((one, other) => other.priority - one.priority);
    const url = fires && forwardingOf(fires)?.url;
    return [
        ...(url ? [{ by: "page rule" as const, to: hostOf(url), what: `page rule, to ${plainText(url, 120)}` }] : []),
        ...redirectRulesFor(hostname, redirectRules).map((rule) => {
            const { value, expression = "" } = rule.action_parameters?.from_value?.target_url ?? {};
            const to = value ?? /https?:\/\/[^"'/\s]{1,255}/i.exec(expression)?.[0] ?? "";
            return { by: "redirect rule" as const, to: hostOf(to), what: describeRedirectRule(rule) };
        }),
    ];
}

/** Whether a rule's pattern matches the URLs of our target (`host/*`). The pattern's scheme is ignored. */
export function matches(pattern: string, target: string): boolean {
    const url = target.replace("*", "f/a/b/c/d").toLowerCase();
    const [first = "", ...rest] = withoutScheme(pattern).toLowerCase().split("*");
    const last = rest.pop();
    if (last === undefined || !url.startsWith(first)) {
        return url === first;
    }
    // Each part is looked for at the first place after the one before, so that the most is left for the others.
    let at = first.length;
    for (const part of rest) {
        const found = url.indexOf(part, at);
        if (found < 0) {
            return false;
        }
        at = found + part.length;
    }
    return url.length - last.length >= at && url.endsWith(last);
}

/**
 * Whether a pattern is for every URL of this hostname, of one scheme or both, and for no other hostname: `host/*`,
 * `https://host/*`, `host*`. A wildcard for other hostnames too, or a rule for some paths, isn't.
 */
export function isForHost(pattern: string, hostname: string): boolean {
    const rest = withoutScheme(pattern).toLowerCase();
    const path = rest.startsWith(hostname) ? rest.slice(hostname.length) : "";
    return /^\/?\*+$/.test(path);
}

/** A rule's pattern. */
export function targetOf(rule: Pick<CloudflarePageRule, "targets">): string {
    return rule.targets[0]?.constraint.value ?? "";
}

/** The URL that a rule redirects to, and the status; `undefined` if it doesn't redirect. */
export function forwardingOf({
    actions,
}: Pick<CloudflarePageRule, "actions">): { url?: string; status_code?: number } | undefined {
    const forwarding = actions.find(({ id }) => id === "forwarding_url");
    return forwarding && ((forwarding.value ?? {}) as { url?: string; status_code?: number });
}

/** What a rule does, in words: `redirect 301 to https://spgo.io/$1`, `cache_level bypass`. */
export function actionsOf(rule: Pick<CloudflarePageRule, "actions">): string {
    const forwarding = forwardingOf(rule);
    return forwarding
        ? `redirect ${forwarding.status_code} to ${forwarding.url}`
        : rule.actions.map(({ id, value }) => (value === undefined ? id : `${id} ${plain(value)}`)).join(", ");
}

/** The enabled redirect rules that name this hostname, or match every hostname. */
export function redirectRulesFor(hostname: string, rules: readonly CloudflareRule[]): CloudflareRule[] {
    return rules.filter(({ enabled = true, expression = "" }) => enabled && isNamedIn(expression, hostname));
}

/** Whether a rule's expression names the hostname, or matches every hostname. */
export function isNamedIn(expression: string, hostname: string): boolean {
    const text = expression.toLowerCase().trim();
    // Splits at characters that no name contains: `"track.example.com"`, `"https://track.example.com/*"`.
    return text === "true" || text.split(/[^a-z0-9.-]+/).includes(hostname);
}

/** A redirect rule in words: `redirect rule "Tracking" to https://spgo.io`. */
export function describeRedirectRule({ id, description, action_parameters }: CloudflareRule): string {
    const { value, expression } = action_parameters?.from_value?.target_url ?? {};
    const name = description ? `"${plainText(description, 60)}"` : (id ?? "");
    return `redirect rule ${name}, to ${plainText(value ?? expression ?? "an unknown address", 120)}`;
}

/** The host of a URL, whose path may contain `$1`; empty if there is none. */
function hostOf(url: string): string {
    return /^https?:\/\/([^/?#:\s]{1,255})/i.exec(url)?.[1]?.toLowerCase() ?? "";
}

/** A pattern's scheme is optional, and may have wildcards: `http*://` (https://developers.cloudflare.com/rules/page-rules/). */
function withoutScheme(pattern: string): string {
    return pattern.replace(/^[a-z*]+:\/\//i, "");
}

function plain(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}
