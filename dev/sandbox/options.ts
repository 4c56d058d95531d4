/**
 * What a sandbox can be told: how its accounts and zones look at the start (`SandboxOptions`), how it reads what the
 * vendors left open (`Assumed`), and what goes wrong in it (`Faults`, which may change at any time).
 */
import type { SendingDomainOptions } from "./apis/sendingDomains.ts";

export type Region = "us" | "eu";
export type Grant =
    | "tracking_domains/view"
    | "tracking_domains/manage"
    | "sending_domains/view"
    | "sending_domains/manage";
export type SslMode = "off" | "flexible" | "full" | "strict";
export type Permission =
    | "Zone Read"
    | "Zone Write"
    | "DNS Write"
    | "Page Rules Write"
    | "Dynamic URL Redirects Read"
    | "SSL and Certificates Read"
    | "Zone Settings Read"
    | "Bot Management Read"
    | "Rulesets Read"
    | "Workers Routes Write"
    | "Workers Scripts Write"
    | "Zone Settings Write";
/** Record types that zones of the sandbox serve. */
export type RecordType = "A" | "AAAA" | "CAA" | "CNAME" | "MX" | "TXT";

/** docs: "3 free, 20 Pro, 50 Business, 125 Enterprise". */
export const FREE_PAGE_RULES = 3;

export interface SandboxOptions {
    /** Cloudflare zones. Default: one active zone, `example.com`. */
    zones?: ZoneOptions[];
    /** Zones at another DNS vendor, see `sandbox.dns`. Default: none. */
    otherZones?: OtherZoneOptions[];
    /** API keys of SparkPost, beside the full-grant one that each region has. */
    keys?: KeyOptions[];
    /** Whose Cloudflare token it is and what it may do. Default: a user's, with every permission. */
    cloudflareToken?: { kind: "user" | "account"; permissions?: Permission[] };
    /** What Fastly's key may do beside services. Default: TLS management too. */
    fastlyToken?: { tls: boolean };
    /** Ids of the TLS configurations of a customer who has own ones and no default one. Default: the one that all have. */
    fastlyConfigurations?: string[];
    /** Tracking domains that an account may have. Default: no limit. docs: 5 (Starter), 25 (Premier). */
    planLimit?: number;
    /** Names that SparkPost refuses as blacklisted. */
    blacklisted?: string[];
    /** Names that SparkPost registers and then blocks: `compliance_status: blocked`. */
    blocked?: string[];
    /** Sending domains that both accounts have; a name alone is the primary account's. Default: `["example.com"]`. */
    sendingDomains?: SendingDomainOptions[];
    /**
     * Whether SparkPost holds certificates: for any domain (default), for none (`ineligible`: the check answers no), not for
     * this account (403), or its look times out (503).
     */
    managedCertificates?: "eligible" | "ineligible" | "forbidden" | "unavailable";
    /** Page rules that a zone may have. Default {@link FREE_PAGE_RULES}. */
    pageRuleQuota?: number;
    /** Resolvers and Fastly's edge keep answers for their TTL times this, so that a test needn't wait half an hour. Default 1. */
    ttlScale?: number;
    /**
     * How many seconds before its time a record of Cloudflare's says that it was made or changed, so that a test need not
     * wait until an old answer is forgotten. Default 0.
     */
    modifiedAgo?: number;
    /** How to read what the vendors left open. */
    assumed?: Partial<Assumed>;
    /** What goes wrong from the start. */
    faults?: Partial<Faults>;
}

export interface ZoneOptions {
    name: string;
    /** Default `active`; only an active zone's names are delegated to Cloudflare. */
    status?: "active" | "pending" | "initializing" | "moved";
    /** Default `full`. The names of a `partial` zone stay with another DNS vendor. */
    type?: "full" | "partial";
    /** Default `full`. */
    ssl?: SslMode;
    /** Whether Cloudflare chooses the mode ("Automatic SSL/TLS"). docs: the default of new zones; here `custom`. */
    sslAutomatic?: "auto" | "custom";
    /** What the API answers about Bot Management. Default: no bot is refused. The sandbox's edge ignores it. */
    bots?: Record<string, unknown>;
    /** Rules by phase, besides redirect rules. They can only be read: the sandbox's edge ignores them. Default: none. */
    rules?: Record<string, { description?: string; expression: string; action: string; enabled?: boolean }[]>;
    /** RFC 3339. Default: long ago. */
    activatedOn?: string;
    nameServers?: string[];
    /** Whether Universal SSL has issued the zone's certificate, or ever will. Default true. */
    certificate?: boolean;
    /** The Cloudflare account it belongs to, 32 hexadecimal digits. */
    accountId?: string;
}

export interface OtherZoneOptions {
    name: string;
    records?: OtherRecord[];
}

