// The arguments of HttpsTrackingDomain, as plain data: the same words in a program and in a stack's configuration.
import * as z from "zod/mini";
import { type AppLinks, appLinksField } from "./appLinks";
import { type CloudflareArgs, claimImports, cloudflareFields, cloudflareProblems } from "./cloudflare/arguments";
import { dnsKeyOf } from "./cloudflare/dns";
import { isDnsWriter } from "./dns/writer";
import { type Edge, loopProblems, ownEdge, trackingHost } from "./edge";
import { type FastlyArgs, fastlyFields, fastlyProblems } from "./fastly/arguments";
import { checkHostname } from "./hostname";
import { httpsOnlyTopLevel } from "./hsts";
import { type ManagedArgs, managedFields, managedProblems } from "./managed/arguments";
import { type ProbeOptions, probeFields } from "./probe/arguments";
import type { VendorKeys } from "./pulumi/configKey";
import { below, type Problem } from "./pulumi/problems";
import { type Claims, claimOnce } from "./pulumi/program";
import { fields, flag, problemsBy, seconds, text, unless } from "./pulumi/shape";
import {
    type AccountArgs,
    accountClashes,
    accountFields,
    describeScope,
    resolveAccount,
    scopeOf,
} from "./sparkpost/account";
import { sendingDomainsProblems } from "./sparkpost/domainLink";

/** A tracking domain behind HTTPS. Give exactly one of `cloudflare`, `fastly`, `managed` and `edge`. */
export interface HttpsTrackingDomainArgs {
    /**
     * The tracking host: a subdomain of your own domain.
     *
     * @example "track.example.com"
     */
    hostname: string;
    /**
     * The SparkPost account.
     *
     * @default the US service's primary account
     */
    account?: AccountArgs;
    /** Cloudflare as the edge: its proxy, or a redirect to the endpoint. */
    cloudflare?: CloudflareArgs;
    /** A Fastly service as the edge, with a certificate that Fastly manages. */
    fastly?: FastlyArgs;
    /** SparkPost's own certificate instead of a CDN, at one of its v2 endpoints. */
    managed?: ManagedArgs;
    /** Your own edge, which terminates TLS for the host and relays requests to the endpoint. */
    edge?: Edge;
    /**
     * The apps that open links of the host. With `cloudflare` and `fastly`, whose edges serve the files that phones ask for.
     *
     * @default none: links open in a browser
     * @example { apple: [{ appId: "ABCDE12345.com.example.app", paths: ["/f/open-in-app/*"] }] }
     */
    appLinks?: AppLinks;
    /**
     * Makes the domain the default of its account or subaccount, once it is verified.
     *
     * @default false: the account's current default is left alone
     */
    default?: boolean;
    /**
     * Gives the default back to the domain that had it before the first `up`, when this domain gives it up.
     *
     * @default false
     */
    restorePreviousDefault?: boolean;
    /**
     * Sending domains whose mail uses this host for its links, instead of the default. They must have the same account and
     * subaccount. They are linked once the host is verified. A sending domain that you remove from the list is unlinked, if
     * it still has this link. Its new mail then uses the default, and links in sent mail stay as they are.
     *
     * @default none
     * @example ["example.com", "news.example.com"]
     */
    sendingDomains?: string[];
    /**
     * Takes over an existing registration. It stays unchanged until the edge is proven. `pulumi destroy` keeps everything.
     *
     * @default false
     */
    adopt?: boolean;
    /**
     * Protects registration, DNS record and default from deletion, because links in sent mail need them.
     *
     * @default true
     */
    protect?: boolean;
    /**
     * Whether links are https. `false` brings the host back to http links, and undoes that if SparkPost doesn't verify it.
     * Keep https working as long as mail with https links matters. Since version 154 (October 2026) Chrome warns everybody
     * before it opens a public http page.
     *
     * @default true
     */
    secure?: boolean;
    /**
     * With `secure: false`: goes back to http even if browsers still open the host by https. They do that if a domain above
     * it sends HSTS for its subdomains, and below some top-level domains (`.dev`, `.app` and others). The rest of the
     * browsers' own list isn't checked.
     *
     * @default false: an `up` refuses http links there
     */
    ignoreHsts?: boolean;
    /**
     * How the edge is probed before SparkPost verifies the domain. `false` skips the probe.
     *
     * @default the probe with its own defaults
     * @example { deadline: 600, resolver: "https://cloudflare-dns.com/dns-query" }
     */
    probe?: ProbeOptions | false;
    /** The switch to https and SparkPost's verification. */
    verification?: VerificationOptions;
}

