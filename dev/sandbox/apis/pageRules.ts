/**
 * `zones/{zone}/pagerules` of Cloudflare's API.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { FREE_PAGE_RULES } from "../options.ts";
import { Unmodelled } from "./api.ts";
import { bodyOf, type CloudflareOptions, type Guard, queryOf, refused, success, zoneIn } from "./cloudflare.ts";
import { newId, type PageRule, timestamp, type Zone } from "./zones.ts";

const PATH = "/zones/:zone/pagerules";
/** The actions that the edge knows; the vendors' recipes need no other. */
const ACTIONS = ["forwarding_url", "ssl", "browser_check", "security_level", "cache_level"];

export function pageRuleRoutes(api: FastifyInstance, options: CloudflareOptions, allow: Guard): void {
    const { zones, sandbox, timeline } = options;
    const onRequest: Guard[] = [
        // docs: account-owned API tokens "can't use the page-rule API at all: error 1011". filler: status and words.
        async () => {
            if (sandbox.cloudflareToken?.kind !== "account") {
                return;
            }
            throw refused(403, 1011, "Page Rules endpoint does not support account owned tokens");
        },
        allow,
    ];
    const told = (kind: string, zone: Zone, { targets, priority, status }: PageRule) => {
        const pattern = targets[0]?.constraint.value ?? "";
        const what = `${kind.replace("page-rule-", "")} page rule ${pattern} (priority ${priority}, ${status})`;
        timeline.add("cloudflare", kind, what, { host: pattern.split("/")[0], zone: zone.origin });
    };

    api.post(PATH, { onRequest }, async (request) => {
        const zone = zoneIn(request, zones);
        const rule = ruleIn(request);
        refuseSecond(zone, rule);
        // docs: "Quotas: 3 free, 20 Pro, 50 Business, 125 Enterprise". filler: code and words.
        if (zone.pageRules.size >= (sandbox.pageRuleQuota ?? FREE_PAGE_RULES)) {
            throw refused(400, 1004, "Page Rule validation failed: your zone has reached its page rule limit");
        }
        zone.pageRules.set(rule.id, rule);
        told("page-rule-created", zone, rule);
        return success(rule);
    });

    // docs: not read back by the provider, listed by who wants to know what outranks a rule. One reply, no pages.
    api.get(PATH, { onRequest }, async (request) => {
        const { status } = queryOf(request, ["status", "order", "direction", "match"]);
        const rules = [...zoneIn(request, zones).pageRules.values()];
        return success(rules.filter((rule) => status === undefined || rule.status === status));
    });

    api.get(`${PATH}/:rule`, { onRequest }, async (request) => success(existing(request, zones).rule));

    api.put(`${PATH}/:rule`, { onRequest }, async (request) => {
        const { zone, rule } = existing(request, zones);
        const replaced = ruleIn(request, rule);
        refuseSecond(zone, replaced);
        zone.pageRules.set(rule.id, replaced);
        told("page-rule-updated", zone, replaced);
        return success(replaced);
    });

    api.delete(`${PATH}/:rule`, { onRequest }, async (request) => {
        const { zone, rule } = existing(request, zones);
        zone.pageRules.delete(rule.id);
        told("page-rule-deleted", zone, rule);
        return success({ id: rule.id });
    });
}

function existing(request: FastifyRequest, zones: Zone[]): { zone: Zone; rule: PageRule } {
    const zone = zoneIn(request, zones);
    const rule = zone.pageRules.get((request.params as { rule: string }).rule);
    if (rule) {
        return { zone, rule };
    }
    // docs: "404 on read = gone". filler: the code.
    throw refused(404, 1002, "Invalid Page Rule identifier");
}

/**
 * reports: error 1004, and the reason among the messages. inferred: the same where a rule is changed to that URL. filler:
 * only the very same text counts.
 */
function refuseSecond(zone: Zone, { id, targets }: PageRule): void {
    const pattern = targets[0]?.constraint.value;
    const others = [...zone.pageRules.values()].filter((other) => other.id !== id);
    if (others.some((other) => other.targets[0]?.constraint.value === pattern)) {
        throw refused(400, 1004, "Page Rule validation failed: See messages for details.", [
            ".distinctTargetUrl: Your zone already has an existing page rule with that URL. If you are modifying only page rule settings use the Edit Page Rule option instead",
        ]);
    }
}

function ruleIn(request: FastifyRequest, before?: PageRule): PageRule {
    // docs: status "defaults to disabled". filler: the priority.
    const { targets, actions, priority = 1, status = "disabled" } = bodyOf(request) as Partial<PageRule>;
    if (!targets?.length || !actions?.length) {
        throw new Unmodelled("a page rule without targets or actions");
    }
    if (targets.some(({ constraint }) => constraint.value.includes("://"))) {
        throw new Unmodelled("a target's scheme");
    }
    const strange = actions.find(({ id }) => !ACTIONS.includes(id));
    if (strange) {
        throw new Unmodelled(`page rule action ${strange.id}`);
    }
    // docs: "`forwardingUrl` can't share a rule with any other action".
    if (actions.length > 1 && actions.some(({ id }) => id === "forwarding_url")) {
        throw refused(400, 1004, "Page Rule validation failed: a forwarding URL can't be combined with other settings");
    }
    const now = timestamp();
    return {
        id: before?.id ?? newId(),
        targets,
        actions,
        priority,
        status,
        created_on: before?.created_on ?? now,
        modified_on: now,
    };
}
