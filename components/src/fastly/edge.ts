// Fastly as the edge: service, certificate and DNS, in the order that keeps a hostname in use reachable.
import type { CommandArgs } from "@pulumi/command/local/command";
import type { ServiceVcl, ServiceVclArgs } from "@pulumi/fastly/serviceVcl";
import type { TlsSubscription, TlsSubscriptionArgs } from "@pulumi/fastly/tlsSubscription";
import * as pulumi from "@pulumi/pulumi";
import { type AppLinks, appLinksField } from "../appLinks";
import { beginElsewhere, type CloudflareDnsTransforms, cloudflareDns, dnsKeyOf, manualOf } from "../cloudflare/dns";
import { checkCaa } from "../dns/caaCheck";
import { lookUpRecords, manualSteps } from "../dns/manual";
import { declareWait } from "../dns/waitResource";
import { type DnsRecordSpec, type DnsWriter, isDnsWriter } from "../dns/writer";
import { checkEdgeArgs, checkWhenKnown, type Edge, fingerprint, type InUseArgs } from "../edge";
import { EdgeComponent } from "../edgeTypes";
import { HostLook, type LookOptions } from "../hostToday/look";
import { seenOr } from "../pulumi/after";
import { afterCheck, asksNobody } from "../pulumi/afterCheck";
import { withVendorKeys } from "../pulumi/configKey";
import { checkFastlyPackage } from "../pulumi/installed";
import { firstKnown } from "../pulumi/providerSetting";
import { type Transform, transformed } from "../pulumi/transform";
import { checkFastly } from "./api";
import { caaNames, type FastlyArgs, fastlyFields, fastlyProblems } from "./arguments";
import { warnOfRecipe } from "./recipe";
import { beforeHostMoves, challengeRecord, hostRecord, lowTtl, purposes } from "./records";
import { serviceArgs } from "./service";

/** The arguments of a {@link FastlyEdge}. */
export interface FastlyEdgeArgs extends FastlyArgs, LookOptions, InUseArgs {
    /** The tracking hostname. */
    hostname: string;
    /**
     * The SparkPost host behind it.
     *
     * @default "spgo.io"
     */
    endpoint?: string;
    /**
     * The apps that open links of the hostname. The service answers with the files that phones ask for.
     *
     * @default none
     */
    appLinks?: AppLinks;
    /** Adjusts the arguments and options of each child. */
    transform?: FastlyEdgeTransforms;
}

/** Adjusts the edge's children. */
export interface FastlyEdgeTransforms extends CloudflareDnsTransforms {
    service?: Transform<ServiceVclArgs>;
    subscription?: Transform<TlsSubscriptionArgs>;
    challengeWait?: Transform<CommandArgs>;
}

/**
 * A tracking hostname behind Fastly.
 *
 *     service (active)  →  certificate ordered  →  _acme-challenge record  →  issued  →  the hostname's own record
 *
 * So a hostname in use points to Fastly only once its certificate is there. If a person writes the records, the stack declares
 * none and doesn't wait for them: `dnsRecords` and `waitsFor` say what to add.
 *
 * The API token (`fastly:apiKey`, or `FASTLY_API_KEY`) needs the scope `global`, with TLS management.
 */
export class FastlyEdge extends EdgeComponent implements Edge {
    readonly kind = "fastly";
    readonly endpoint: string;
    readonly fingerprint: pulumi.Output<string>;
    readonly dependsOn: pulumi.Resource[];
    readonly dnsRecords: pulumi.Output<DnsRecordSpec[]>;
    readonly waitsFor?: pulumi.Output<string[]>;
    /** With `inUse`: the earliest time when links may become https (RFC 3339). `undefined` if nothing has to be waited for. */
    readonly secureNotBefore?: pulumi.Input<string | undefined>;
    /** The service; `undefined` with `serviceId`. */
    readonly service?: ServiceVcl;
    /** The certificate's subscription. */
    readonly subscription: TlsSubscription;

