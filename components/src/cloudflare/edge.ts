// Cloudflare as the edge: a proxied CNAME from the tracking host to SparkPost's endpoint, and nothing that rewrites
// Host.
import type { DnsRecord, DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord";
import type { PageRule, PageRuleArgs } from "@pulumi/cloudflare/pageRule";
import * as pulumi from "@pulumi/pulumi";
import type { LookUpOptions } from "../dns/client";
import { checkedHost, type DnsRecordSpec, type Edge, fingerprint, type InUseArgs } from "../edge";
import { EDGE_TYPES, edgeOptions } from "../edgeTypes";
import { withVendorKeys } from "../pulumi/configKey";
import type { Transform } from "../pulumi/transform";
import { type CloudflareArgs, cloudflareFields, cloudflareProblems } from "./arguments";
import { DEFAULT_PRIORITY, declarePageRule, targetOf } from "./pageRule";
import { zoneIdOnceRuleFits } from "./pageRuleCheck";
import { actingArgs, declareRecord, recordSpecs } from "./record";
import { zoneOf } from "./zone";

/** What a {@link CloudflareEdge} is made of. `resolver` and `nameServers` are asked about a zone that it has created. */
export interface CloudflareEdgeArgs extends Omit<CloudflareArgs, "mode" | "statusCode">, LookUpOptions, InUseArgs {
    /** The tracking host, in the zone. */
    hostname: string;
    /** The SparkPost host behind it. Default `spgo.io`. */
    endpoint?: string;
    /** Adjusts the arguments of what is declared. */
    transform?: CloudflareEdgeTransforms;
}

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
    /** With `createZone`: what has to be done until the zone is active. */
    readonly waitsFor?: pulumi.Output<string[]>;
    readonly dnsRecords: pulumi.Output<DnsRecordSpec[]>;
    readonly nextSteps: string[];
    /** With `inUse`: when links may become https at the earliest, RFC 3339; `undefined` where there is nothing to wait for. */
    readonly secureNotBefore?: pulumi.Output<string | undefined>;
    /** The host's DNS record. */
    readonly record: DnsRecord;
    /** The host's own settings, with `settings: "pageRule"`. */
    readonly pageRule?: PageRule;

    constructor(name: string, given: CloudflareEdgeArgs, opts: pulumi.ComponentResourceOptions = {}) {
        const { endpoint = "spgo.io", settings = "none", priority, transform = {} } = given;
        const hostname = checkedHost(`CloudflareEdge ${name}`, cloudflareFields, given, cloudflareProblems);
        const type = EDGE_TYPES.cloudflare;
        super(type, name, {}, edgeOptions(type, withVendorKeys(opts, { cloudflare: given.apiTokenConfig })));
        // A component's own dependsOn doesn't reach its children, nor does retainOnDelete.
        const { dependsOn, retainOnDelete, protect } = opts;
        const order = { parent: this, dependsOn, retainOnDelete, protect };

        const zone = zoneOf({ ...given, hostname }, this);
        const wanted = {
            resourceName: name,
            hostname,
            target: targetOf(hostname),
            importId: given.import?.pageRule,
            priority: priority ?? DEFAULT_PRIORITY,
            purpose: "settings",
        } as const;
        // With a page rule, nothing is made before it is known that the rule can be made and would fire.
        const zoneId = settings === "pageRule" ? zoneIdOnceRuleFits(zone.id, wanted, this) : zone.id;
        const record = declareRecord(
            name,
            { ...given, hostname, endpoint, zoneId, transform: transform.record },
            this,
            order,
        );
        const rule =
            settings === "pageRule"
                ? declarePageRule(
                      name,
                      {
                          hostname,
                          priority,
                          zoneId,
                          actions: SETTINGS,
                          importId: given.import?.pageRule,
                          transform: transform.pageRule,
                      },
                      // The rule may have been a redirect, which hid where the record led: that is corrected first.
                      pulumi.mergeOptions(order, { dependsOn: record.resource }),
                  )
                : undefined;

        this.record = record.resource;
        this.pageRule = rule?.resource;
        this.endpoint = endpoint;
        this.waitsFor = zone.waitsFor;
        this.secureNotBefore = record.secureNotBefore;
        this.fingerprint = pulumi.output({ record: actingArgs(record.args), rule: rule?.args }).apply(fingerprint);
        this.dependsOn = rule ? [record.resource, rule.resource] : [record.resource];
        this.dnsRecords = recordSpecs(record.args, (proxied) => {
            const way = proxied ? "through Cloudflare's proxy" : "directly, not through Cloudflare's proxy";
            return `sends the tracking host ${way} to SparkPost`;
        });
        this.nextSteps = [];
        this.registerOutputs({ endpoint, dnsRecords: this.dnsRecords });
    }
}

/**
 * Settings of this host alone: SSL Full to the endpoint, no browser check (mail scanners have odd user agents), no
 * challenge by IP reputation, no caching (a "cache everything" rule of the zone would hide repeat clicks).
 */
const SETTINGS: PageRuleArgs["actions"] = {
    ssl: "full",
    browserCheck: "off",
    securityLevel: "essentially_off",
    cacheLevel: "bypass",
};
