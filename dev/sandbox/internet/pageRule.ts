/**
 * Which of a zone's page rules fires for a request, and what it says.
 */
import type { PageRule, Zone } from "../apis/zones.ts";

export interface FiredRule {
    /** Where the request is sent; then there are no settings. */
    forward?: { status: number; location: string };
    /** Overrides by setting id: `ssl`, `browser_check`, … */
    settings: Record<string, unknown>;
}

/** docs: "One page rule fires per request, the one with the highest `priority` number". */
export function pageRuleFor(zone: Zone, hostAndPath: string): FiredRule | undefined {
    const matching = [...zone.pageRules.values()].filter((rule) => rule.status === "active");
    for (const rule of matching.sort((one, other) => other.priority - one.priority)) {
        const caught = match(rule, hostAndPath);
        if (caught) {
            return fire(rule, caught);
        }
    }
    return undefined;
}

/** What each `*` of the target caught. */
function match(rule: PageRule, hostAndPath: string): string[] | undefined {
    const target = rule.targets[0]?.constraint.value ?? "";
    const pattern = target.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${pattern.join("(.*)")}$`, "i").exec(hostAndPath)?.slice(1);
}

/** docs: "`$1` is what the `*` matched, query string included. Status 301 or 302 only". */
function fire({ actions }: PageRule, caught: string[]): FiredRule {
    const forwarding = actions.find(({ id }) => id === "forwarding_url")?.value as
        | { url: string; status_code: number }
        | undefined;
    if (!forwarding) {
        return { settings: Object.fromEntries(actions.map(({ id, value }) => [id, value])) };
    }
    const location = forwarding.url.replace(/\$(\d)/g, (_all, index) => caught[Number(index) - 1] ?? "");
    return { forward: { status: forwarding.status_code, location }, settings: {} };
}