    constructor(name: string, given: FastlyEdgeArgs, opts: pulumi.ComponentResourceOptions = {}) {
        checkFastlyPackage();
        const shape = { ...fastlyFields, appLinks: appLinksField };
        const hostname = checkEdgeArgs(`FastlyEdge ${name}`, shape, given, fastlyProblems);
        const { endpoint = "spgo.io", dns } = given;
        const keys = { cloudflare: dnsKeyOf(dns), fastly: given.apiKeyConfig };
        super("fastly", name, hostname, withVendorKeys(opts, keys));
        const { preflight = new HostLook(this) } = given;
        const args = { ...given, hostname, endpoint, preflight };
        const manual = manualOf(dns);
        // For another hostname, each child is another resource: the old hostname must answer until the new one is verified.
        const order: Order = (...dependsOn) => ({ ...this.order(...dependsOn), replacementTrigger: hostname });
        // The hostname's record is protected, and depends on everything else, so protecting the record is enough. If the
        // stack writes no record, each child is protected.
        const supporting: Order = (...dependsOn) =>
            manual ? order(...dependsOn) : pulumi.mergeOptions(order(...dependsOn), { protect: false });

        // The checks begin once everything that they look at is declared.
        const own = asksNobody() ? undefined : Promise.resolve().then(() => this.check(args, service, subscription));
        const checks = pulumi.all([preflight.passed, own]);
        const service: Declared<ServiceVcl, ServiceVclArgs> | undefined =
            args.serviceId === undefined ? declareService(name, args, checks, supporting()) : undefined;
        this.service = service && this.step(service.resource);
        const served = service ? [service.resource] : [];
        if (service) {
            warnOfRecipe(hostname, service.args, this);
        }
        const subscription = declareSubscription(name, args, checks, supporting(...served));
        this.subscription = this.step(subscription.resource);
        const records = {
            challenge: challengeRecord(hostname, this.subscription),
            host: hostRecord(hostname, this.subscription),
        };
        this.dnsRecords = pulumi.all([records.challenge, records.host]);

        beginElsewhere(preflight, args, dns);
        if (manual) {
            const seen = lookUpRecords(this.dnsRecords, manual, args);
            this.waitsFor = pulumi
                .all([seen, this.subscription.state])
                .apply(([specs, state]) => manualSteps(hostname, specs, lowTtl, beforeHostMoves(hostname, state)));
            this.dependsOn = [...served, this.subscription];
        } else {
            const writer = isDnsWriter(dns) ? dns : cloudflareDns(args, dns.cloudflare ?? {}, this);
            this.dependsOn = [...served, ...this.declareRecords(name, args, writer, records, supporting, order)];
            this.secureNotBefore = writer.secureNotBefore?.();
        }

        this.endpoint = endpoint;
        this.fingerprint = pulumi
            .output({ service: service?.args, serviceId: args.serviceId, subscription: subscription.args })
            .apply(fingerprint);
        this.registerOutputs({ endpoint, dnsRecords: seenOr(this.dnsRecords, [], this) });
    }

    /** Declares the records, with the certificate between them. Returns what the probe must wait for. */
    private declareRecords(
        name: string,
        { hostname, certificateDeadline = defaultDeadline, transform = {}, resolver, nameServers }: FastlyEdgeArgs,
        writer: DnsWriter,
        { challenge, host }: Record<"challenge" | "host", pulumi.Output<DnsRecordSpec>>,
        supporting: Order,
        order: Order,
    ): pulumi.Resource[] {
        const { TlsSubscriptionValidation } =
            require("@pulumi/fastly/tlsSubscriptionValidation") as typeof import("@pulumi/fastly/tlsSubscriptionValidation");
        const challengeName = `_acme-challenge.${hostname}`;
        const proof = writer.createRecord(
            `${name}-acme`,
            { type: "CNAME", name: challengeName, value: challenge.value, ttl: lowTtl, purpose: purposes.challenge },
            supporting(this.subscription),
        );
        const visible = declareWait(
            `${name}-acme`,
            { name: challengeName, value: challenge.value, deadline: certificateDeadline, resolver, nameServers },
            supporting(proof),
            transform.challengeWait,
        );
        const issued = new TlsSubscriptionValidation(
            name,
            { subscriptionId: this.subscription.id },
            pulumi.mergeOptions(supporting(visible), { customTimeouts: { create: `${certificateDeadline}s` } }),
        );
        const record = writer.createRecord(
            name,
            { type: "CNAME", name: hostname, value: host.value, ttl: lowTtl, purpose: purposes.host },
            order(issued),
        );
        return [issued, record];
    }

