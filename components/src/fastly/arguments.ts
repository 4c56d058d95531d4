// The arguments under `fastly`, and the checks of them.
import type * as pulumi from "@pulumi/pulumi";
import * as z from "zod/mini";
import type { AppLinks } from "../appLinks";
import { type DnsArgs, dnsProblems, dnsShape } from "../cloudflare/dns";
import type { DnsWriter } from "../dns/writer";
import { below, type Problem } from "../pulumi/problems";
import { configKeyName, inputOr, inputThat, numberThat, seconds, text } from "../pulumi/shape";

/** Fastly in front of a tracking hostname: a service, a certificate, and the DNS records that both need. */
export interface FastlyArgs {
    /**
     * Who writes the DNS records: Cloudflare, a person, or in a program your own writer.
     *
     * @example { cloudflare: { zone: "example.com" } }
     */
    dns: DnsArgs | DnsWriter;
    /**
     * The id of your own service that already serves the hostname. The stack doesn't change it: it declares only certificate
     * and DNS. The service's settings (backend with TLS, no host override, TTL) are up to you.
     *
     * @default the stack makes a service
     */
    serviceId?: pulumi.Input<string>;
    /**
     * The service's description.
     *
     * @default "SparkPost"
     */
    description?: pulumi.Input<string>;
    /**
     * How long Fastly caches answers, in whole seconds; 0 caches nothing. SparkPost asks for 10: a mail gateway fetches a
     * link several times within seconds. A longer time would hide real repeated clicks.
     *
     * @default 10
     */
    cacheTtl?: pulumi.Input<number>;
    /**
     * Who issues the certificate: `lets-encrypt`, `certainly` or `globalsign`. A change replaces the certificate.
     *
     * @default "lets-encrypt"
     */
    certificateAuthority?: CertificateAuthority;
    /**
     * How long to wait for the challenge record and the certificate, in seconds.
     *
     * @default 2700
     */
    certificateDeadline?: number;
    /**
     * The id of the TLS configuration whose addresses serve the hostname. For accounts that have several.
     *
     * @default the account's default configuration
     */
    configurationId?: string;
    /**
     * The name of the configuration key that holds the API token. Use it for another account than the default provider's:
     * a provider with that token then makes service and certificate. It overrides a provider in the resource options.
     *
     * @default the provider's token: `fastly:apiKey`, or `FASTLY_API_KEY` in the environment
     * @example "fastly:apiKeyShop"
     */
    apiKeyConfig?: string;
}

/** The certificate authorities of Fastly's TLS subscriptions, each with the name that a CAA record allows it by. */
export const caaNames = {
    "lets-encrypt": "letsencrypt.org",
    certainly: "certainly.com",
    globalsign: "globalsign.com",
} as const;

/** A certificate authority of Fastly's TLS subscriptions. */
export type CertificateAuthority = keyof typeof caaNames;

const fastlyId = /^[0-9A-Za-z]{1,64}$/;

/** The schema of `fastly`: checks each field by itself. */
export const fastlyFields = {
    dns: z.optional(dnsShape),
    serviceId: z.optional(
        inputThat(
            (id) => fastlyId.test(id),
            "write the service's id, letters and digits, as its page in Fastly's UI shows it",
        ),
    ),
    description: z.optional(inputOr(text)),
    cacheTtl: z.optional(
        inputOr(
            numberThat(
                (number) => Number.isSafeInteger(number) && number >= 0,
                "write whole seconds, 0 or more; SparkPost asks for 10, and 0 caches nothing",
            ),
        ),
    ),
    certificateAuthority: z.optional(z.enum(Object.keys(caaNames))),
    certificateDeadline: z.optional(seconds()),
    configurationId: z.optional(
        z.string().check(
            z.regex(fastlyId, {
                error: "write the id of a TLS configuration, letters and digits, as Fastly's UI shows it",
            }),
        ),
    ),
    apiKeyConfig: configKeyName("fastly:apiKeyShop"),
};

/** What is wrong between these fields, and between them and the hostname. Each field by itself must be right. */
export function fastlyProblems(hostname: string | undefined, args: FastlyArgs & { appLinks?: AppLinks }): Problem[] {
    const { dns, serviceId, description, cacheTtl, appLinks } = args;
    const problems = below("dns", dnsProblems(hostname, dns));
    const ofService = Object.entries({ description, cacheTtl }).filter(([, value]) => value !== undefined);
    if (serviceId !== undefined && ofService.length > 0) {
        problems.push({
            field: ofService.map(([field]) => field).join(", "),
            message: "with `serviceId` the stack doesn't change the service; set this at Fastly instead",
        });
    }
    if (serviceId !== undefined && appLinks) {
        problems.push({
            field: "appLinks",
            message:
                "with `serviceId` the stack doesn't change the service; serve the files of app links there, and remove this. `doctor` checks them",
        });
    }
    return problems;
}