/** A record set: everything that a name has of one type. */
export interface OtherRecord {
    name: string;
    type: RecordType;
    /** Seconds. Default 300. */
    ttl?: number;
    /** As in a zone file: `spgo.io`, `0 issue "letsencrypt.org"`, `10 mail.example.com`. */
    value: string | string[];
}

export interface KeyOptions {
    key: string;
    /** Default `us`. */
    region?: Region;
    /** Default: all of them. */
    grants?: Grant[];
    /** A subaccount's own key. Whatever header is sent, it sees and makes only that subaccount's domains. */
    subaccount?: number;
}

/** Behaviour that no vendor documents. The defaults are the less convenient readings; tests run both. */
export interface Assumed {
    /** What the tracker answers for a host that is registered and not verified: as for a verified one, or a 404. */
    unverifiedHost: "served" | "refused";
    /**
     * Whether the tracker takes a click that names no recipient, `/f/a/b/c/<16 hexadecimal digits>`, as it takes the smoke
     * test, or knows no such path.
     */
    inventedClick: "served" | "unknown";
    /** Whether a PUT that changes `secure` takes the verification away. */
    putSecureResetsVerified: boolean;
    /** Whether a domain that was verified stays so when SparkPost's next check fails. */
    failedVerifyKeepsVerified: boolean;
    /** Whether SparkPost's verification reports another server's answer as "not verified" or as a failed request. */
    strangerAnswer: "no" | "failure";
    /** Whether the grant to manage tracking domains lets a key read them. */
    manageIncludesView: boolean;
    /** What a list without a subaccount header has: all domains, or only the primary account's. */
    primaryList: "all" | "own";
    /** Whose domains a call without a subaccount header reads, changes and deletes by name. */
    primaryReach: "all" | "own";
    /**
     * Whether the check for a managed certificate looks at the account alone, or wants a verified host at a v2 endpoint
     * already. A convenient default: with the other, nobody could ask before the host's DNS changes.
     */
    certificateCheck: "account" | "host";
    /** Whether a domain that gets its managed certificate, and https links with it, has to be verified again. */
    certificateResetsVerified: boolean;
    /**
     * Whether the tracker sends a click to the `target` of its query, whatever its path is, or answers as on the smoke test.
     * Convenient: only then can a look from outside tell that an edge drops the query.
     */
    clickTarget: "honoured" | "ignored";
    /** Which of the two headers names the tracking domain when both name one. */
    forwardedHost: "wins" | "loses";
    /** How a handshake ends for a host without a certificate: with an alert that says so, or with a reset. */
    missingCertificate: "alert" | "reset";
    /** Whether SSL mode `strict` accepts the endpoint's certificate, which is for the target and not the host. */
    strictOrigin: "accepted" | "refused";
    /**
     * Whether Browser Integrity Check challenges a request without a user agent. A convenient default: with the other,
     * the vendor's own recipe (proxy, no page rule) would turn mail scanners away.
     */
    noUserAgent: "passed" | "challenged";
    /**
     * Whether Cloudflare takes a CNAME at a name that has MX or TXT records, and such records at a name that has a CNAME.
     * Reports say so (dnscontrol 850, cloudflare-docs 30376), and that mail goes astray where the CNAME is DNS only.
     */
    cnameBesideMail: "accepted" | "refused";
    /** Whether SparkPost deletes a tracking domain that a sending domain is linked to, or tells of a conflict. */
    deletionInUse: "refused" | "deleted";
    /**
     * When Fastly tells that a domain is on another active service: docs name "if you try to create a domain", and that
     * one "may" get the error; activating is the last moment.
     */
    takenDomain: "creation" | "activation";
}

export const ASSUMED: Assumed = {
    unverifiedHost: "refused",
    inventedClick: "served",
    putSecureResetsVerified: true,
    failedVerifyKeepsVerified: false,
    strangerAnswer: "no",
    manageIncludesView: false,
    primaryList: "all",
    primaryReach: "all",
    certificateCheck: "account",
    certificateResetsVerified: true,
    clickTarget: "honoured",
    forwardedHost: "loses",
    missingCertificate: "alert",
    strictOrigin: "refused",
    noUserAgent: "passed",
    cnameBesideMail: "accepted",
    deletionInUse: "refused",
    takenDomain: "activation",
};

/** An API call that goes wrong. */
export interface ApiFault {
    method?: string;
    /** Tested against the whole path, `/us/api/v1/tracking-domains/track.example.com`. */
    path?: RegExp;
    /** 0 resets the connection. Default: the call takes effect and is answered as ever, by `transport`. */
    status?: number;
    /** Default: the vendor's error shape. A string goes out as it is, not JSON. */
    body?: unknown;
    /** Further headers, `content-type` too. */
    headers?: Record<string, string>;
    /**
     * How the answer arrives: not at all, cut off in the middle, or a byte each 50 ms and blanks for ever after. Default: whole.
     */
    transport?: "hang" | "truncated" | "trickle";
    /** Seconds, sent as `Retry-After`. */
    retryAfter?: number;
    /** How many times; counted down. */
    times: number;
    /** The call takes effect, and only then is answered like this. */
    applied?: boolean;
}

