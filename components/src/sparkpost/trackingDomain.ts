// The registration of a tracking domain with SparkPost.
import * as pulumi from "@pulumi/pulumi";
import { commonInputs, type SparkPostArgs } from "./arguments";
import { SparkPostResource } from "./resource";

/** The arguments of a {@link TrackingDomain}. */
export interface TrackingDomainArgs extends SparkPostArgs {
    /**
     * Takes over a registered domain without changing it. Destroy leaves it there (`retainOnDelete`). A domain that isn't
     * registered yet is registered, and kept on destroy too.
     *
     * @default false: an already registered domain is an error
     */
    adopt?: boolean;
    /**
     * Whether a new registration has https links. It has no effect on a registered domain: use `sparkpost.Verification` to
     * switch that.
     *
     * @default true
     */
    secure?: boolean;
    /**
     * With `adopt`: takes over a domain whose certificate SparkPost holds, for a `sparkpost.Certificate`. A later change of
     * this argument has no effect.
     *
     * @default false: such a domain is refused, because another edge would interrupt its HTTPS
     */
    managedCertificate?: boolean;
}

/**
 * A tracking domain registered with SparkPost. A new one has https links, so that it never has http links. Nobody uses it
 * before it is verified.
 *
 * A changed name makes a new registration before the old one is deleted. The account and subaccount can't change, because
 * SparkPost can't move a domain. Deleting a domain breaks every link in sent mail: consider `protect`.
 *
 * Source: SparkPost's tracking domains API. Errors name the call, the status and the remedy.
 */
export class TrackingDomain extends SparkPostResource<"TrackingDomain"> {
    declare readonly domain: pulumi.Output<string>;
    /** Whether it was registered before this stack took it over. */
    declare readonly adopted: pulumi.Output<boolean>;
    /**
     * The scheme of its links when this stack took it over: `http` or `https` if it was verified then, else `none`. It never
     * changes. A failed first switch goes back to this scheme.
     */
    declare readonly wasInUse: pulumi.Output<"http" | "https" | "none">;
    /** Whether links are https. This and the outputs below are as of the last create or refresh. */
    declare readonly secure: pulumi.Output<boolean>;
    /** Whether it is the default of its account or subaccount. */
    declare readonly default: pulumi.Output<boolean>;
    /** Whether SparkPost has verified it. */
    declare readonly verified: pulumi.Output<boolean>;
    /** 80 or 443, derived from `secure` by SparkPost. */
    declare readonly port: pulumi.Output<number | undefined>;
    /** `pending`, `valid` or `blocked`. */
    declare readonly complianceStatus: pulumi.Output<string | undefined>;
    /** The state of SparkPost's certificate: `unknown`, `unavailable`, `pending`, `failed`, `expired`, `valid`. */
    declare readonly tlsStatus: pulumi.Output<string | undefined>;
    /** When SparkPost's certificate was issued, if the API says it. */
    declare readonly certificateIssuedAt: pulumi.Output<string | undefined>;
    /** When SparkPost's certificate expires, if the API says it. */
    declare readonly certificateExpiresAt: pulumi.Output<string | undefined>;

    constructor(name: string, args: TrackingDomainArgs, opts?: pulumi.CustomResourceOptions) {
        const { adopt = false } = args;
        super(
            "TrackingDomain",
            name,
            {
                ...commonInputs(`TrackingDomain ${name}`, args),
                adopt,
                secure: args.secure,
                managedCertificate: args.managedCertificate,
            },
            {
                adopted: undefined,
                wasInUse: undefined,
                default: undefined,
                verified: undefined,
                port: undefined,
                complianceStatus: undefined,
                tlsStatus: undefined,
                certificateIssuedAt: undefined,
                certificateExpiresAt: undefined,
                unconfirmed: undefined,
            },
            adopt ? pulumi.mergeOptions(opts, { retainOnDelete: true }) : opts,
        );
    }
}
