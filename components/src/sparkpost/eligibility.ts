// Whether SparkPost would hold a tracking domain's certificate, as a resource that asks once, before DNS changes.
import type * as pulumi from "@pulumi/pulumi";
import { commonInputs, type SparkPostArgs } from "./arguments";
import { SparkPostResource } from "./resource";

/** The arguments of an {@link Eligibility}. */
export interface EligibilityArgs extends SparkPostArgs {
    /**
     * Accepts a time without HTTPS for a domain that has HTTPS today through another edge. Its DNS must lead to SparkPost
     * first, and then SparkPost needs about 15 minutes to get a certificate. A domain without https links in sent mail
     * doesn't need this argument.
     *
     * @default false: such a domain is refused
     */
    acceptInterruption?: boolean;
}

/**
 * Asks SparkPost once whether it would hold the certificate of a registered tracking domain. It is an error if it wouldn't.
 * It changes nothing at SparkPost, also not on delete. Make what changes the host's DNS depend on it.
 *
 * Source: SparkPost's tracking domains API (`POST /tracking-domains/{domain}/certificate/check`). A domain whose
 * managed certificate is valid, or pending while links are http, is eligible without that call.
 */
export class Eligibility extends SparkPostResource<"Eligibility"> {
    declare readonly domain: pulumi.Output<string>;

    constructor(name: string, args: EligibilityArgs, opts?: pulumi.CustomResourceOptions) {
        super(
            "Eligibility",
            name,
            {
                ...commonInputs(`Eligibility ${name}`, args),
                acceptInterruption: args.acceptInterruption ?? false,
            },
            {},
            opts,
        );
    }
}
