// SparkPost's own certificates as the edge: a plain CNAME to a v2 endpoint, and no CDN.
import type { CommandArgs } from "@pulumi/command/local/command";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod/mini";
import { beginElsewhere, type CloudflareDnsTransforms, cloudflareDns, dnsKeyOf, manualOf } from "../cloudflare/dns";
import { checkCaa } from "../dns/caaCheck";
import { lookUpRecords, manualSteps } from "../dns/manual";
import { declareWait } from "../dns/waitResource";
import { type DnsRecordSpec, isDnsWriter } from "../dns/writer";
import { checkEdgeArgs, type Edge, fingerprint, type InUseArgs } from "../edge";
import { EdgeComponent } from "../edgeTypes";
import { HostLook, type LookOptions } from "../hostToday/look";
import { afterLook, inUpdate } from "../pulumi/afterCheck";
import { withVendorKeys } from "../pulumi/configKey";
import { below } from "../pulumi/problems";
import { seconds } from "../pulumi/shape";
import { resourcesInState } from "../pulumi/state";
import { type Transform, transformed } from "../pulumi/transform";
import { type AccountArgs, accountClashes, accountFields } from "../sparkpost/account";
import { Certificate, type CertificateArgs } from "../sparkpost/certificate";
import { Eligibility } from "../sparkpost/eligibility";
import { typeOf } from "../sparkpost/resource";
import { type ManagedArgs, managedFields, managedProblems } from "./arguments";

/** The arguments of a {@link ManagedEdge}. */
export interface ManagedEdgeArgs extends ManagedArgs, LookOptions, InUseArgs {
    /** The tracking hostname. It must be registered with SparkPost first: let the edge depend on that resource. */
    hostname: string;
    /**
     * The SparkPost account.
     *
     * @default the US service's primary account
     */
    account?: AccountArgs;
    /**
     * The v2 endpoint.
     *
     * @default "v2.spgo.io"
     */
    endpoint?: string;
    /**
     * How long to wait for the record in DNS, and then for SparkPost to verify the hostname over http, in seconds.
     *
     * @default 3600
     */
    verificationDeadline?: number;
    /** Adjusts the arguments and options of each child. */
    transform?: ManagedEdgeTransforms;
}

/** Adjusts the edge's children. */
export interface ManagedEdgeTransforms extends CloudflareDnsTransforms {
    /** The wait until the zone's own servers have the hostname's record. */
    recordWait?: Transform<CommandArgs>;
    certificate?: Transform<CertificateArgs>;
}

/**
 * A tracking hostname with SparkPost's own certificate.
 *
 *     eligible  →  DNS record  →  in DNS  →  verified over http  →  certificate enabled  →  certificate valid, links https
 *
 * Before any DNS changes, it checks whether the host is eligible and whether its CAA records allow the certificate. SparkPost
 * looks at the host only after the zone's own servers have the record: otherwise its resolvers would remember "no such name".
 * SparkPost can't give a certificate back.
 */
export class ManagedEdge extends EdgeComponent implements Edge {
    readonly kind = "managed";
    readonly endpoint: string;
    readonly fingerprint: pulumi.Output<string>;
    readonly dependsOn: pulumi.Resource[];
    readonly dnsRecords: pulumi.Output<DnsRecordSpec[]>;
    readonly waitsFor?: pulumi.Output<string[]>;
    /** With `inUse`: the earliest time when links may become https (RFC 3339). `undefined` if nothing has to be waited for. */
    readonly secureNotBefore?: pulumi.Input<string | undefined>;
    /** SparkPost's certificate: its status and its dates. */
    readonly certificate: Certificate;

    constructor(name: string, given: ManagedEdgeArgs, opts: pulumi.ComponentResourceOptions = {}) {
        const shape = {
            ...managedFields,
            account: z.optional(accountFields),
            verificationDeadline: z.optional(seconds()),
        };
        const hostname = checkEdgeArgs(`ManagedEdge ${name}`, shape, given, (host, args) => [
            ...below("account", accountClashes(args.account)),
            ...managedProblems(host, args, args.account),
        ]);
        const { endpoint = "v2.spgo.io", account, dns, transform = {}, acceptInterruption = false } = given;
        const { verificationDeadline = 3_600, resolver, nameServers } = given;
        const keys = { cloudflare: dnsKeyOf(dns) };
        super("managed", name, hostname, withVendorKeys(opts, keys));
        const order = (...dependsOn: pulumi.Resource[]) => this.order(...dependsOn);
        const { preflight = new HostLook(this) } = given;
        const args = { ...given, hostname, endpoint, preflight };
        const asked = pulumi.mergeOptions(order(), { protect: false });
        const checked = inUpdate(hostname, () => this.checkCaa(args));
        const eligibility = new Eligibility(
            name,
            {
                domain: afterLook(hostname, pulumi.all([preflight.passed, checked])),
                account,
                acceptInterruption: acceptInterruption || undefined,
            },
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
        const manual = manualOf(dns);
        const writer = isDnsWriter(dns) ? dns : dns.cloudflare && cloudflareDns(args, dns.cloudflare, this);
        beginElsewhere(preflight, args, dns);
        // For another hostname it is another record, made before the old one is deleted.
        const ofHost = { ...order(eligibility), replacementTrigger: hostname };
        const written = writer ? [this.step(writer.createRecord(name, record, ofHost))] : [];
        this.secureNotBefore = writer?.secureNotBefore?.();
        const visible = written.map((dependency) =>
            declareWait(
                `${name}-dns`,
                { name: hostname, value: endpoint, deadline: verificationDeadline, resolver, nameServers },
                pulumi.mergeOptions(order(dependency), { protect: false }),
                transform.recordWait,
            ),
        );
        this.waitsFor =
            manual && lookUpRecords(this.dnsRecords, manual, given).apply((seen) => manualSteps(hostname, seen, 300));
        this.fingerprint = pulumi.output(fingerprint({ name: hostname, value: endpoint }));
        this.certificate = new Certificate(
            ...transformed<CertificateArgs>(
                transform.certificate,
                name,
                {
                    domain: hostname,
                    account,
                    fingerprint: this.fingerprint,
                    deadline: given.certificateDeadline,
                    verificationDeadline,
                    secureNotBefore: this.secureNotBefore,
                    hold: this.waitsFor?.apply((steps) => steps.length > 0),
                },
                pulumi.mergeOptions(order(eligibility, ...written, ...visible), { protect: false }),
            ),
        );
        this.dependsOn = [...written, this.certificate];
        this.endpoint = endpoint;
        this.registerOutputs({ endpoint, dnsRecords: this.dnsRecords });
    }
    /** Checks, before the record changes, whether CAA lets Let's Encrypt issue once the hostname points to SparkPost. */
    private async checkCaa({ hostname, endpoint, resolver, nameServers }: ManagedEdgeArgs): Promise<void> {
        const state = await resourcesInState(this);
        const hasCertificate = (state ?? []).some(
            ({ type, outputs }) =>
                type === typeOf("Certificate") && outputs.domain === hostname && outputs.tlsStatus === "valid",
        );
        const order = { hostname, authority: LETS_ENCRYPT, hasCertificate, target: endpoint, resolver, nameServers };
        await checkCaa(order, this);
    }
}

/** SparkPost orders there, and answers the challenge at the host itself. */
const LETS_ENCRYPT = {
    name: "Let's Encrypt",
    issuer: "letsencrypt.org",
    customer: "SparkPost",
    method: "http-01",
} as const;
