// Why browsers open a tracking host by https only, even from http links: a domain above it sends Strict-Transport-Security
// with includeSubDomains, or the browsers' own list has its whole top-level domain.
import { domainsAbove } from "./hostname";
import type { ProbeOptions } from "./probe/arguments";
import { get, type Network } from "./probe/get";
import { type Names, namesOf } from "./probe/names";
import { networkOf } from "./probe/network";

/** A domain's policy, as its site sends it now. Browsers keep it for `maxAge` after they last saw it. */
export interface HstsPolicy {
    /** The domain whose site sends it: a parent of the tracking host. */
    domain: string;
    /** Seconds, more than 0. */
    maxAge: number;
    /** Whether the policy covers the hosts below the domain too. */
    includeSubDomains: boolean;
    /** Whether it asks to be in the browsers' own list. Then browsers that never saw it use https too. */
    preload: boolean;
}

/** How to reach the network. The same options as the probe's. */
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
 * The policies that a host's parents send, from `https://<parent>/` down to the registrable domain. Those that include
 * subdomains come first, then those that browsers keep longest.
 *
 * A parent without a site or a valid certificate has no policy, because browsers accept none from it (RFC 6797, 8.1). The
 * domain's own answer counts, also if it is a redirect.
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
    const policies = await Promise.all(domainsAbove(hostname).map(read));
    return policies.filter((policy) => policy !== undefined).sort(strongestFirst);
}

/**
 * Reads the header. `undefined` if it isn't valid (browsers then ignore it), or if `max-age=0` ends the policy (RFC 6797,
 * 6.1).
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

/** What a parent's policy means for the tracking host, in sentences. `undefined` if it doesn't cover the host. */
export function hstsAdvice(hostname: string, policy: HstsPolicy | undefined): string | undefined {
    if (!policy?.includeSubDomains) {
        return undefined;
    }
    const { domain, maxAge, preload } = policy;
    const span = hstsSpan(policy);
    const listed = preload
        ? ` It also asks to be in the browsers' own list (preload). Once it is there, every browser does that, and old versions keep doing it.`
        : "";
    return (
        `${domain} sends Strict-Transport-Security with includeSubDomains (max-age ${maxAge} s, ${span}). Browsers that have seen it open ${hostname} by https only, ` +
        `also from http links in old mail. So https must work on ${hostname} now, and ${hostname} can't go back to http. ` +
        `Those browsers refuse http until ${span} after they last saw ${domain}.${listed}`
    );
}

/**
 * Top-level domains whose hosts browsers open by https only. They are the entries of the policy "public-suffix" in
 * Chromium's preload list, as of 2023 (net/http/transport_security_state_static.json). Other browsers use that list too. Its
 * hundreds of thousands of single domains aren't here.
 */
const HTTPS_ONLY = new Set(
    (
        "android app azure bank bing boo channel chrome dad day dev eat esq fly foo gle gmail google hangout hotmail ing " +
        "insurance meet meme microsoft mov new nexus office page phd play prof rsvp search skype windows xbox youtube zip"
    ).split(" "),
);

/** The top-level domain of this host, such as `.dev`, if browsers open all its hosts by https only. */
export function httpsOnlyTopLevel(hostname: string): string | undefined {
    const top = hostname.slice(hostname.lastIndexOf(".") + 1);
    return HTTPS_ONLY.has(top) ? `.${top}` : undefined;
}

const userAgent = "pulumi-sparkpost-tracking";

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
    const [unit, length] = units.find(([, length]) => maxAge >= length) ?? units[3];
    const count = Math.round(maxAge / length);
    return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
