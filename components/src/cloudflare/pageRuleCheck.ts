// A look at a zone's page rules before ours is made or taken over. Cloudflare's provider has no list of them, so this one
// call is our own.
import * as pulumi from "@pulumi/pulumi";
import { asksNobody } from "../pulumi/afterCheck";
import { UserError } from "../pulumi/userError";
import { accessOf } from "./access";
import { type CloudflareMessage, getResult, getWholeList, isCloudflareError, wordsOf } from "./api";
import { matches, type PageRuleSummary, targetOf } from "./pageRulePattern";
import { ownershipOf, rulesInState, type WantedOwner } from "./ruleOwner";

/** The rule that is going to be made. */
export interface WantedRule extends WantedOwner {
    priority: number;
    /** What it is for, which decides how one can do without it. */
    purpose: "settings" | "redirect";
}

/** How to do without a page rule. */
const WITHOUT_RULE: Record<WantedRule["purpose"], string> = {
    settings: "`settings: none`",
    redirect: "`mode: proxy` (a CloudflareEdge)",
};

/** The zone's id, known in an update once its page rules were looked at: what takes it is made only after that. */
export function zoneIdOnceRuleFits(
    zoneId: pulumi.Output<string>,
    wanted: WantedRule,
    component: pulumi.Resource,
): pulumi.Output<string> {
    if (asksNobody()) {
        return zoneId;
    }
    return zoneId.apply(async (id) => {
        await checkPageRules(id, wanted, component);
        return id;
    });
}

/**
 * Looks whether a page rule for this host could be made and would fire, and refuses in words when not: a token that
 * page rules can't be used with, a rule of the host that isn't the stack's, a full quota, a rule that outranks ours. Where
 * no API token is to be found (a provider with another kind of credentials), Cloudflare's own answer has to do.
 */
async function checkPageRules(zoneId: string, wanted: WantedRule, component: pulumi.Resource): Promise<void> {
    const access = await accessOf(component);
    if (!access) {
        return;
    }
    const [rules, zone] = await Promise.all([
        told(wanted, getWholeList<PageRuleSummary>(access, `zones/${zoneId}/pagerules`)),
        told(wanted, getResult<{ meta?: { page_rule_quota?: number } }>(access, `zones/${zoneId}`)),
    ]);
    const inState = rules.length > 0 ? await rulesInState(zoneId, component) : [];
    const ownership = ownershipOf(wanted, rules, inState);
    const others = rules.filter((rule) => rule !== ownership.own);
    const quota = ownership.isNew ? zone.meta?.page_rule_quota : undefined;
    const problem = ownership.problem ?? pageRuleProblem(wanted, others, quota);
    if (problem) {
        throw new UserError(`Page rule ${wanted.target}: ${problem}\nNothing was changed at Cloudflare.`);
    }
    if (ownership.warning) {
        pulumi.log.warn(ownership.warning, component);
    }
}

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

/** What is read, or a refusal in words. */
async function told<Result>({ purpose }: WantedRule, reading: Promise<Result>): Promise<Result> {
    try {
        return await reading;
    } catch (error) {
        if (!isCloudflareError(error)) {
            throw error;
        }
        throw new UserError(
            error.status === 0
                ? error.message
                : describeRefusal(error.path, error.status, error.errors, purpose, error.said),
        );
    }
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
