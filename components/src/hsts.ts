// Why browsers ask a tracking host by https only, whatever its links say: Strict-Transport-Security of a domain above it,
// with includeSubDomains, or a top-level domain that browsers' own list has as a whole.
import { registrableDomain } from "./hostname";
import type { ProbeOptions } from "./probe/arguments";
import { get, type Network } from "./probe/get";
import { type Names, namesOf } from "./probe/names";
import { networkOf } from "./probe/network";

/** A domain's policy as its site sends it now. Browsers keep it for `maxAge` after they saw it last. */
export interface HstsPolicy {
    /** The domain whose site sends it: a parent of the tracking host. */
    domain: string;
    /** Seconds, more than 0. */
    maxAge: number;
    /** Whether it binds the hosts below the domain too. */
    includeSubDomains: boolean;
    /** Whether it asks to be put into browsers' own list, by which also those ask by https that never saw it. */
    preload: boolean;
}

/** How the network is reached; the same options as the probe's. */
export type HstsOptions = Pick<ProbeOptions, "resolver" | "caFile" | "connectTo">;

/**
 * The strongest policy that a host's parents send. `undefined` where none is sent.
 *
 * @throws `BadProbeRequest` if `caFile` can't be read.
 */
export async function readHsts(hostname: string, options: HstsOptions = {}): Promise<HstsPolicy | undefined> {
    const [strongest] = await readPolicies(hostname, { network: networkOf(options), names: namesOf(options) });
    return strongest;
}

/**
 * The policies that a host's parents send, from `https://<parent>/` down to the registrable domain: those that include
 * subdomains before those that don't, then those that are kept longest.
 *
 * A parent without a name, a site or a valid certificate has no policy: browsers take none from it (RFC 6797, 8.1).
 * Nothing is followed: the domain's own answer counts, also when it is a redirect.
 */
export async function readPolicies(
    hostname: string,
    { network, names }: { network: Network; names: Names },
): Promise<HstsPolicy[]> {
    const read = async (domain: string): Promise<HstsPolicy | undefined> => {
        try {
            const [address = ""] = await names.addressesOf(domain);
            const target = { scheme: "https", address, name: domain, host: domain, path: "/", userAgent } as const;
            const policy = parseHsts((await get(target, network)).strictTransportSecurity);
            return policy && { domain, ...policy };
        } catch {
            return undefined;
        }
    };
    const policies = await Promise.all(parentsOf(hostname).map(read));
    return policies.filter((policy) => policy !== undefined).sort(strongestFirst);
}

/**
 * Reads the header: `undefined` where it isn't valid, which browsers ignore, or where `max-age=0` ends the policy (RFC
 * 6797, 6.1).
 */
export function parseHsts(header: string | undefined): Omit<HstsPolicy, "domain"> | undefined {
    // Of several headers, which Node joins with a comma, the first one counts (RFC 6797, 8.1).
    const directives = (header ?? "")
        .split(",", 1)
        .flatMap((first) => first.split(";"))
        .map((directive) => directive.trim())
        .filter(Boolean)
        .map((directive) => {
            const [name = "", value = ""] = directive.split("=", 2);
            return { name: name.trim().toLowerCase(), value: value.trim().replace(/^"(.*)"$/, "$1") };
        });
    const isTwice = new Set(directives.map(({ name }) => name)).size < directives.length;
    const age = directives.find(({ name }) => name === "max-age")?.value ?? "";
    if (isTwice || !/^\d+$/.test(age) || Number(age) === 0) {
        return undefined;
    }
    const has = (directive: string) => directives.some(({ name }) => name === directive);
    return { maxAge: Number(age), includeSubDomains: has("includesubdomains"), preload: has("preload") };
}

/** What a parent's policy means for the tracking host, as sentences; `undefined` where it doesn't bind the host. */
export function hstsAdvice(hostname: string, policy: HstsPolicy | undefined): string | undefined {
    if (!policy?.includeSubDomains) {
        return undefined;
    }
    const { domain, maxAge, preload } = policy;
    const listed = preload
        ? ` It also asks to be in browsers' own list (preload): once it is, every browser does so, and for as long as its version is used.`
        : "";
    return (
        `${domain} sends Strict-Transport-Security with includeSubDomains (max-age ${maxAge} s, ${duration(maxAge)}): browsers that have seen it ask ${hostname} by https at once, ` +
        `also for the http links of old mail. So https must work on ${hostname} before anybody follows one, and ${hostname} can't go back to http: ` +
        `those browsers refuse it until ${duration(maxAge)} after they last saw ${domain}.${listed}`
    );
}

/**
 * Top-level domains whose hosts browsers ask by https only: the whole ones in Chromium's preload list, from which the
 * other browsers make theirs (net/http/transport_security_state_static.json, entries of the policy "public-suffix", as of
 * 2023). The list has hundreds of thousands of single domains besides, which can't be seen from here.
 */
const HTTPS_ONLY = new Set(
    (
        "android app azure bank bing boo channel chrome dad day dev eat esq fly foo gle gmail google hangout hotmail ing " +
        "insurance meet meme microsoft mov new nexus office page phd play prof rsvp search skype windows xbox youtube zip"
    ).split(" "),
);

/** The top-level domain of this host, `.dev`, if browsers ask all of its hosts by https only. */
export function httpsOnlyTopLevel(hostname: string): string | undefined {
    const top = hostname.slice(hostname.lastIndexOf(".") + 1);
    return HTTPS_ONLY.has(top) ? `.${top}` : undefined;
}

const userAgent = "pulumi-sparkpost-tracking";

/** `track.eu.example.com`: `eu.example.com`, then `example.com`. */
function parentsOf(hostname: string): string[] {
    const top = registrableDomain(hostname);
    const labels = hostname.split(".");
    const parents = top === undefined ? 0 : labels.length - top.split(".").length;
    return Array.from({ length: parents }, (_, index) => labels.slice(index + 1).join("."));
}

function strongestFirst(one: HstsPolicy, other: HstsPolicy): number {
    const rank = ({ includeSubDomains, preload }: HstsPolicy) => (includeSubDomains ? (preload ? 2 : 1) : 0);
    return rank(other) - rank(one) || other.maxAge - one.maxAge;
}

const units = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
    ["second", 1],
] as const;

/** How long browsers keep a policy, in words: `365 days`. */
export function hstsSpan({ maxAge }: Pick<HstsPolicy, "maxAge">): string {
    return duration(maxAge);
}

function duration(seconds: number): string {
    const [unit, length] = units.find(([, length]) => seconds >= length) ?? units[3];
    const count = Math.round(seconds / length);
    return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