    /** Checks, in an update, whether Fastly can issue the certificate: before anything is changed at Fastly. */
    private async check(
        { hostname, dns, resolver, nameServers }: FastlyEdgeArgs & { hostname: string },
        service: Declared<ServiceVcl, ServiceVclArgs> | undefined,
        subscription: Declared<TlsSubscription, TlsSubscriptionArgs>,
    ): Promise<void> {
        const { hasCertificate } = await checkFastly(
            {
                hostname,
                service: service && { resourceName: service.name, name: service.args.name },
                subscription: { resourceName: subscription.name, resource: subscription.resource },
                isProtected: manualOf(dns) !== undefined,
            },
            this,
        );
        const name = await firstKnown(subscription.args.certificateAuthority);
        const issuer = Object.entries(caaNames).find(([known]) => known === name)?.[1];
        // Without a known CAA name, only the authority itself can refuse.
        if (name !== undefined && issuer !== undefined) {
            const otherwise = "choose another `certificateAuthority`";
            const authority = { name, issuer, customer: "Fastly", method: "dns-01", otherwise } as const;
            await checkCaa({ hostname, authority, resolver, nameServers, hasCertificate }, this);
        }
    }
}

/** The options of a child that waits for these. */
type Order = (...dependsOn: pulumi.Resource[]) => pulumi.CustomResourceOptions;

/** A resource, with its name and arguments after the user's transform. */
interface Declared<Resource, Args> {
    resource: Resource;
    name: string;
    args: Args;
}

const defaultDeadline = 2_700;

/** Characters of a certificate's common name at most (RFC 5280, ub-common-name). A longer hostname is only in its list of names. */
const MAX_COMMON_NAME = 64;

function declareService(
    name: string,
    { hostname, endpoint = "", description = "SparkPost", cacheTtl = 10, appLinks, transform = {} }: FastlyEdgeArgs,
    checks: pulumi.Input<unknown>,
    opts: pulumi.CustomResourceOptions,
): Declared<ServiceVcl, ServiceVclArgs> {
    // Loaded here, like all of this SDK, so that a stack without Fastly doesn't load it.
    const { ServiceVcl } = require("@pulumi/fastly/serviceVcl") as typeof import("@pulumi/fastly/serviceVcl");
    const [serviceName, args, serviceOpts] = transformed<ServiceVclArgs>(
        transform.service,
        name,
        serviceArgs({
            hostname,
            endpoint,
            description: checkWhenKnown(`FastlyEdge ${name}`, "description", fastlyFields.description, description),
            cacheTtl: checkWhenKnown(`FastlyEdge ${name}`, "cacheTtl", fastlyFields.cacheTtl, cacheTtl),
            appLinks,
        }),
        opts,
    );
    const checked = { ...args, activate: afterCheck(args.activate ?? true, checks) };
    return { resource: new ServiceVcl(serviceName, checked, serviceOpts), name: serviceName, args };
}

function declareSubscription(
    name: string,
    { hostname, serviceId, certificateAuthority = "lets-encrypt", configurationId, transform = {} }: FastlyEdgeArgs,
    checks: pulumi.Input<unknown>,
    opts: pulumi.CustomResourceOptions,
): Declared<TlsSubscription, TlsSubscriptionArgs> {
    const { TlsSubscription } =
        require("@pulumi/fastly/tlsSubscription") as typeof import("@pulumi/fastly/tlsSubscription");
    const plain: TlsSubscriptionArgs = {
        certificateAuthority,
        domains: [hostname],
        ...(hostname.length <= MAX_COMMON_NAME && { commonName: hostname }),
        ...(configurationId !== undefined && { configurationId }),
        // Otherwise Fastly refuses to delete or change a subscription whose certificate is in use.
        forceDestroy: true,
        forceUpdate: true,
    };
    const [subscriptionName, args, subscriptionOpts] = transformed(transform.subscription, name, plain, opts);
    // Fastly needs the hostname on a service first: with a service of this program, the subscription waits for it too.
    const gated = args.commonName === undefined ? "domains" : "commonName";
    const known = pulumi.all([args[gated], serviceId ?? ""]).apply(([value]) => value);
    const checked = { ...args, [gated]: afterCheck(known, checks) };
    return { resource: new TlsSubscription(subscriptionName, checked, subscriptionOpts), name: subscriptionName, args };
}