/** What goes wrong, or late. Times in milliseconds. Unless said otherwise nothing does. */
export interface Faults {
    /** From a change of a record until the authoritative servers and Cloudflare's edge know it. */
    nameDelay: number;
    /** From a host's first record to its certificate at Cloudflare's edge. */
    certificateDelay: number;
    /** From the proof of a Fastly subscription to its certificate at Fastly's edge. */
    fastlyCertificateDelay: number;
    /** Subscriptions of Fastly that aren't issued yet turn to `failed`. */
    fastlySubscriptionFails: boolean;
    /** So many verifications are answered `verified: false` without a look; counted down. */
    verifyNo: number;
    verifyNever: boolean;
    /** Verifications are answered with this error. */
    verifyStatus?: number;
    /** From the order of a managed certificate to the certificate, or to its failure. */
    managedCertificateDelay: number;
    /** Orders of managed certificates end with `tls_status: failed`. */
    managedCertificateFails: boolean;
    sparkpost: ApiFault[];
    cloudflare: ApiFault[];
    fastly: ApiFault[];
    /** SparkPost calls in any second, per region; more get 429. */
    rateLimit?: number;
    /** Nothing listens behind the endpoint. */
    originDown: boolean;
    /** Some web server that isn't the tracker answers behind the edge. */
    strangerOrigin: boolean;
    /** The tracker's own 403 for "excessive requests". */
    trackerForbidden: boolean;
    /** Every request gets the edge's challenge: 403 with `cf-mitigated: challenge`. */
    edgeChallenge: boolean;
    /**
     * A redirect rule before all others of every zone sends every request here. One for a host, and one that keeps the
     * path: `sandbox.cloudflare.seedRedirectRule`.
     */
    edgeRedirect?: string;
    /** What every edge answers to everything: a bad gateway, a login's redirect, 101. */
    edgeAnswer?: { status: number; headers?: Record<string, string>; body?: string };
    /** What every edge answers by itself to these paths. */
    edgeFiles?: Record<string, { status: number; headers?: Record<string, string>; body?: string }>;
    /** Every edge turns clients without a user agent away: 403. */
    edgeWantsUserAgent: boolean;
    /** Every edge hands requests on without their query. */
    edgeDropsQuery: boolean;
    /**
     * Every edge keeps what the tracker answers for so long, and tells its `Age`. `withoutQuery`: whatever the query is, as by
     * the vendor's guide for CloudFront.
     */
    edgeKeeps?: { seconds: number; withoutQuery?: boolean };
    /** The zone's "Always Use HTTPS". */
    httpsRedirect: boolean;
    /** The edge's certificate has expired, names another host, or comes from an authority nobody trusts. */
    expiredCertificate: boolean;
    wrongCertificate: boolean;
    unknownIssuer: boolean;
    /** The edge's certificate is fine, and that of the authority between it and the root has expired. */
    expiredIntermediate: boolean;
    /** The edge's certificate is of an intermediate authority, whose certificate the edge doesn't send. */
    missingIntermediate: boolean;
    /** The edge's certificate has an RSA key of 1024 bits. */
    smallKey: boolean;
    /** The edge's certificate, which is for 91 days, ends in 5. */
    certificateNearlyOver: boolean;
    /** DNSSEC is broken: resolvers answer SERVFAIL, unless they are asked not to check. */
    signaturesDontFit: boolean;
    /** Resolvers get no answer of IPv6 addresses: SERVFAIL. */
    ipv6QuestionsFail: boolean;
}

/** A world in which nothing goes wrong. */
export function noFaults(): Faults {
    return {
        nameDelay: 0,
        certificateDelay: 0,
        fastlyCertificateDelay: 0,
        fastlySubscriptionFails: false,
        verifyNo: 0,
        verifyNever: false,
        managedCertificateDelay: 0,
        managedCertificateFails: false,
        sparkpost: [],
        cloudflare: [],
        fastly: [],
        originDown: false,
        strangerOrigin: false,
        trackerForbidden: false,
        edgeChallenge: false,
        edgeWantsUserAgent: false,
        edgeDropsQuery: false,
        httpsRedirect: false,
        expiredCertificate: false,
        wrongCertificate: false,
        unknownIssuer: false,
        expiredIntermediate: false,
        missingIntermediate: false,
        smallKey: false,
        certificateNearlyOver: false,
        signaturesDontFit: false,
        ipv6QuestionsFail: false,
    };
}
