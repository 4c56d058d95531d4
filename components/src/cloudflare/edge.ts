// Cloudflare as the edge: a proxied CNAME from the tracking host to SparkPost's endpoint, and nothing that rewrites
// Host.
import { DnsRecord, type DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord";
import type { PageRule, PageRuleArgs } from "@pulumi/cloudflare/pageRule";
import * as pulumi from "@pulumi/pulumi";
import { type DnsRecordSpec, type Edge, edgeProblems, fingerprint } from "../edge";
import { checkHostname } from "../hostname";
import { type Transform, transformed } from "../transform";
import { refuse } from "../userError";
import { type CloudflareArgs, cloudflareProblems } from "./arguments";
import { checkPageRules } from "./pageRuleCheck";
import { zoneIdOf } from "./zone";

/** What a {@link CloudflareEdge} is made of. */
export interface CloudflareEdgeArgs extends CloudflareArgs {
    /** The tracking host, in the zone. */
    hostname: string;
    /** The SparkPost host behind it. Default `spgo.io`. */
    endpoint?: string;
    /** Adjusts the arguments of what is declared. */
    transform?: CloudflareEdgeTransforms;
}

const defaultPriority = 1;

/** Adjustments of the edge's children. */
export interface CloudflareEdgeTransforms {
    record?: Transform<DnsRecordArgs>;
    pageRule?: Transform<PageRuleArgs>;
}

/**
 * A tracking host behind Cloudflare's proxy. SparkPost sees the host's own name, and visitors never see the endpoint's.
 *
 * Declares one DNS record, whose name and zone are its identity: everything else about it changes in place, since a
 * name has one CNAME. With `settings: "pageRule"` also a page rule for this host. Never touches what belongs to the
 * whole zone: SSL mode, HSTS, "Always Use HTTPS".
 *
 * Token permissions: Zone Read (to look the zone up by name) and DNS Write; with a page rule also Page Rules Write, on
 * a user's token.
 */
export class CloudflareEdge extends pulumi.ComponentResource implements Edge {
    readonly kind = "cloudflare";
    readonly endpoint: string;
    readonly fingerprint: pulumi.Output<string>;
    readonly dependsOn: pulumi.Resource[];
    readonly dnsRecords: pulumi.Output<DnsRecordSpec[]>;
    readonly nextSteps: string[];
    /** The host's DNS record. */
    readonly record: DnsRecord;
    /** The host's own settings, with `settings: "pageRule"`. */
    readonly pageRule?: PageRule;

    constructor(name: string, given: CloudflareEdgeArgs, opts: pulumi.ComponentResourceOptions = {}) {
        const { endpoint = "spgo.io", settings = "none", transform = {} } = given;
        const { hostname, mistakes } = checkHostname(given.hostname);
        refuse(`CloudflareEdge ${name}`, [
            ...mistakes.map((message) => ({ field: "hostname", value: given.hostname, message })),
            ...edgeProblems(hostname, { endpoint, dependsOn: [] }),
            ...cloudflareProblems(mistakes.length === 0 ? hostname : undefined, given),
        ]);
        super("sparkpost-tracking:index:CloudflareEdge", name, {}, opts);
        const args = { ...given, hostname };
        // A component's own dependsOn doesn't reach its children, nor does retainOnDelete.
        const order = { parent: this, dependsOn: opts.dependsOn, retainOnDelete: opts.retainOnDelete };

        // With a page rule, nothing is made before it is known that the rule can be made and would fire.
        const zoneId = settings === "pageRule" ? zoneOfRule(args, this) : zoneIdOf(args, this);
        const recordArgs = transformed<DnsRecordArgs>(
            transform.record,
            name,
            {
                zoneId,
                name: hostname,
                type: "CNAME",
                content: endpoint,
                proxied: true,
                // Cloudflare decides the TTL of a proxied record (300 s) and takes no other value than 1, "automatic".
                ttl: 1,
                comment: "SparkPost tracking domain; links in sent mail depend on it",
            },
            // Of another name it is another record: made before the old one goes. Anything else changes in place.
            { ...order, replacementTrigger: hostname },
        );
        this.record = new DnsRecord(...recordArgs);

        const rule = settings === "pageRule" ? declareSettings(name, args, zoneId, order) : undefined;
        this.pageRule = rule?.resource;

        this.endpoint = endpoint;
        const { comment: _, ...record } = recordArgs[1];
        this.fingerprint = pulumi.output({ record, rule: rule?.args }).apply(fingerprint);
        this.dependsOn = rule ? [this.record, rule.resource] : [this.record];
        const { type, name: recordName, content, proxied } = recordArgs[1];
        const way = proxied ? "through Cloudflare's proxy" : "directly, not through Cloudflare's proxy";
        this.dnsRecords = pulumi
            .output({ type, name: recordName, value: content })
            .apply((shown) => [
                { ...shown, value: shown.value ?? "", purpose: `sends the tracking host ${way} to SparkPost` },
            ]);
        this.nextSteps = [];
        this.registerOutputs({ endpoint, dnsRecords: this.dnsRecords });
    }
}

/**
 * Settings of this host alone, as a page rule: SSL Full to the endpoint, no browser check (mail scanners have odd user
 * agents), no challenge by IP reputation, no caching (a "cache everything" rule of the zone would hide repeat clicks).
 * It can go without breaking a link, so it isn't protected.
 */
function declareSettings(
    name: string,
    { hostname, priority = defaultPriority, transform = {} }: CloudflareEdgeArgs,
    zoneId: pulumi.Output<string>,
    order: pulumi.CustomResourceOptions,
): { resource: PageRule; args: PageRuleArgs } {
    // Loaded here: most hosts have no page rule, and each class of this SDK costs time at every preview.
    const { PageRule } = require("@pulumi/cloudflare/pageRule") as typeof import("@pulumi/cloudflare/pageRule");
    const [ruleName, args, opts] = transformed<PageRuleArgs>(
        transform.pageRule,
        name,
        {
            zoneId,
            target: targetOf(hostname),
            priority,
            // The API's default is "disabled".
            status: "active",
            actions: { ssl: "full", browserCheck: "off", securityLevel: "essentially_off", cacheLevel: "bypass" },
        },
        pulumi.mergeOptions(order, { protect: false }),
    );
    return { resource: new PageRule(ruleName, args, opts), args };
}

/** The zone's id, known in an update once its page rules were looked at. */
function zoneOfRule(args: CloudflareEdgeArgs, component: pulumi.Resource): pulumi.Output<string> {
    const zoneId = zoneIdOf(args, component);
    if (pulumi.runtime.isDryRun()) {
        return zoneId;
    }
    return zoneId.apply(async (id) => {
        await checkPageRules(id, targetOf(args.hostname), args.priority ?? defaultPriority, component);
        return id;
    });
}

function targetOf(hostname: string): string {
    return `${hostname}/*`;
}
