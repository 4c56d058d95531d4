// The question whether SparkPost would hold a tracking domain's certificate, as a resource: asked once, before DNS changes.
import type * as pulumi from "@pulumi/pulumi";
import { commonInputs, type SparkPostArgs } from "./arguments";
import { SparkPostResource } from "./resource";

/** What an {@link Eligibility} is made of. */
export interface EligibilityArgs extends SparkPostArgs {
    /**
     * Takes a time without HTTPS for a domain that has it today through an edge of its own: first its DNS must lead to
     * SparkPost alone, and then SparkPost takes about 15 minutes to get a certificate. A domain without https links in
     * sent mail never needs it.
     *
     * @default false: such a domain is refused
     */
    acceptInterruption?: boolean;
}

/**
 * Asks SparkPost, once, whether it would hold the certificate of a registered tracking domain; an error if it wouldn't.
 * It changes nothing at SparkPost, now and on delete. Let what changes the host's DNS depend on it.
 *
 * Source: SparkPost's tracking domains API (`POST /tracking-domains/{domain}/certificate/check`). A domain whose
 * managed certificate is valid, or on its way while links are http, is eligible without that call.
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
