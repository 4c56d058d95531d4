// A tracking domain with a certificate that SparkPost gets and holds itself, as one resource.
import type * as pulumi from "@pulumi/pulumi";
import { commonInputs, type SparkPostArgs } from "./arguments";
import { onceSeen, SparkPostResource } from "./resource";
import type { SeenDomain } from "./runtime/trackingDomainApi";

/** The arguments of a {@link Certificate}. */
export interface CertificateArgs extends SparkPostArgs {
    /**
     * Stands for the host's DNS. When it changes, the domain is checked again. Build it from arguments, not from an output
     * that previews don't know.
     */
    fingerprint?: pulumi.Input<string>;
    /**
     * How long to wait for the certificate after its order, in seconds. It usually takes 15 minutes.
     *
     * @default 3600
     */
    deadline?: number;
    /**
     * How long to wait for SparkPost to verify the domain, and then to accept the order, in seconds.
     *
     * @default 3600 for each of the two
     */
    verificationDeadline?: number;
    /**
     * The earliest time at which links in use may become https, RFC 3339. Until then resolvers may lead recipients to a
     * server without a certificate for the domain. The order for a domain verified over http waits for this time, for up to
     * an hour. If it is later, the order fails.
     *
     * @default at once
     */
    secureNotBefore?: pulumi.Input<string | undefined>;
    /**
     * While true, this resource doesn't change the domain. Use it for a first `up` that comes before a manual step, such as
     * adding the DNS record. The first `up` with false verifies the domain and orders the certificate. After that, true only
     * postpones other changes.
     *
     * @default false
     */
    hold?: pulumi.Input<boolean>;
}

/**
 * Has SparkPost verify a tracking domain over http, get a certificate for it, and make its links https.
 *
 * The host must be a plain CNAME to the account's v2 endpoint (`v2.spgo.io`, `eu.v2.spgo.io`), without a CDN. Make this
 * resource depend on that record. Until there is a certificate, links are http, also those of a domain that had https
 * through a CDN. After a failure, a domain that was verified over http stays so, and the next `up` continues. Deleting this
 * resource changes nothing at SparkPost, which has no call for that.
 *
 * Source: SparkPost's tracking domains API (`POST /tracking-domains/{domain}/certificate/enable`). Errors name the call,
 * the status and the remedy.
 */
export class Certificate extends SparkPostResource<"Certificate"> {
    declare readonly domain: pulumi.Output<string>;
    /**
     * Whether SparkPost has verified the domain. A refresh may find it false.
     */
    declare readonly verified: pulumi.Output<boolean>;
    /** Whether links are https. */
    declare readonly secure: pulumi.Output<boolean>;
    /** `unknown`, `unavailable`, `pending`, `failed`, `expired`, `valid`. */
    declare readonly tlsStatus: pulumi.Output<string>;
    /** When the certificate was issued, if the API says it. */
    declare readonly certificateIssuedAt: pulumi.Output<string | undefined>;
    /** When the certificate expires, if the API says it. SparkPost renews it. */
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
