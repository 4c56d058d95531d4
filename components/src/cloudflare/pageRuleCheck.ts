// A host's page rule at Cloudflare, before one is made, changed or taken over: whose it is, and whether it could be made beside
// those that the zone has, and would fire. What the stack doesn't have is refused with the command that takes it over, and
// what it has as another resource isn't taken over. Pure.
import { type CloudflareMessage, wordsOf } from "./api";
import { isOfEdge, type RuleInState, takeOver } from "./ownership";
import { actionsOf, forwardingOf, isForHost, matches, type PageRuleSummary, targetOf } from "./zoneRules";

/** The page rule that the program wants to have. */
export interface WantedRule {
    /** Of the resource. */
    resourceName: string;
    hostname: string;
    /** Its pattern, `host/*`. */
    target: string;
    /** The URL that it forwards to; `undefined` for settings. */
    forwardsTo?: string;
    /** `<zone id>/<rule id>`. */
    importId?: string;
    priority: number;
    /** What it is for, which decides how one can do without it. */
    purpose: "settings" | "redirect";
}

/** What is known of the wanted rule. */
export interface Ownership {
    /** Why it can't be made or taken over. */
    problem?: string;
    /** With `problem`: the rule in its way. */
    stranger?: PageRuleSummary;
    warning?: string;
    /** The rule at Cloudflare that is the stack's, or becomes it. */
    own?: PageRuleSummary;
    /** It takes one more of the zone's rules. */
    isNew: boolean;
}

/**
 * Whose the host's rule is.
 *
 * @param rules   The zone's rules at Cloudflare.
 * @param inState The zone's rules in the state; `undefined` where nobody can tell. A rule of the host that is there is the
 * stack's, whatever somebody has made of the one at Cloudflare: one that has other actions, or another spelling of its
 * pattern, was changed by hand.
 */
export function ownershipOf(
    wanted: WantedRule,
    rules: readonly PageRuleSummary[],
    inState: readonly RuleInState[] | undefined,
): Ownership {
    const { resourceName, hostname, target, importId } = wanted;
    const isSame = (rule: PageRuleSummary) => targetOf(rule).toLowerCase() === target;
    // One of another spelling that is disabled is in nobody's way.
    const present = rules
        .filter((rule) => isForHost(targetOf(rule), hostname))
        .filter((rule) => isSame(rule) || rule.status === "active");
    const same = present.find(isSame);
    const imported = rules.find(({ id }) => importId?.endsWith(`/${id}`));
    if (!inState) {
        const own = imported ?? same;
        return { own, isNew: !own, warning: imported ? undefined : strangerWarning(wanted, present) };
    }
    const ofHost = inState.filter((rule) => isForHost(rule.target, hostname)).map(({ urn }) => urn);
    // One with the pattern of another host is this one, if the host's name is what is changed.
    const isThere = ofHost.length > 0 || inState.some(({ urn }) => isOfEdge(urn, resourceName));
    const first = same ?? present[0];
    if (ofHost.length > 0) {
        return { own: first, isNew: false };
    }
    // Of several spellings any can be taken over, but not beside the one that ours is going to have.
    const isTakenOver = imported === first || (imported && !same && present.includes(imported));
    if (first && !isTakenOver) {
        return { problem: strangerProblem(wanted, first), stranger: first, isNew: !isThere };
    }
    return { own: imported, isNew: !isThere && !imported };
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
            `the page rule ${targetOf(rival)} (priority ${rival.priority}) matches the same requests and outranks this one (priority ${priority}). Cloudflare applies only the rule with the highest priority. ` +
            `Set \`priority: ${rival.priority + 1}\` or more.`
        );
    }
    if (quota !== undefined && others.length >= quota) {
        return `the zone has no page rule left (it uses ${others.length} of ${quota}). Delete one, take a larger plan, or use ${WITHOUT_RULE[purpose]}: a proxied hostname needs no page rule.`;
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
        ? `Account-owned API tokens can't manage page rules. Use a user's token (My Profile, API Tokens), or ${without}`
        : status >= 500
          ? "Run `pulumi up` again in a few minutes."
          : `Give the API token the permissions Zone Read and Page Rules Write for this zone, or use ${without}`;
    return `Cloudflare answered GET ${path} with ${status}: ${said}\n${remedy}`;
}

/**
 * Cloudflare refuses a second rule of the same pattern with error 1004, "Your zone already has an existing page rule with
 * that URL". Of another spelling that isn't said anywhere.
 */
function strangerProblem({ target }: WantedRule, stranger: PageRuleSummary): string {
    const why =
        targetOf(stranger).toLowerCase() === target
            ? "Cloudflare allows only one page rule with the same pattern."
            : "Of both rules, the one with the higher priority would fire. If this stack's rule is deleted later, the other one fires again.";
    return `the hostname already has a page rule that this stack doesn't manage (${described(stranger)}). ${why}`;
}

/** Whether the rule does what the wanted one would do. */
export function isTwin({ target, forwardsTo }: WantedRule, rule: PageRuleSummary): boolean {
    return targetOf(rule).toLowerCase() === target && forwardingOf(rule)?.url === forwardsTo;
}

/**
 * The warning about a rule that this stack can't have made; `undefined` where there is none. For where nobody tells what
 * is in the state: one that leads where ours shall lead may be ours, and one that was changed, or is on its way from one
 * mode to the other, is warned of for nothing, so this never refuses.
 */
function strangerWarning(
    { hostname, target, forwardsTo }: WantedRule,
    present: readonly PageRuleSummary[],
): string | undefined {
    const stranger = present.find((rule) => forwardingOf(rule)?.url !== forwardsTo);
    return (
        stranger &&
        `${hostname} already has a page rule at Cloudflare that this stack probably didn't make (${described(stranger)}). Beside it, the stack's own rule (${target}) can't be made or doesn't always fire. ${takeOver(hostname)}`
    );
}

function described(rule: PageRuleSummary): string {
    return `${rule.id}, ${targetOf(rule)}, ${actionsOf(rule)}, priority ${rule.priority}, ${rule.status}`;
}
