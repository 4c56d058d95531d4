// SparkPost's own certificates as the edge: a plain CNAME to a v2 endpoint, and no CDN.
import * as pulumi from "@pulumi/pulumi";
import { isDnsWriter } from "../dns/arguments";
import { type CloudflareDnsTransforms, cloudflareDns } from "../dns/cloudflare";
import type { LookUpOptions } from "../dns/lookUp";
import { lookAt, manualSteps } from "../dns/manual";
import { type DnsRecordSpec, type Edge, edgeProblems, fingerprint } from "../edge";
import { EDGE_TYPES, edgeOptions } from "../edgeTypes";
import { checkHostname } from "../hostname";
import type { AccountArgs } from "../sparkpost/account";
import { CertificateEligibility } from "../sparkpost/certificateEligibility";
import { ManagedCertificate, type ManagedCertificateArgs } from "../sparkpost/managedCertificate";
import { type Transform, transformed } from "../transform";
import { refuse } from "../userError";
import { type ManagedArgs, managedProblems } from "./arguments";

/** What a {@link ManagedEdge} is made of. */
export interface ManagedEdgeArgs extends ManagedArgs, LookUpOptions {
    /** The tracking host. It must be registered with SparkPost before: let the edge depend on that. */
    hostname: string;
    /** The SparkPost account. Default: the US service's primary account. */
    account?: AccountArgs;
    /** The v2 endpoint. Default `v2.spgo.io`. */
    endpoint?: string;
    /** Seconds until SparkPost must have verified the host over http. Default 3,600. */
    verificationDeadline?: number;
    /** Adjusts the arguments of what is declared. */
    transform?: ManagedEdgeTransforms;
}

/** Adjustments of the edge's children. */
export interface ManagedEdgeTransforms extends CloudflareDnsTransforms {
    certificate?: Transform<ManagedCertificateArgs>;
}

/**
 * A tracking host with SparkPost's own certificate.
 *
 *     eligible  →  DNS record  →  verified over http  →  certificate enabled  →  certificate valid, links https
 *
 * Whether the host is eligible is asked before any DNS changes. SparkPost has no way to give a certificate back.
 */
export class ManagedEdge extends pulumi.ComponentResource implements Edge {
    readonly kind = "managed";
    readonly endpoint: string;
    readonly fingerprint: pulumi.Output<string>;
    readonly dependsOn: pulumi.Resource[];
    readonly dnsRecords: pulumi.Output<DnsRecordSpec[]>;
    readonly waitsFor?: pulumi.Output<string[]>;
    /** SparkPost's certificate: its status and its dates. */
    readonly certificate: ManagedCertificate;

    constructor(name: string, given: ManagedEdgeArgs, opts: pulumi.ComponentResourceOptions = {}) {
        const { endpoint = "v2.spgo.io", account, dns, transform = {}, acceptInterruption = false } = given;
        const { hostname, mistakes } = checkHostname(given.hostname);
        refuse(`ManagedEdge ${name}`, [
            ...mistakes.map((message) => ({ field: "hostname", value: given.hostname, message })),
            ...edgeProblems(hostname, { endpoint, dependsOn: [] }),
            ...managedProblems(mistakes.length === 0 ? hostname : undefined, given, account),
        ]);
        super(EDGE_TYPES.managed, name, {}, edgeOptions(EDGE_TYPES.managed, opts));
        // A component's own dependsOn doesn't reach its children, nor does retainOnDelete.
        const order = (...dependsOn: pulumi.Resource[]) =>
            pulumi.mergeOptions(
                {
                    parent: this,
                    dependsOn: opts.dependsOn,
                    retainOnDelete: opts.retainOnDelete,
                    protect: opts.protect,
                },
                { dependsOn },
            );
        const asked = pulumi.mergeOptions(order(), { protect: false });
        const eligibility = new CertificateEligibility(
            name,
            { domain: hostname, account, acceptInterruption: acceptInterruption || undefined },
            asked,
        );

        const record: DnsRecordSpec & { ttl: number } = {
            type: "CNAME",
            name: hostname,
            value: endpoint,
            ttl: 300,
            purpose: "sends the tracking host to SparkPost; links in sent mail depend on it",
        };
        this.dnsRecords = pulumi.output([record]);
        const manual = isDnsWriter(dns) ? undefined : dns.manual;
        const written = manual
            ? []
            : [
                  (isDnsWriter(dns)
                      ? dns
                      : cloudflareDns(hostname, dns.cloudflare ?? {}, this, transform)
                  ).createRecord(
                      name,
                      record,
                      // Of another name it is another record: made before the old one goes.
                      { ...order(eligibility), replacementTrigger: hostname },
                  ),
              ];
        this.waitsFor =
            manual && lookAt(this.dnsRecords, manual, given).apply((seen) => manualSteps(hostname, seen, 300));
        this.fingerprint = pulumi.output(record).apply(fingerprint);
        this.certificate = new ManagedCertificate(
            ...transformed<ManagedCertificateArgs>(
                transform.certificate,
                name,
                {
                    domain: hostname,
                    account,
                    fingerprint: this.fingerprint,
                    deadline: given.certificateDeadline,
                    verificationDeadline: given.verificationDeadline,
                    hold: this.waitsFor?.apply((steps) => steps.length > 0),
                },
                pulumi.mergeOptions(order(eligibility, ...written), { protect: false }),
            ),
        );
        this.dependsOn = [...written, this.certificate];
        this.endpoint = endpoint;
        this.registerOutputs({ endpoint, dnsRecords: this.dnsRecords });
    }
}
