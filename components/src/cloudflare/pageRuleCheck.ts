// Checks a hostname's page rule before it is made, changed or imported: who manages it, whether it can be made beside the
// zone's other rules, and whether it would fire. Pure.
import type { CloudflareError } from "./api";
import { howToImport, isOfEdge, type RuleInState } from "./ownership";
import type { CloudflarePageRule } from "./reads";
import { actionsOf, forwardingOf, isForHost, matches, targetOf } from "./zoneRules";

/** The page rule that the program wants. */
export interface WantedRule {
    resourceName: string;
    hostname: string;
    /** Its pattern, `host/*`. */
    target: string;
    /** The URL that it redirects to; `undefined` for settings. */
    forwardsTo?: string;
    /** `<zone id>/<rule id>`. */
    importId?: string;
    priority: number;
    /** What it is for. It decides how to do without a page rule. */
    purpose: "settings" | "redirect";
}

/** Who manages the hostname's rule. */
interface Ownership {
    /** Why it can't be made or imported. */
    problem?: string;
    /** With `problem`: the rule in the way. */
    stranger?: CloudflarePageRule;
    warning?: string;
    /** The rule at Cloudflare that the stack manages, or will import. */
    own?: CloudflarePageRule;
    /** It takes one more of the zone's rules. */
    isNew: boolean;
}

/**
 * Finds out who manages the hostname's rule.
 *
 * @param rules   The zone's rules at Cloudflare.
 * @param inState The zone's rules in the state; `undefined` if the state can't be read. If the state has a rule of the
 * hostname, the rule at Cloudflare is the stack's: if its actions or its pattern differ, somebody changed it by hand.
 */
export function ownershipOf(
    wanted: WantedRule,
    rules: readonly CloudflarePageRule[],
    inState: readonly RuleInState[] | undefined,
): Ownership {
    const { resourceName, hostname, target, importId } = wanted;
    const isSame = (rule: CloudflarePageRule) => targetOf(rule).toLowerCase() === target;
    // A disabled rule with another spelling doesn't matter.
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
    // If the hostname is being changed, the state has the rule with the old pattern.
    const isThere = ofHost.length > 0 || inState.some(({ urn }) => isOfEdge(urn, resourceName));
    const first = same ?? present[0];
    if (ofHost.length > 0) {
        return { own: first, isNew: false };
    }
    // A rule with any spelling can be imported, unless there is also one with the stack's own spelling.
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
 * Why a page rule can't be made or wouldn't fire, with the remedy; `undefined` if all is well. Of several matching rules only
 * the one with the highest priority fires.
 *
 * @param others The zone's other rules.
 * @param quota  How many rules the zone may have; `undefined` if that isn't known, or none is added.
 */
export function pageRuleProblem(
    { target, priority, purpose }: Pick<WantedRule, "target" | "priority" | "purpose">,
    others: readonly CloudflarePageRule[],
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

/** The message for Cloudflare's refusal. Account-owned tokens get error 1011 from the page-rule API. */
export function describeRefusal(
    { message, status, errors }: Pick<CloudflareError, "message" | "status" | "errors">,
    purpose: WantedRule["purpose"],
): string {
    const without = `${WITHOUT_RULE[purpose]}, which needs no page rule.`;
    const remedy = errors.some(({ code }) => code === 1011)
        ? `Account-owned API tokens can't manage page rules. Use a user's token (My Profile, API Tokens), or ${without}`
        : status >= 500
          ? "Run `pulumi up` again in a few minutes."
          : `Give the API token the permissions Zone Read and Page Rules Write for this zone, or use ${without}`;
    return `${message}\n${remedy}`;
}

/**
 * The message about a rule that the stack doesn't have. Cloudflare refuses a second rule with the same pattern: error 1004,
 * "Your zone already has an existing page rule with that URL". For another spelling nothing is documented.
 */
function strangerProblem({ target }: WantedRule, stranger: CloudflarePageRule): string {
    const why =
        targetOf(stranger).toLowerCase() === target
            ? "Cloudflare allows only one page rule with the same pattern."
            : "Of both rules, the one with the higher priority would fire. If this stack's rule is deleted later, the other one fires again.";
    return `the hostname already has a page rule that this stack doesn't manage (${described(stranger)}). ${why}`;
}

/** Whether the rule does what the wanted one would do. */
export function isTwin({ target, forwardsTo }: WantedRule, rule: CloudflarePageRule): boolean {
    return targetOf(rule).toLowerCase() === target && forwardingOf(rule)?.url === forwardsTo;
}

/**
 * The warning about a rule that this stack probably didn't make; `undefined` if there is none. For when the state can't be
 * read. A rule with the same redirect may be the stack's. If the stack's rule was changed by hand, or its mode is changing,
 * the warning is wrong: so this never refuses.
 */
function strangerWarning(
    { hostname, target, forwardsTo }: WantedRule,
    present: readonly CloudflarePageRule[],
): string | undefined {
    const stranger = present.find((rule) => forwardingOf(rule)?.url !== forwardsTo);
    return (
        stranger &&
        `${hostname} already has a page rule at Cloudflare that this stack probably didn't make (${described(stranger)}). Beside it, the stack's own rule (${target}) can't be made or doesn't always fire. ${howToImport(hostname)}`
    );
}

function described(rule: CloudflarePageRule): string {
    return `${rule.id}, ${targetOf(rule)}, ${actionsOf(rule)}, priority ${rule.priority}, ${rule.status}`;
}