/** The switch to https and SparkPost's verification. */
export interface VerificationOptions {
    /**
     * How long to wait for SparkPost to verify the domain, in seconds. At most a week.
     *
     * @default 3600; 300 where the scheme of a verified domain changes, because its links may not work meanwhile
     */
    deadline?: number;
}

/** All fields, each checked by itself. Programs and configuration share this schema. */
const shape = fields({
    hostname: trackingHost,
    account: z.optional(accountFields),
    cloudflare: z.optional(fields(cloudflareFields)),
    fastly: z.optional(fields(fastlyFields)),
    managed: z.optional(fields(managedFields)),
    edge: z.optional(ownEdge),
    appLinks: appLinksField,
    default: flag,
    restorePreviousDefault: flag,
    sendingDomains: z.optional(z.array(text)),
    adopt: flag,
    protect: flag,
    secure: flag,
    ignoreHsts: flag,
    probe: z.optional(
        unless((probe) => probe === false, fields(probeFields, "write a set of fields, or false for no probe")),
    ),
    verification: z.optional(fields({ deadline: z.optional(seconds()) })),
});

/**
 * Claims what only one entry can have: the hostname, because a host has one endpoint and one record, and what is taken over
 * at Cloudflare.
 *
 * @param owner  Its resources' name, or its place in the list.
 * @param claims Default: those of the program that is running.
 */
export function claimProblems(owner: string, args: HttpsTrackingDomainArgs, claims?: Claims): Problem[] {
    const { hostname } = checkHostname(args.hostname);
    const { api } = resolveAccount(args.account);
    const problems: Problem[] = [];
    const twin = claimOnce(`host ${hostname}`, owner, claims);
    const isSameAccount = claimOnce(`host ${hostname} of ${scopeOf(api)}`, owner, claims) !== undefined;
    if (twin !== undefined) {
        const message = isSameAccount
            ? `${twin} already has this hostname; remove one of the two`
            : `${twin} already has this hostname, in another account than ${describeScope(api)}. A hostname has one endpoint, so give each account its own hostname`;
        problems.push({ field: "hostname", value: args.hostname, message });
    }
    const { cloudflare, fastly, managed } = args;
    const dns = (fastly ?? managed)?.dns;
    const ofDns = dns && !isDnsWriter(dns) ? dns.cloudflare?.import : undefined;
    return [
        ...problems,
        ...below("cloudflare", claimImports(owner, cloudflare?.import, claims)),
        ...below(`${fastly ? "fastly" : "managed"}.dns.cloudflare`, claimImports(owner, ofDns, claims)),
    ];
}

/** Everything that is wrong with one entry, without asking anybody. */
export function argumentProblems(args: unknown): Problem[] {
    return problemsBy<HttpsTrackingDomainArgs>(shape, args, clashes);
}

/** The names of the configuration keys with the API keys of an entry's vendors. */
export function vendorKeysOf({ cloudflare, fastly, managed }: HttpsTrackingDomainArgs): VendorKeys {
    const dns = (fastly ?? managed)?.dns;
    return {
        cloudflare: cloudflare?.apiTokenConfig ?? (dns && dnsKeyOf(dns)),
        fastly: fastly?.apiKeyConfig,
    };
}

