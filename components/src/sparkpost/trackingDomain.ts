// The registration of a tracking domain with SparkPost.
import * as pulumi from "@pulumi/pulumi";
import { commonInputs, type SparkPostArgs } from "./arguments";
import { SparkPostResource } from "./resource";

/** What a {@link TrackingDomain} is made of. */
export interface TrackingDomainArgs extends SparkPostArgs {
    /**
     * Takes over a domain that is registered already, without changing it, and leaves it there on destroy
     * (`retainOnDelete`). A domain that isn't registered yet is registered, and retained too.
     *
     * @default false: an existing domain is an error
     */
    adopt?: boolean;
    /**
     * Whether a new registration has https links. Only for what is registered now: an existing domain isn't changed by
     * it, and changing it changes nothing. The switch of a domain is a `sparkpost.Verification`'s.
     *
     * @default true
     */
    secure?: boolean;
    /**
     * With `adopt`: takes a domain over whose certificate SparkPost holds, for a `sparkpost.Certificate`. Changing it
     * changes nothing.
     *
     * @default false: such a domain is refused, because another edge in front of it would end its HTTPS
     */
    managedCertificate?: boolean;
}

/**
 * A tracking domain registered with SparkPost. It is created secure unless told otherwise: nobody uses an unverified
 * domain, and its links shall never have been http.
 *
 * A new name makes a new registration before the old one is deleted. The account and subaccount of a name can't change:
 * SparkPost can't move a domain. Deleting one breaks every link in mail already sent: consider `protect`.
 *
 * Source: SparkPost's tracking domains API. Errors name the call, the status and the remedy.
 */
export class TrackingDomain extends SparkPostResource<"TrackingDomain"> {
    declare readonly domain: pulumi.Output<string>;
    /** Whether it was registered before this stack took it over. */
    declare readonly adopted: pulumi.Output<boolean>;
    /**
     * The scheme of its links, `http` or `https`, if it was verified when this stack took it over, else `none`: what a first
     * switch that fails goes back to. It stays as it was then.
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
    /** Of a certificate that SparkPost manages: `unknown`, `unavailable`, `pending`, `failed`, `expired`, `valid`. */
    declare readonly tlsStatus: pulumi.Output<string | undefined>;
    /** When a certificate that SparkPost manages was issued, where the API says it. */
    declare readonly certificateIssuedAt: pulumi.Output<string | undefined>;
    /** When a certificate that SparkPost manages expires, where the API says it. */
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
