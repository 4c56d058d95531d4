// Cloudflare's page rules as patterns of URLs: what one is for, and whether it would fire for a host. Pure.

/** A page rule as the API lists it, as far as it matters here. */
export interface PageRuleSummary {
    targets: { constraint: { value: string } }[];
    priority: number;
    status: string;
}

/**
 * Whether a rule's pattern would match the URLs of our target (`host/*`). Its scheme, if it has one, doesn't matter
 * here.
 */
export function matches(pattern: string, target: string): boolean {
    const expression = pattern
        .replace(/^https?:\/\//, "")
        .split("*")
        .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
        .join(".*");
    return new RegExp(`^${expression}$`, "i").test(target.replace("*", "f/a/b/c/d"));
}

/** A rule's pattern. */
export function targetOf(rule: Pick<PageRuleSummary, "targets">): string {
    return rule.targets[0]?.constraint.value ?? "";
}
