// The one page rule that a hostname may have: its settings in mode proxy, its redirect in mode redirect. Both modes use the
// same resource, so that a change of mode doesn't need a second of the zone's few rules.
import type { PageRule, PageRuleArgs } from "@pulumi/cloudflare/pageRule";
import type * as pulumi from "@pulumi/pulumi";
import { type Transform, transformed } from "../pulumi/transform";

/** The page rule of a hostname. */
interface HostRule {
    hostname: string;
    /** Of several rules that match, the one with the highest number fires. */
    priority: pulumi.Input<number>;
    zoneId: pulumi.Input<string>;
    actions: PageRuleArgs["actions"];
    /** Imports this rule, `<zone id>/<rule id>`. */
    importId?: string;
    transform?: Transform<PageRuleArgs>;
}

/**
 * Declares the rule. Returns its arguments, and the id that it imports, after the user's transform. The rule is never
 * protected: without it the record is a working proxy.
 */
export function declarePageRule(
    name: string,
    { hostname, priority, zoneId, actions, importId, transform }: HostRule,
    opts: pulumi.CustomResourceOptions,
): { resource: PageRule; args: PageRuleArgs; importId?: string } {
    // Loaded here: most hostnames have no page rule, and each class of this SDK costs time in every preview.
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

/** The pattern of a rule for every URL of a hostname. */
export function targetOf(hostname: string): string {
    return `${hostname}/*`;
}