/** What is wrong between the fields. */
function clashes(args: HttpsTrackingDomainArgs): Problem[] {
    const { account, cloudflare, fastly, managed, edge, appLinks } = args;
    const valid = args.hostname === undefined ? undefined : checkHostname(args.hostname).hostname;
    const problems: Problem[] = below("account", accountClashes(account));
    const ways = Object.entries({ cloudflare, fastly, managed, edge }).filter(([, way]) => way !== undefined);
    if (ways.length !== 1) {
        problems.push({
            field: ways.map(([way]) => way).join(", ") || "cloudflare, fastly, managed",
            message:
                "give exactly one edge: `cloudflare: { zone: example.com }`, `fastly`, `managed`, or in a program an `edge` of your own",
        });
    }
    if (cloudflare) {
        problems.push(...belowWay("cloudflare", cloudflareProblems(valid, { ...cloudflare, appLinks })));
    }
    if (fastly) {
        problems.push(...belowWay("fastly", fastlyProblems(valid, { ...fastly, appLinks })));
    }
    if (managed) {
        problems.push(...below("managed", managedProblems(valid, managed, account)));
    }
    if (appLinks && (managed || edge)) {
        problems.push({ field: "appLinks", message: managed ? WITHOUT_FILES.managed : WITHOUT_FILES.edge });
    }
    problems.push(
        ...(edge ? loopProblems(valid ?? "", edge.endpoint, "edge.endpoint") : endpointProblems(valid ?? "", args)),
    );
    if (args.restorePreviousDefault && !args.default) {
        problems.push({ field: "restorePreviousDefault", value: true, message: "it needs `default: true`" });
    }
    problems.push(...schemeProblems(valid ?? "", args), ...sendingDomainsProblems(args.sendingDomains));
    return problems;
}

/** The problems of an edge's arguments, some of which are fields beside it and not in it. */
function belowWay(way: string, problems: readonly Problem[]): Problem[] {
    const beside = ["hostname", "appLinks"];
    return problems.flatMap((problem) => (beside.includes(problem.field) ? [problem] : below(way, [problem])));
}

/** Why an edge can't serve the files of app links, and what to do instead. */
const WITHOUT_FILES = {
    managed:
        "SparkPost's servers have no files for apps, and nothing stands before them; use `cloudflare` or `fastly`, or remove this",
    edge: "your own edge has to serve these files: put them there as application/json, without a redirect, and remove this. `doctor` checks them",
};

function schemeProblems(
    hostname: string,
    { secure = true, ignoreHsts = false, managed }: HttpsTrackingDomainArgs,
): Problem[] {
    const problems: Problem[] = [];
    const httpsOnly = httpsOnlyTopLevel(hostname);
    if (!secure && !ignoreHsts && httpsOnly) {
        problems.push({
            field: "secure",
            value: secure,
            message: `browsers open every host below ${httpsOnly} by https only, also from http links; remove this, or, if https keeps working on ${hostname}, add \`ignoreHsts: true\``,
        });
    }
    if (!secure && managed) {
        problems.push({
            field: "secure",
            value: secure,
            message:
                "SparkPost's own certificate makes links https, and no call ends it; remove this, or move to another edge first",
        });
    }
    if (secure && ignoreHsts) {
        problems.push({ field: "ignoreHsts", value: ignoreHsts, message: "it needs `secure: false`" });
    }
    return problems;
}

function endpointProblems(hostname: string, { account, managed }: HttpsTrackingDomainArgs): Problem[] {
    const { endpoint } = resolveAccount(account);
    if (managed) {
        return [];
    }
    if (endpoint === undefined) {
        return [
            {
                field: "account.endpoint",
                message:
                    "with `apiUrl` the endpoint isn't known; write the CNAME value that SparkPost's UI shows, such as spgo.io",
            },
        ];
    }
    return loopProblems(hostname, endpoint, "account.endpoint");
}
