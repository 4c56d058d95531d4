// The one page rule that a host may have: its settings in mode proxy, its forwarding in mode redirect. The same
// resource in both, so that a change of mode needs no second of the zone's few rules.
import type { PageRule, PageRuleArgs } from "@pulumi/cloudflare/pageRule";
import type * as pulumi from "@pulumi/pulumi";
import { type Transform, transformed } from "../pulumi/transform";

/** What the rule says. */
export interface HostRule {
    hostname: string;
    /** Of several rules that match, the one with the highest number fires. Default {@link DEFAULT_PRIORITY}. */
    priority?: pulumi.Input<number>;
    zoneId: pulumi.Input<string>;
    actions: PageRuleArgs["actions"];
    /** Takes this rule over, `<zone id>/<rule id>`, where the stack has none yet. */
    importId?: string;
    transform?: Transform<PageRuleArgs>;
}

export const DEFAULT_PRIORITY = 1;

/**
 * Declares the rule, and tells its arguments and what it takes over, after the user's transform. It is never protected: without it the record
 * is a working proxy.
 */
export function declarePageRule(
    name: string,
    { hostname, priority = DEFAULT_PRIORITY, zoneId, actions, importId, transform }: HostRule,
    opts: pulumi.CustomResourceOptions,
): { resource: PageRule; args: PageRuleArgs; importId?: string } {
    // Loaded here: most hosts have no page rule, and each class of this SDK costs time at every preview.
    const { PageRule } = require("@pulumi/cloudflare/pageRule") as typeof import("@pulumi/cloudflare/pageRule");
    const ruleArgs = transformed<PageRuleArgs>(
        transform,
        name,
        {
            zoneId,
            target: targetOf(hostname),
            priority,
            // The API's default is "disabled".
            status: "active",
            actions,
        },
        { ...opts, protect: false, import: importId },
    );
    const [, args, { import: imported }] = ruleArgs;
    return { resource: new PageRule(...ruleArgs), args, importId: imported };
}

/** The pattern of a rule for every URL of a host. */
export function targetOf(hostname: string): string {
    return `${hostname}/*`;
}
