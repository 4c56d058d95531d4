// Whose a host's page rule at Cloudflare is, before one is made, changed or taken over: what the stack doesn't have is
// refused with the command that takes it over, and what it has as another resource isn't taken over.
import { isOfEdge, takeOver } from "./ownership";
import { actionsOf, forwardingOf, isForHost, type PageRuleSummary, targetOf } from "./pageRulePattern";

/** The page rule that the program wants to have. */
export interface WantedOwner {
    /** Of the resource. */
    resourceName: string;
    hostname: string;
    /** Its pattern, `host/*`. */
    target: string;
    /** The URL that it forwards to; `undefined` for settings. */
    forwardsTo?: string;
    /** `<zone id>/<rule id>`. */
    importId?: string;
}

/** A page rule of the zone as the stack's state has it. */
export interface RuleInState {
    urn: string;
    target: string;
}

/** What is known of the wanted rule. */
export interface Ownership {
    /** Why it can't be made or taken over. */
    problem?: string;
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
    wanted: WantedOwner,
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
        return { problem: strangerProblem(wanted, first), isNew: !isThere };
    }
    return { own: imported, isNew: !isThere && !imported };
}

/**
 * Cloudflare refuses a second rule of the same pattern with error 1004, "Your zone already has an existing page rule with
 * that URL". Of another spelling that isn't said anywhere.
 */
function strangerProblem({ hostname, target }: WantedOwner, stranger: PageRuleSummary): string {
    const why =
        targetOf(stranger).toLowerCase() === target
            ? "there can be no second one of the same pattern"
            : "the two would stand side by side, and it would fire where its priority is higher, and again when ours goes";
    return `the host has a rule that isn't this stack's (${described(stranger)}): ${why}.\n${takeOver(hostname)}`;
}

/**
 * The warning about a rule that this stack can't have made; `undefined` where there is none. For where nobody tells what
 * is in the state: one that leads where ours shall lead may be ours, and one that was changed, or is on its way from one
 * mode to the other, is warned of for nothing, so this never refuses.
 */
function strangerWarning(
    { hostname, target, forwardsTo }: WantedOwner,
    present: readonly PageRuleSummary[],
): string | undefined {
    const stranger = present.find((rule) => forwardingOf(rule)?.url !== forwardsTo);
    return (
        stranger &&
        `${hostname} has a page rule at Cloudflare that this stack doesn't seem to have made (${described(stranger)}): ours, ${target}, can't be made beside it, or doesn't always fire. ${takeOver(hostname)}`
    );
}

function described(rule: PageRuleSummary): string {
    return `${rule.id}, ${targetOf(rule)}, ${actionsOf(rule)}, priority ${rule.priority}, ${rule.status}`;
}
