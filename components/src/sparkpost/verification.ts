// The switch of a tracking domain to its scheme, and SparkPost's verification, as one resource.
import type * as pulumi from "@pulumi/pulumi";
import { commonInputs, type SparkPostArgs } from "./arguments";
import { onceSeen, SparkPostResource } from "./resource";
import type { SeenDomain } from "./runtime/trackingDomainApi";

/** What a {@link Verification} is made of. */
export interface VerificationArgs extends SparkPostArgs {
    /**
     * Whether links are https.
     *
     * @default true
     */
    secure?: boolean;
    /**
     * Stands for the edge: when it changes, SparkPost verifies again. Take what determines the edge (its arguments),
     * not an output that previews don't know.
     */
    fingerprint?: pulumi.Input<string>;
    /**
     * How long to wait for SparkPost to verify the domain, in seconds.
     *
     * @default 3600; 300 where the scheme of a verified domain changes, because its links may not work meanwhile
     */
    deadline?: number;
    /**
     * When links in use may become https at the earliest, RFC 3339: until then resolvers may lead recipients to where
     * nothing has a certificate for the domain. It matters to the switch of a verified domain from http to https alone,
     * which waits for up to an hour and else fails.
     *
     * @default at once
     */
    secureNotBefore?: pulumi.Input<string | undefined>;
    /**
     * The registration's output of that name: with `http`, a first switch that fails goes back to it, also after an
     * interruption.
     *
     * @default what is read when the switch begins
     */
    wasInUse?: pulumi.Input<"http" | "https" | "none" | undefined>;
    /**
     * What terminates TLS for the domain, in a word of your own such as `cloudflare`. When it changes, SparkPost
     * verifies again, and `movedFrom` and `movedAt` remember the move.
     *
     * @default none, then no move is noticed
     */
    edge?: pulumi.Input<string>;
    /**
     * While true nothing is asked that changes the domain: for a first `up` after which a person has to do something,
     * such as adding DNS records by hand or delegating a zone. The `up` that finds it false switches and verifies. Once
     * that has happened, true takes nothing back; it only puts off what else has changed, but for a move to another
     * `edge`, which is an error: the old edge would be deleted at the end of that update.
     *
     * @default false
     */
    hold?: pulumi.Input<boolean>;
}

/**
 * Brings a tracking domain to its scheme and has SparkPost verify it, in one operation that undoes itself: if SparkPost
 * doesn't say yes in time, a domain that was insecure is insecure again, and verified again.
 *
 * Everything SparkPost's check goes through must be ready before: let it depend on the edge and on a probe of it.
 * Deleting this resource changes nothing at SparkPost; it refuses as long as SparkPost uses the domain.
 */
export class Verification extends SparkPostResource<"Verification"> {
    declare readonly domain: pulumi.Output<string>;
    /** Whether links are https: as SparkPost said last. */
    declare readonly secure: pulumi.Output<boolean>;
    /**
     * True once SparkPost has said so; false after a refresh that found the verification lost, which the next `up` mends.
     * While held: as it was found.
     */
    declare readonly verified: pulumi.Output<boolean>;
    /** What SparkPost said last. */
    declare readonly seen: pulumi.Output<SeenDomain>;
    /** Set while nothing was done yet. */
    declare readonly hold: pulumi.Output<boolean | undefined>;
    /** The `edge` that the domain was behind before its last move. */
    declare readonly movedFrom: pulumi.Output<string | undefined>;
    /** When SparkPost had verified the domain after its last move, RFC 3339. */
    declare readonly movedAt: pulumi.Output<string | undefined>;

    constructor(name: string, args: VerificationArgs, opts?: pulumi.CustomResourceOptions) {
        super(
            "Verification",
            name,
            {
                ...commonInputs(`Verification ${name}`, args),
                secure: args.secure ?? true,
                verified: true,
                fingerprint: args.fingerprint ?? "",
                deadline: args.deadline,
                secureNotBefore: args.secureNotBefore,
                wasInUse: args.wasInUse,
                edge: args.edge,
                hold: args.hold,
            },
            { seen: undefined, movedFrom: undefined, movedAt: undefined },
            opts,
        );
        this.secure = onceSeen(this.secure, this.seen);
        this.verified = onceSeen(this.verified, this.seen);
    }
}
