// A tracking domain with a certificate that SparkPost gets and holds itself, as one resource.
import type * as pulumi from "@pulumi/pulumi";
import { commonInputs, type SparkPostArgs } from "./arguments";
import { onceSeen, SparkPostResource } from "./resource";
import type { SeenDomain } from "./runtime/trackingDomainApi";

/** What a {@link Certificate} is made of. */
export interface CertificateArgs extends SparkPostArgs {
    /**
     * Stands for the host's DNS: when it changes, the domain is looked at again. Take what determines it (arguments), not
     * an output that previews don't know.
     */
    fingerprint?: pulumi.Input<string>;
    /**
     * Seconds until SparkPost must have the certificate, from its order on. Usually 15 minutes.
     *
     * @default 3600
     */
    deadline?: number;
    /**
     * Seconds until SparkPost must have verified the domain, and until it must take the order.
     *
     * @default 3600 each
     */
    verificationDeadline?: number;
    /**
     * When links in use may become https at the earliest, RFC 3339: until then resolvers may lead recipients to where
     * nothing has a certificate for the domain. The certificate of a domain that is verified over http isn't ordered
     * before; more than an hour before, that is an error.
     *
     * @default at once
     */
    secureNotBefore?: pulumi.Input<string | undefined>;
    /**
     * While true nothing is asked that changes the domain: for a first `up` after which a person has to do something,
     * such as adding the DNS record by hand. The `up` that finds it false verifies the domain and orders the
     * certificate. Once that has happened, true takes nothing back; it only puts off what else has changed.
     *
     * @default false
     */
    hold?: pulumi.Input<boolean>;
}

/**
 * Has SparkPost verify a tracking domain over http, get a certificate for it, and make its links https.
 *
 * The host must be a plain CNAME to the account's v2 endpoint (`v2.spgo.io`, `eu.v2.spgo.io`), without a CDN in between:
 * let it depend on that record. Until the certificate is there links are http, also those of a domain that had https
 * through a CDN. A failure leaves a domain that was verified over http verified over http, and the next `up` goes on
 * where it stopped. Deleting this resource changes nothing at SparkPost, which has no call for it.
 *
 * Source: SparkPost's tracking domains API (`POST /tracking-domains/{domain}/certificate/enable`). Errors name the call,
 * the status and the remedy.
 */
export class Certificate extends SparkPostResource<"Certificate"> {
    declare readonly domain: pulumi.Output<string>;
    /**
     * True, like `secure`, and `tlsStatus` is `valid`, once SparkPost has said so; otherwise after a refresh that found it
     * so, or while held.
     */
    declare readonly verified: pulumi.Output<boolean>;
    /** Whether links are https. */
    declare readonly secure: pulumi.Output<boolean>;
    /** `unknown`, `unavailable`, `pending`, `failed`, `expired`, `valid`. */
    declare readonly tlsStatus: pulumi.Output<string>;
    /** When the certificate was issued, where the API says it. */
    declare readonly certificateIssuedAt: pulumi.Output<string | undefined>;
    /** When the certificate expires, where the API says it; SparkPost renews it. */
    declare readonly certificateExpiresAt: pulumi.Output<string | undefined>;
    /** What SparkPost said last. */
    declare readonly seen: pulumi.Output<SeenDomain>;
    /** Set while nothing was done yet. */
    declare readonly hold: pulumi.Output<boolean | undefined>;

    constructor(name: string, args: CertificateArgs, opts?: pulumi.CustomResourceOptions) {
        super(
            "Certificate",
            name,
            {
                ...commonInputs(`Certificate ${name}`, args),
                fingerprint: args.fingerprint ?? "",
                deadline: args.deadline ?? 3_600,
                verificationDeadline: args.verificationDeadline ?? 3_600,
                secureNotBefore: args.secureNotBefore,
                verified: true,
                secure: true,
                tlsStatus: "valid",
                hold: args.hold,
            },
            { seen: undefined, certificateIssuedAt: undefined, certificateExpiresAt: undefined },
            opts,
        );
        this.secure = onceSeen(this.secure, this.seen);
        this.verified = onceSeen(this.verified, this.seen);
        this.tlsStatus = onceSeen(this.tlsStatus, this.seen);
    }
}
