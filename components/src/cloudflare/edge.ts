// Cloudflare as the edge, in two modes. `proxy`: a proxied CNAME from the hostname to SparkPost's endpoint, and nothing that
// rewrites the Host header; SparkPost's recipe since December 2021. `redirect`: a page rule sends every visitor on to the
// endpoint; SparkPost's guide of 2020. Both modes use the same resources, so that a change of mode loses nothing.
import type { DnsRecord, DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord";
import type { PageRule, PageRuleArgs } from "@pulumi/cloudflare/pageRule";
import * as pulumi from "@pulumi/pulumi";
import { type AppLinks, appLinksField } from "../appLinks";
import type { DnsRecordSpec } from "../dns/writer";
import { checkEdgeArgs, checkWhenKnown, type Edge, fingerprint, type InUseArgs } from "../edge";
import { EdgeComponent } from "../edgeTypes";
import { HostLook, type LookOptions } from "../hostToday/look";
import { afterLook } from "../pulumi/afterCheck";
import { withVendorKeys } from "../pulumi/configKey";
import type { Transform } from "../pulumi/transform";
import { refuse } from "../pulumi/userError";
import { type AppLinksTransforms, declareAppLinks } from "./appLinks";
import { type CloudflareArgs, claimImports, cloudflareFields, cloudflareProblems } from "./arguments";
import { declarePageRule, targetOf } from "./pageRule";
import { beginPreflight, type HostToCome } from "./preflight";
import { fingerprintedArgs, hostRecordArgs, recordSpecs, wantedRecord, writeHostRecord } from "./record";
import { zoneOf } from "./zone";

/**
 * The arguments of a {@link CloudflareEdge}. `resolver`, `nameServers`, `caFile` and `connectTo` are the probe's options:
 * they say how to look at what the hostname is today.
 */
export interface CloudflareEdgeArgs extends CloudflareArgs, LookOptions, InUseArgs {
    /** The tracking hostname, in the zone. */
    hostname: string;
    /**
     * The SparkPost host behind it.
     *
     * @default "spgo.io"
     */
    endpoint?: string;
    /**
     * The apps that open links of the hostname. A Worker answers with the files that phones ask for, in both modes.
     *
     * @default none
     */
    appLinks?: AppLinks;
    /** Adjusts the arguments and options of each child. */
    transform?: CloudflareEdgeTransforms;
}

/** Adjusts the edge's children. */
export interface CloudflareEdgeTransforms extends AppLinksTransforms {
    record?: Transform<DnsRecordArgs>;
    pageRule?: Transform<PageRuleArgs>;
}

/**
 * A tracking hostname behind Cloudflare. In mode proxy SparkPost sees the hostname, and visitors never see the endpoint. In
 * mode redirect the browser goes on to the endpoint itself, with path and query.
 *
 * It declares one DNS record, proxied, which points to the endpoint in both modes. So if a redirect is off or outranked, a
 * working proxy is left. Name and zone identify the record; everything else changes in place, because a name can have only
 * one CNAME.
 *
 * In mode redirect, and with `settings: "pageRule"`, it also declares a page rule for this hostname. The rule isn't
 * protected. In mode redirect it isn't retained either: a retained rule would go on redirecting after a change to mode proxy.
 *
 * With `appLinks` it also declares a Worker, and a route to it for each of the files.
 *
 * It never changes settings of the whole zone: SSL mode, HSTS, "Always Use HTTPS".
 *
 * The API token needs Zone Read (to look the zone up by name) and DNS Write. A page rule also needs Page Rules Write, on a
 * user's token. With `appLinks` it needs Workers Scripts Write and Workers Routes Write.
 */
export class CloudflareEdge extends EdgeComponent implements Edge {
    readonly kind = "cloudflare";
    readonly endpoint: string;
    /** `true` in mode redirect: visitors are sent to the endpoint. */
    readonly redirects?: true;
    readonly fingerprint: pulumi.Output<string>;
    readonly dependsOn: pulumi.Resource[];
    /** With `createZone`: what has to be done until the zone is active. */
    readonly waitsFor?: pulumi.Output<string[]>;
    readonly dnsRecords: pulumi.Output<DnsRecordSpec[]>;
    /** In mode redirect, what that means for visitors; with `createZone`, what delegating the zone does. */
    readonly notes: pulumi.Input<string[]>;
    /** With `inUse`: the earliest time when links may become https (RFC 3339). `undefined` if nothing has to be waited for. */
    readonly secureNotBefore?: pulumi.Output<string | undefined>;
    /** The hostname's DNS record. */
    readonly record: DnsRecord;
    /** In mode redirect, the rule that redirects. With `settings: "pageRule"`, the hostname's own settings. */
    readonly pageRule?: PageRule;

    constructor(name: string, given: CloudflareEdgeArgs, opts: pulumi.ComponentResourceOptions = {}) {
        const shape = { ...cloudflareFields, appLinks: appLinksField };
        const hostname = checkEdgeArgs(`CloudflareEdge ${name}`, shape, given, cloudflareProblems);
        const { endpoint = "spgo.io", mode = "proxy", settings = "none", statusCode = 302, transform = {} } = given;
        refuse(`CloudflareEdge ${name}`, claimImports(name, given.import));
        super("cloudflare", name, hostname, withVendorKeys(opts, { cloudflare: given.apiTokenConfig }));
        const { preflight = new HostLook(this), inUse, appLinks } = given;
        const priority = checkWhenKnown(
            `CloudflareEdge ${name}`,
            "priority",
            cloudflareFields.priority,
            given.priority ?? 1,
        );
        const redirects = mode === "redirect";

        const zone = zoneOf({ ...given, hostname, endpoint }, this);
        // Nothing is made before the look: what the hostname is today, and whether the rule can be made and would fire.
        const zoneId = afterLook(zone.id, preflight.passed);
        const accountId = afterLook(zone.accountId, preflight.passed);
        const worker =
            appLinks && declareAppLinks(name, { hostname, appLinks, zoneId, accountId, transform }, this.order());
        const [recordName, recordArgs, recordOpts] = hostRecordArgs(
            name,
            { ...given, hostname, endpoint, zoneId, transform: transform.record },
            // A Worker that the account refuses then stops a move to here before the hostname leads here.
            this.order(...(worker ?? [])),
        );
        const record = writeHostRecord(recordName, recordArgs, recordOpts, { preflight, inUse });

        // `$1` is what the `*` of the target matched, with the query string.
        const forwardsTo = redirects ? `https://${endpoint}/$1` : undefined;
        const rule =
            redirects || settings === "pageRule"
                ? declarePageRule(
                      name,
                      {
                          hostname,
                          priority,
                          zoneId,
                          actions: forwardsTo ? { forwardingUrl: { url: forwardsTo, statusCode } } : SETTINGS,
                          importId: given.import?.pageRule,
                          transform: transform.pageRule,
                      },
                      // If the rule was a redirect, it hid where the record points: the record is corrected first.
                      {
                          ...this.order(record.resource),
                          ...(redirects && { retainOnDelete: undefined, protect: undefined }),
                      },
                  )
                : undefined;
        const wanted: HostToCome = {
            ...wantedRecord(recordName, recordArgs, recordOpts, given),
            hostname,
            endpoint,
            field: "cloudflare",
            rule: rule && {
                resourceName: name,
                hostname,
                target: targetOf(hostname),
                forwardsTo,
                importId: rule.importId,
                priority,
                purpose: redirects ? "redirect" : "settings",
            },
            worker: appLinks && { resourceName: name, hostname, appLinks, accountId: zone.accountId },
        };
        beginPreflight(preflight, zone.known, wanted, this);

        this.record = record.resource;
        this.pageRule = rule?.resource;
        this.endpoint = endpoint;
        this.redirects = redirects || undefined;
        this.waitsFor = zone.waitsFor;
        this.secureNotBefore = record.secureNotBefore;
        this.fingerprint = pulumi
            // Not the Worker, which no click meets: the probe knows what it serves, and SparkPost needn't verify again.
            .output({ redirects: this.redirects, record: fingerprintedArgs(recordArgs), rule: rule?.args })
            .apply(fingerprint);
        this.dependsOn = [record.resource, ...(rule ? [rule.resource] : []), ...(worker ?? [])];
        this.dnsRecords = recordSpecs(recordArgs, (proxied) => {
            const way = proxied ? "through Cloudflare's proxy" : "directly, not through Cloudflare's proxy";
            return redirects
                ? "lets the page rule fire that sends visitors of the tracking host to SparkPost"
                : `sends the tracking host ${way} to SparkPost`;
        });
        const own = redirects ? redirectNotes(hostname, endpoint, statusCode, opts.retainOnDelete) : [];
        this.notes = zone.notes?.apply((ofZone) => [...ofZone, ...own]) ?? own;
        this.registerOutputs({ endpoint, dnsRecords: this.dnsRecords });
    }
}

function redirectNotes(
    hostname: string,
    endpoint: string,
    statusCode: 301 | 302,
    isRetained: boolean | undefined,
): string[] {
    const notes = [
        `${hostname} sends visitors on to ${endpoint}, as SparkPost's guide of 2020 does, so they see that name. With \`mode: proxy\` they don't, and no page rule is needed.`,
    ];
    if (statusCode === 301) {
        notes.push(
            `Browsers keep a 301: a link of ${hostname} that was opened once leads straight to ${endpoint} from then on, whatever is changed here. \`statusCode: 302\` doesn't bind them.`,
        );
    }
    if (isRetained) {
        notes.push(
            `\`pulumi destroy\` deletes the page rule of ${hostname}, whatever else it leaves: the host then goes on through Cloudflare's proxy.`,
        );
    }
    return notes;
}

/**
 * Settings for this hostname only. SSL Full to the endpoint. No browser check, because mail scanners have odd user agents.
 * No challenge by IP reputation. No caching, because a "cache everything" rule of the zone would hide repeated clicks.
 */
const SETTINGS: PageRuleArgs["actions"] = {
    ssl: "full",
    browserCheck: "off",
    securityLevel: "essentially_off",
    cacheLevel: "bypass",
};
