// What a user says about Fastly, and what can be wrong with it.
import type * as pulumi from "@pulumi/pulumi";
import * as z from "zod/mini";
import { type DnsArgs, dnsProblems, dnsShape } from "../cloudflare/dns";
import type { DnsWriter } from "../dns/writer";
import { below, type Problem } from "../pulumi/problems";
import { configKeyName, inputOr, inputThat, numberThat, seconds, text } from "../pulumi/shape";

/** Fastly in front of a tracking host: a service, a certificate, and the DNS records that both need. */
export interface FastlyArgs {
    /** Who writes the DNS records: Cloudflare, a person, or in a program a writer of your own. */
    dns: DnsArgs | DnsWriter;
    /**
     * A service that serves the host already, by its id. It isn't touched: only certificate and DNS are declared, and
     * its settings (backend with TLS, no host override, TTL) are yours.
     */
    serviceId?: pulumi.Input<string>;
    /**
     * The service's description.
     *
     * @default "SparkPost"
     */
    description?: pulumi.Input<string>;
    /**
     * Seconds that answers are cached, a whole number; 0 passes every request. SparkPost asks for 10: a mail gateway
     * fetches a link several times within seconds, but an hour would hide real repeat clicks.
     *
     * @default 10
     */
    cacheTtl?: pulumi.Input<number>;
    /**
     * Who issues the certificate. Another one replaces the certificate.
     *
     * @default "lets-encrypt"
     */
    certificateAuthority?: CertificateAuthority;
    /**
     * Seconds that proving the host to the authority may take.
     *
     * @default 2700
     */
    certificateDeadline?: number;
    /**
     * The TLS configuration whose addresses serve the host, by its id: for accounts with several.
     *
     * @default the account's own default
     */
    configurationId?: string;
    /**
     * Name of the configuration key that holds the API token, for another account than the default provider's: service
     * and certificate are made by a provider with that token.
     *
     * @default the provider of the options, which takes `fastly:apiKey` or the environment's `FASTLY_API_KEY`
     * @example "fastly:apiKeyShop"
     */
    apiKeyConfig?: string;
}

/** The certificate authorities of Fastly's TLS subscriptions, with the name that a CAA record allows each by. */
export const caaNames = {
    "lets-encrypt": "letsencrypt.org",
    certainly: "certainly.com",
    globalsign: "globalsign.com",
} as const;

/** A certificate authority of Fastly's TLS subscriptions. */
export type CertificateAuthority = keyof typeof caaNames;

const fastlyId = /^[0-9A-Za-z]{1,64}$/;

/** The fields under `fastly`, each checked by itself. */
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

/** What is wrong between these fields, and with serving `hostname` by them. Each field by itself must be right. */
export function fastlyProblems(hostname: string | undefined, args: FastlyArgs): Problem[] {
    const { dns, serviceId, description, cacheTtl } = args;
    const problems = below("dns", dnsProblems(hostname, dns));
    const ofService = Object.entries({ description, cacheTtl }).filter(([, value]) => value !== undefined);
    if (serviceId !== undefined && ofService.length > 0) {
        problems.push({
            field: ofService.map(([field]) => field).join(", "),
            message: "with `serviceId` the stack doesn't change the service; set this at Fastly instead",
        });
    }
    return problems;
}
