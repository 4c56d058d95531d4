// A SparkPost tracking domain behind HTTPS, proven. The order of the steps is what this component is for.
import type { CommandArgs } from "@pulumi/command/local/command";
import * as pulumi from "@pulumi/pulumi";
import { argumentProblems, claimProblems, type HttpsTrackingDomainArgs, vendorKeysOf } from "./arguments";
import { declareEdge, type EdgeTransforms } from "./declareEdge";
import type { DnsRecordSpec } from "./dns/writer";
import { checkHostname } from "./hostname";
import { HostLook } from "./hostToday/look";
import { checkHsts } from "./hstsCheck";
import { nextSteps, notes } from "./nextSteps";
import { type PostponedReport, type ProbeReport, parseReport } from "./probe/report";
import { declareProbe } from "./probe/resource";
import { after, asStep, seenOr } from "./pulumi/after";
import { afterLook, asksNobody } from "./pulumi/afterCheck";
import { checkVendorKeys } from "./pulumi/configKey";
import { withShortStackTraces } from "./pulumi/stackTraces";
import { type Transform, transformed } from "./pulumi/transform";
import { refuse } from "./pulumi/userError";
import {
    DefaultDomain,
    type DefaultDomainArgs,
    type DomainLinkArgs,
    TrackingDomain,
    type TrackingDomainArgs,
    Verification,
    type VerificationArgs,
} from "./sparkpost";
import { hasDefault } from "./sparkpost/defaultDomain";
import { declareLinks } from "./sparkpost/domainLink";

/** Adjusts the component's children, for what the arguments don't offer. */
export interface HttpsTrackingDomainTransforms extends EdgeTransforms {
    registration?: Transform<TrackingDomainArgs>;
    probe?: Transform<CommandArgs>;
    verification?: Transform<VerificationArgs>;
    default?: Transform<DefaultDomainArgs>;
    /** For each of `sendingDomains`. */
    link?: Transform<DomainLinkArgs>;
}

/** The state of the domain after the last `up` or refresh. */
export interface TrackingDomainStatus {
    secure: boolean;
    verified: boolean;
    default: boolean;
    complianceStatus?: string;
    /** What the probe saw. Absent without a probe, and after an update in which it failed or was left out. */
    probe?: ProbeReport | PostponedReport;
}

/**
 * Puts a SparkPost tracking domain behind HTTPS and proves it with a real request.
 *
 *     registered  →  edge (DNS, CDN, certificate)  →  probe  →  secure + verified  →  default, links
 *
 * Every step waits for the one before it, so that a domain in use never serves a broken link. A destroy runs backwards.
 *
 * @example
 * const track = new HttpsTrackingDomain("track", {
 *     hostname: "track.example.com",
 *     cloudflare: { zone: "example.com" },
 *     default: true,
 * });
 * export const url = track.url;
 */
export class HttpsTrackingDomain extends pulumi.ComponentResource {
    /**
     * `https://<hostname>`, or http with `secure: false`, known once SparkPost has verified the domain. While a manual step
     * is left, it has the scheme of today's links. Absent after an update in which this domain failed or was left out.
     */
    readonly url: pulumi.Output<string>;
    /** The tracking host, in lower case and punycode. */
    readonly hostname: string;
    /** The SparkPost host behind the edge. */
    readonly endpoint: pulumi.Output<string>;
    /** Whether SparkPost has verified the domain. */
    readonly verified: pulumi.Output<boolean>;
    /** What SparkPost and the probe last said. */
    readonly status: pulumi.Output<TrackingDomainStatus>;
    /** The DNS records that the edge needs or has. */
    readonly dnsRecords: pulumi.Output<DnsRecordSpec[]>;
    /** What a person must do, one step each, in order. Empty when nothing is left. */
    readonly nextSteps: pulumi.Output<string[]>;
    /** What is good to know: what breaks links, what a move costs, what `pulumi destroy` leaves. */
    readonly notes: pulumi.Output<string[]>;

