// Whether a page rule could be made beside those that a zone has, and would fire. Pure.
import { type CloudflareMessage, wordsOf } from "./api";
import { matches, type PageRuleSummary, targetOf } from "./pageRulePattern";
import type { WantedOwner } from "./ruleOwner";

/** The rule that is going to be made. */
export interface WantedRule extends WantedOwner {
    priority: number;
    /** What it is for, which decides how one can do without it. */
    purpose: "settings" | "redirect";
}

/** How to do without a page rule. */
export const WITHOUT_RULE: Record<WantedRule["purpose"], string> = {
    settings: "`settings: none`",
    redirect: "`mode: proxy`",
};

/**
 * Why a page rule couldn't be made or wouldn't fire, with the remedy; `undefined` when it would. Of several matching
 * rules only the one with the highest priority number fires.
 *
 * @param others The zone's rules without the one that is ours.
 * @param quota  How many the zone may have; `undefined` where that isn't known, or none is added.
 */
export function pageRuleProblem(
    { target, priority, purpose }: Pick<WantedRule, "target" | "priority" | "purpose">,
    others: readonly PageRuleSummary[],
    quota: number | undefined,
): string | undefined {
    const rival = others.find(
        (rule) => rule.status === "active" && rule.priority >= priority && matches(targetOf(rule), target),
    );
    if (rival) {
        return (
            `the rule ${targetOf(rival)} (priority ${rival.priority}) matches the same requests and outranks it (priority ${priority}); Cloudflare applies the one with the highest number. ` +
            `Give \`priority: ${rival.priority + 1}\` or more.`
        );
    }
    if (quota !== undefined && others.length >= quota) {
        return `the zone has ${others.length} of ${quota} page rules, so it can't take another. Delete one, take a larger plan, or use ${WITHOUT_RULE[purpose]}: a proxied host needs no page rule.`;
    }
    return undefined;
}

/** Cloudflare's refusal in words; error 1011 is what account-owned tokens get from the page-rule API. */
export function describeRefusal(
    path: string,
    status: number,
    errors: readonly CloudflareMessage[],
    purpose: WantedRule["purpose"],
    said = wordsOf(errors),
): string {
    const without = `${WITHOUT_RULE[purpose]}, which needs no page rule.`;
    const remedy = errors.some(({ code }) => code === 1011)
        ? `Account-owned API tokens can't use page rules at all: use a token of a user (My Profile, API Tokens), or ${without}`
        : `The token needs the permissions Zone Read and Page Rules Write for this zone; or use ${without}`;
    return `Cloudflare answered GET ${path} with ${status}: ${said}\n${remedy}`;
}
