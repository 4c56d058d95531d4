// What a user says about Fastly, and what can be wrong with it.
import type * as pulumi from "@pulumi/pulumi";
import { type DnsArgs, dnsProblems } from "../dns/arguments";
import type { DnsWriter } from "../dns/writer";
import { below, type Problem } from "../pulumi/problems";

/** Fastly in front of a tracking host: a service, a certificate, and the DNS records that both need. */
export interface FastlyArgs {
    /** Who writes the DNS records: Cloudflare, a person, or in a program a writer of your own. */
    dns: DnsArgs | DnsWriter;
    /**
     * A service that serves the host already, by its id. It isn't touched: only certificate and DNS are declared, and
     * its settings (backend with TLS, no host override, TTL) are yours.
     */
    serviceId?: pulumi.Input<string>;
    /** The service's description. Default `SparkPost`. */
    description?: string;
    /**
     * Seconds that answers are cached, a whole number; 0 passes every request. Default 10, which SparkPost asks for: a
     * mail gateway fetches a link several times within seconds, but an hour would hide real repeat clicks.
     */
    cacheTtl?: number;
    /** Who issues the certificate. Default `lets-encrypt`. Another one replaces the certificate. */
    certificateAuthority?: CertificateAuthority;
    /** Seconds that proving the host to the authority may take. Default 2,700. */
    certificateDeadline?: number;
}

/** The certificate authorities of Fastly's TLS subscriptions, with the name that a CAA record allows each by. */
export const caaNames = {
    "lets-encrypt": "letsencrypt.org",
    certainly: "certainly.com",
    globalsign: "globalsign.com",
} as const;

/** A certificate authority of Fastly's TLS subscriptions. */
export type CertificateAuthority = keyof typeof caaNames;

/** Everything that is wrong with serving `hostname` by these arguments. */
export function fastlyProblems(hostname: string | undefined, args: FastlyArgs): Problem[] {
    const { dns, serviceId, description, cacheTtl, certificateAuthority, certificateDeadline } = args;
    const problems = below("dns", dnsProblems(hostname, dns));
    if (certificateAuthority !== undefined && !Object.hasOwn(caaNames, certificateAuthority)) {
        problems.push({
            field: "certificateAuthority",
            value: certificateAuthority,
            message: `Fastly doesn't know it; write ${Object.keys(caaNames).join(", ")}`,
        });
    }
    if (cacheTtl !== undefined && !(Number.isInteger(cacheTtl) && cacheTtl >= 0)) {
        problems.push({
            field: "cacheTtl",
            value: cacheTtl,
            message: "write whole seconds from 0 up; 0 passes every request, and 10 is what SparkPost asks for",
        });
    }
    if (certificateDeadline !== undefined && !(certificateDeadline > 0 && certificateDeadline <= 604_800)) {
        problems.push({
            field: "certificateDeadline",
            value: certificateDeadline,
            message: "write seconds, more than 0 and at most 604800 (a week)",
        });
    }
    const ofService = Object.entries({ description, cacheTtl }).filter(([, value]) => value !== undefined);
    if (serviceId !== undefined && ofService.length > 0) {
        problems.push({
            field: ofService.map(([field]) => field).join(", "),
            message: "with `serviceId` the service is yours, and isn't touched: set this there",
        });
    }
    return problems;
}