    constructor(
        name: string,
        args: HttpsTrackingDomainArgs & { transform?: HttpsTrackingDomainTransforms },
        opts?: pulumi.ComponentResourceOptions,
    ) {
        const { transform = {}, ...plain } = args;
        refuse(`HttpsTrackingDomain ${name}`, argumentProblems(plain));
        checkVendorKeys(vendorKeysOf(args));
        const { account, adopt = false, protect = true, secure = true } = args;
        const { hostname } = checkHostname(args.hostname);
        refuse(`HttpsTrackingDomain ${name}`, claimProblems(name, args));
        super("sparkpost-tracking:index:HttpsTrackingDomain", name, {}, opts);

        // What the host is today: known before anything is registered or changed.
        const preflight = new HostLook(this);
        const steps = preflight.during(() =>
            withShortStackTraces(() => this.declareSteps(name, { ...args, hostname }, transform, preflight)),
        );
        const { registration, edge, probed, verification, defaultDomain } = steps;
        const { movedFrom, movedAt, seen } = verification;
        // Only what SparkPost and the probe have said. What a failed or left-out step would give is absent or false.
        const isDefault = defaultDomain
            ? pulumi
                  .all([defaultDomain.domain, defaultDomain.hold])
                  .apply(([domain, hold]) => domain === hostname && !hold)
            : // The registration was read before another domain of this program took the default.
              registration.default.apply((wasDefault) => wasDefault === true && !hasDefault(args.account));
        const complianceStatus = pulumi
            .all([seen, registration.complianceStatus])
            .apply(([last, first]) => last?.complianceStatus ?? first);
        const isVerified = seenOr(verification.verified, false, this);
        const report = probed && seenOr(probed.stdout.apply(parseReport), undefined, this);

        this.hostname = hostname;
        this.endpoint = pulumi.output(edge.endpoint);
        this.verified = isVerified;
        this.url = seenOr<string | undefined>(
            verification.secure.apply((isSecure) => `${isSecure ? "https" : "http"}://${hostname}`),
            undefined,
            this,
        ) as pulumi.Output<string>;
        this.status = pulumi.output({
            secure: seenOr(verification.secure, false, this),
            verified: isVerified,
            default: seenOr(isDefault, false, this),
            complianceStatus: seenOr(complianceStatus, undefined, this),
            probe: report,
        });
        this.dnsRecords = seenOr(pulumi.output(edge.dnsRecords ?? []), [], this);
        const hasLinks = (args.sendingDomains ?? []).length > 0;
        const situation = pulumi
            .output({
                waitsFor: seenOr(pulumi.output(edge.waitsFor ?? []), [], this),
                stepsOfEdge: seenOr(pulumi.output(edge.nextSteps ?? []), [], this),
                warnings: pulumi.output(report).apply((seen) => (seen?.passed && seen.urgent ? seen.warnings : [])),
                notesOfEdge: seenOr(pulumi.output(edge.notes ?? []), [], this),
                movedFrom: seenOr(movedFrom, undefined, this),
                movedAt: seenOr(movedAt, undefined, this),
                isVerified,
            })
            .apply((known) => ({ hostname, account, secure, protect, adopt, hasLinks, kind: edge.kind, ...known }));
        this.nextSteps = situation.apply(nextSteps);
        this.notes = situation.apply(notes);
        const left = situation.apply(({ waitsFor, stepsOfEdge }) => [...waitsFor, ...stepsOfEdge]);
        tellSteps(hostname, left, this);
        warnOfLoss(report, this);
        this.registerOutputs({
            url: this.url,
            hostname,
            endpoint: this.endpoint,
            verified: this.verified,
            status: this.status,
            dnsRecords: this.dnsRecords,
            nextSteps: this.nextSteps,
            notes: this.notes,
        });
    }

