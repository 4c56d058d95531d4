// Cloudflare's page rules as patterns of URLs: what one is for, what it does, and whether it would fire for a host. Pure.

/** A page rule as the API lists it, as far as it matters here. */
export interface PageRuleSummary {
    id: string;
    targets: { constraint: { value: string } }[];
    actions: { id: string; value?: unknown }[];
    priority: number;
    status: string;
}

/**
 * Whether a rule's pattern would match the URLs of our target (`host/*`). Its scheme, if it has one, doesn't matter
 * here.
 */
export function matches(pattern: string, target: string): boolean {
    const expression = withoutScheme(pattern)
        .split("*")
        .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
        .join(".*");
    return new RegExp(`^${expression}$`, "i").test(target.replace("*", "f/a/b/c/d"));
}

/**
 * Whether a pattern stands for every URL of this host, of one scheme or both, and for no other host: `host/*`,
 * `https://host/*`, `host*`. A wildcard that serves others too, or a rule for some of its paths, is somebody else's.
 */
export function isForHost(pattern: string, hostname: string): boolean {
    const rest = withoutScheme(pattern).toLowerCase();
    return [`${hostname}/*`, `${hostname}*`].includes(rest.replace(/\*+$/, "*"));
}

/** A rule's pattern. */
export function targetOf(rule: Pick<PageRuleSummary, "targets">): string {
    return rule.targets[0]?.constraint.value ?? "";
}

/** Where a rule with a forwarding URL leads, and by which status. */
export function forwardingOf({
    actions,
}: Pick<PageRuleSummary, "actions">): { url?: string; status_code?: number } | undefined {
    const forwarding = actions.find(({ id }) => id === "forwarding_url");
    return forwarding && ((forwarding.value ?? {}) as { url?: string; status_code?: number });
}

/** What a rule does, in words: `redirect 301 to https://spgo.io/$1`, `cache_level bypass`. */
export function actionsOf(rule: Pick<PageRuleSummary, "actions">): string {
    const forwarding = forwardingOf(rule);
    return forwarding
        ? `redirect ${forwarding.status_code} to ${forwarding.url}`
        : rule.actions.map(({ id, value }) => (value === undefined ? id : `${id} ${plain(value)}`)).join(", ");
}

/** The scheme is optional, and may have wildcards: `http*://` (https://developers.cloudflare.com/rules/page-rules/). */
function withoutScheme(pattern: string): string {
    return pattern.replace(/^[a-z*]+:\/\//i, "");
}

function plain(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}
