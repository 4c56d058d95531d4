// The switch of a tracking domain to its scheme, and SparkPost's verification, as one resource.
import type * as pulumi from "@pulumi/pulumi";
import { commonInputs, type SparkPostArgs } from "./arguments";
import { onceSeen, SparkPostResource } from "./resource";
import type { SeenDomain } from "./runtime/trackingDomainApi";

/** The arguments of a {@link Verification}. */
export interface VerificationArgs extends SparkPostArgs {
    /**
     * Whether links are https.
     *
     * @default true
     */
    secure?: boolean;
    /**
     * Stands for the edge. When it changes, SparkPost verifies again. Build it from the edge's arguments, not from an output
     * that previews don't know.
     */
    fingerprint?: pulumi.Input<string>;
    /**
     * How long to wait for SparkPost to verify the domain, in seconds.
     *
     * @default 3600; 300 where the scheme of a verified domain changes, because its links may not work meanwhile
     */
    deadline?: number;
    /**
     * The earliest time at which links in use may become https, RFC 3339. Until then resolvers may lead recipients to a
     * server without a certificate for the domain. A switch of a verified domain from http to https waits for this time, for
     * up to an hour. If it is later, the switch fails.
     *
     * @default at once
     */
    secureNotBefore?: pulumi.Input<string | undefined>;
    /**
     * The registration's output `wasInUse`. With `http`, a failed first switch goes back to http, also after an
     * interruption.
     *
     * @default the scheme that the switch reads when it begins
     */
    wasInUse?: pulumi.Input<"http" | "https" | "none" | undefined>;
    /**
     * The kind of edge, in a word of your own, such as `cloudflare`. When it changes, SparkPost verifies again, and
     * `movedFrom` and `movedAt` remember the move.
     *
     * @default none: no move is noticed
     */
    edge?: pulumi.Input<string>;
    /**
     * While true, this resource doesn't change the domain. Use it for a first `up` that comes before a manual step, such as
     * adding DNS records or delegating a zone. The first `up` with false switches and verifies. After that, true only
     * postpones other changes. But a move to another `edge` is an error then, because the `up` would delete the old edge.
     *
     * @default false
     */
    hold?: pulumi.Input<boolean>;
}

/**
 * Switches a tracking domain to its scheme and has SparkPost verify it, in one operation that undoes itself. If SparkPost
 * doesn't verify it in time, a domain that had http links gets them back, verified.
 *
 * Make it depend on the edge and on a probe of the edge, because SparkPost's check needs both. Deleting this resource
 * changes nothing at SparkPost. It refuses to be deleted while the domain is in use.
 */
export class Verification extends SparkPostResource<"Verification"> {
    declare readonly domain: pulumi.Output<string>;
    /** Whether links are https, as SparkPost last said. */
    declare readonly secure: pulumi.Output<boolean>;
    /**
     * True once SparkPost has verified the domain. False after a refresh that found the verification lost; the next `up`
     * verifies again. While held: as it was found.
     */
    declare readonly verified: pulumi.Output<boolean>;
    /** What SparkPost said last. */
    declare readonly seen: pulumi.Output<SeenDomain>;
    /** Set while nothing was done yet. */
    declare readonly hold: pulumi.Output<boolean | undefined>;
    /** The `edge` before the last move. */
    declare readonly movedFrom: pulumi.Output<string | undefined>;
    /** When SparkPost verified the domain after its last move, RFC 3339. */
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