    /** The steps, each waiting for the one before it. */
    private declareSteps(
        name: string,
        args: HttpsTrackingDomainArgs,
        transform: HttpsTrackingDomainTransforms,
        preflight: HostLook,
    ) {
        const { hostname, account, adopt = false, protect = true, secure = true, probe = {} } = args;
        const step = (...steps: pulumi.Resource[]): pulumi.CustomResourceOptions => ({
            parent: this,
            dependsOn: after(hostname, ...steps),
        });
        const kept = { protect, retainOnDelete: adopt };
        const { ignoreHsts = false } = args;
        const hsts = { hostname, secure, adopt, ignoreHsts, options: probe || {} };

        const registration = new TrackingDomain(
            ...transformed<TrackingDomainArgs>(
                transform.registration,
                name,
                {
                    domain: afterLook(checkHsts(hsts, this), preflight.passed),
                    account,
                    adopt,
                    ...(!secure && { secure }),
                    // SparkPost's own certificate comes after a verification over http.
                    ...(args.managed && { secure: false, managedCertificate: true }),
                },
                { ...step(), ...kept },
            ),
        );

        const edge = declareEdge(name, args, { preflight, transform }, { ...step(registration), ...kept });
        const fingerprint = edge.fingerprint ?? "";
        // While a manual step is left, the steps after the edge are declared, but do nothing.
        const hold = edge.waitsFor && pulumi.output(edge.waitsFor).apply((steps) => steps.length > 0);

        const atEdge = [registration, ...edge.dependsOn];
        const probed = probe
            ? declareProbe(
                  name,
                  {
                      hostname,
                      endpoint: edge.endpoint,
                      redirects: edge.redirects,
                      secure,
                      edge: edge.kind,
                      fingerprint,
                      hold,
                      wasOnScheme: adopt
                          ? registration.wasInUse.apply((scheme) => scheme === (secure ? "https" : "http"))
                          : undefined,
                      appLinks: args.appLinks,
                      options: probe,
                      transform: transform.probe,
                  },
                  step(...atEdge),
              )
            : undefined;

        const verification = new Verification(
            ...transformed(
                transform.verification,
                name,
                {
                    domain: hostname,
                    account,
                    secure,
                    fingerprint,
                    deadline: args.verification?.deadline,
                    wasInUse: adopt ? registration.wasInUse : undefined,
                    secureNotBefore: adopt ? edge.secureNotBefore : undefined,
                    edge: edge.kind ?? "own",
                    hold,
                },
                // Its deletion first checks whether the domain is in use. That matters only if the rest is deleted too.
                { ...step(...(probed ? [probed] : atEdge)), retainOnDelete: adopt },
            ),
        );

        const defaultDomain = args.default
            ? new DefaultDomain(
                  ...transformed(
                      transform.default,
                      name,
                      { domain: hostname, account, restorePrevious: args.restorePreviousDefault, hold },
                      { ...step(verification), ...kept },
                  ),
              )
            : undefined;

        const links = declareLinks(
            name,
            args.sendingDomains ?? [],
            { domain: hostname, account, hold },
            transform.link,
            step(verification),
        );

        // The last ones: nothing comes after them.
        for (const last of [verification, ...(defaultDomain ? [defaultDomain] : []), ...links]) {
            asStep(hostname, last);
        }
        return { registration, edge, probed, verification, defaultDomain };
    }
}

/** Shows in an update, on the component's row, what is left for a person to do: whole, unlike an output. */
function tellSteps(hostname: string, left: pulumi.Output<readonly string[]>, component: pulumi.Resource): void {
    if (asksNobody()) {
        return;
    }
    left.apply((steps) => {
        if (steps.length > 0) {
            const lines = steps.map((step, index) => `  ${index + 1}. ${step}`);
            void pulumi.log.info([`Left for you to do for ${hostname}:`, ...lines].join("\n"), component);
        }
    });
}

/** Warns in an update of what the probe has seen that loses clicks: what it printed isn't kept. */
function warnOfLoss(
    report: pulumi.Output<ProbeReport | PostponedReport | undefined> | undefined,
    component: pulumi.Resource,
): void {
    if (report && !asksNobody()) {
        report.apply((seen) => {
            if (seen?.passed && seen.urgent) {
                void pulumi.log.warn(seen.warnings.join("\n"), component);
            }
        });
    }
}
