// Cloudflare as the edge by SparkPost's guide of 2020: a page rule sends every visitor of the tracking host on to the
// endpoint. For those who run that recipe; the proxy of edge.ts is the vendor's since December 2021.
import type { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
import type { PageRule } from "@pulumi/cloudflare/pageRule";
import * as pulumi from "@pulumi/pulumi";
import type { LookUpOptions } from "../dns/client";
import { checkedHost, type DnsRecordSpec, type Edge, fingerprint, type InUseArgs } from "../edge";
import { EDGE_TYPES, edgeOptions } from "../edgeTypes";
import { withVendorKeys } from "../pulumi/configKey";
import { type CloudflareArgs, cloudflareFields, cloudflareProblems } from "./arguments";
import type { CloudflareEdgeTransforms } from "./edge";
import { DEFAULT_PRIORITY, declarePageRule, targetOf } from "./pageRule";
import { zoneIdOnceRuleFits } from "./pageRuleCheck";
import { actingArgs, declareRecord, recordSpecs } from "./record";
import { zoneOf } from "./zone";

/** What a {@link CloudflareRedirectEdge} is made of. `resolver` and `nameServers` are asked about a zone that it has created. */
export interface CloudflareRedirectEdgeArgs
    extends Omit<CloudflareArgs, "mode" | "settings">,
        LookUpOptions,
        InUseArgs {
    /** The tracking host, in the zone. */
    hostname: string;
    /** The SparkPost host that visitors are sent to. Default `spgo.io`. */
    endpoint?: string;
    /** Adjusts the arguments of what is declared. */
    transform?: CloudflareEdgeTransforms;
}

/**
 * A tracking host that redirects: the browser goes on to the endpoint by itself, path and query kept, and its user sees
 * the endpoint's name.
 *
 * Declares the host's DNS record, proxied since a page rule only fires then, and the page rule. The record is the one
 * of CloudflareEdge: it points at the endpoint, so that a rule that is off or outranked leaves a working proxy. For the
 * same reason the rule is neither protected nor retained: a retained one would go on redirecting after a change to
 * mode proxy.
 *
 * Token permissions: Zone Read, DNS Write and Page Rules Write, on a user's token.
 */
export class CloudflareRedirectEdge extends pulumi.ComponentResource implements Edge {
    readonly endpoint: string;
    readonly kind = "cloudflare";
    readonly redirects = true;
    readonly fingerprint: pulumi.Output<string>;
    readonly dependsOn: pulumi.Resource[];
    /** With `createZone`: what has to be done until the zone is active. */
    readonly waitsFor?: pulumi.Output<string[]>;
    readonly dnsRecords: pulumi.Output<DnsRecordSpec[]>;
    readonly nextSteps: string[];
    /** With `inUse`: when links may become https at the earliest, RFC 3339; `undefined` where there is nothing to wait for. */
    readonly secureNotBefore?: pulumi.Output<string | undefined>;
    /** The host's DNS record, which lets the rule fire. */
    readonly record: DnsRecord;
    /** The rule that redirects. */
    readonly pageRule: PageRule;

    constructor(name: string, given: CloudflareRedirectEdgeArgs, opts: pulumi.ComponentResourceOptions = {}) {
        const { endpoint = "spgo.io", statusCode = 302, priority, transform = {} } = given;
        const args: CloudflareArgs & LookUpOptions = { ...given, mode: "redirect" };
        const hostname = checkedHost(
            `CloudflareRedirectEdge ${name}`,
            cloudflareFields,
            { ...args, hostname: given.hostname, endpoint },
            cloudflareProblems,
        );
        const type = EDGE_TYPES.cloudflareRedirect;
        super(type, name, {}, edgeOptions(type, withVendorKeys(opts, { cloudflare: given.apiTokenConfig })));
        // A component's own dependsOn doesn't reach its children, nor does retainOnDelete.
        const order = { parent: this, dependsOn: opts.dependsOn };

        // `$1` is what the `*` of the target matched, query string included.
        const forwardsTo = `https://${endpoint}/$1`;
        const zone = zoneOf({ ...args, hostname, inUse: given.inUse }, this);
        const wanted = {
            resourceName: name,
            hostname,
            target: targetOf(hostname),
            forwardsTo,
            importId: given.import?.pageRule,
            priority: priority ?? DEFAULT_PRIORITY,
            purpose: "redirect",
        } as const;
        // Nothing is made before it is known that the rule can be made and would fire.
        const zoneId = zoneIdOnceRuleFits(zone.id, wanted, this);
        const record = declareRecord(
            name,
            { ...given, hostname, endpoint, zoneId, transform: transform.record },
            this,
            { ...order, retainOnDelete: opts.retainOnDelete, protect: opts.protect },
        );
        const actions = { forwardingUrl: { url: forwardsTo, statusCode } };
        const rule = declarePageRule(
            name,
            {
                hostname,
                priority,
                zoneId,
                actions,
                importId: given.import?.pageRule,
                transform: transform.pageRule,
            },
            pulumi.mergeOptions(order, { dependsOn: record.resource }),
        );

        this.record = record.resource;
        this.pageRule = rule.resource;
        this.endpoint = endpoint;
        this.waitsFor = zone.waitsFor;
        this.secureNotBefore = record.secureNotBefore;
        this.fingerprint = pulumi
            .output({ redirects: this.redirects, record: actingArgs(record.args), rule: rule.args })
            .apply(fingerprint);
        this.dependsOn = [record.resource, rule.resource];
        this.dnsRecords = recordSpecs(
            record.args,
            () => "lets the page rule fire that sends visitors of the tracking host to SparkPost",
        );
        const onDestroy = opts.retainOnDelete
            ? [
                  `\`pulumi destroy\` deletes the page rule of ${hostname}, whatever else it leaves: the host then goes on through Cloudflare's proxy.`,
              ]
            : [];
        this.nextSteps = [...nextSteps(hostname, endpoint, statusCode), ...onDestroy];
        this.registerOutputs({ endpoint, dnsRecords: this.dnsRecords });
    }
}

function nextSteps(hostname: string, endpoint: string, statusCode: 301 | 302): string[] {
    const steps = [
        `${hostname} sends visitors on to ${endpoint}, as SparkPost's guide of 2020 has it, so they see that name. With \`mode: proxy\` instead of \`redirect\` they don't, and no page rule is needed.`,
    ];
    if (statusCode === 301) {
        steps.push(
            `Browsers keep a 301 practically for ever: a link of ${hostname} that was opened once leads straight to ${endpoint} from then on, whatever is changed here. \`statusCode: 302\` doesn't bind them.`,
        );
    }
    return steps;
}
