// Every finding that keeps a probe from passing: in words, with what to do, and whether waiting can help. Pure.
import { registrableDomain } from "../hostname";
import { plainText } from "../othersWords";
import { cdnErrorWords } from "./cdnErrors";
import { certificateWords } from "./certificates";
import { challengeRemedy, dnsOnlyWords, edgeErrorWords, noCertificateWords } from "./edgeWords";
import type { ProbeAnswer, ProbeCertificate } from "./report";

/** Who sends a request: both kinds click links in mail, and a CDN may treat them differently. */
export type Agent = "browser" | "none";

/** Where a request went: through the edge, or straight to the endpoint. */
export type Side = "edge" | "endpoint";

/** What was found instead of a working host. */
export type Finding =
    | { kind: "zone-unknown"; zone: string }
    | { kind: "resolver-silent"; servers: string[]; name: string; code: string }
    | { kind: "name-servers-silent"; servers: string[] }
    | { kind: "no-such-name"; servers: string[] }
    | { kind: "absence-remembered"; servers: string[] }
    | { kind: "no-address"; servers: string[]; aliases: string[] }
    | { kind: "endpoint-silent"; scheme: "https" | "http"; code: string; edgeStatus: number }
    | { kind: "endpoint-failing"; answer: ProbeAnswer }
    | { kind: "unconnected"; scheme: "https" | "http"; address: string; code: string }
    | { kind: "no-certificate"; code: string }
    | { kind: "handshake-failed"; code: string }
    | { kind: "certificate-refused"; code: string; certificate: ProbeCertificate }
    | { kind: "dns-only"; address: string }
    | { kind: "unanswered"; scheme: "https" | "http"; code: string }
    | { kind: "challenged"; agent: Agent; action: string }
    | { kind: "cdn-error"; status: number; errorCode?: number }
    | { kind: "edge-error"; status: number; said: string }
    | { kind: "tracker-forbids"; side: Side; status: number }
    | { kind: "redirected"; scheme: "https" | "http"; status: number; location: string }
    | { kind: "upgraded"; status: number; location: string }
    | { kind: "query-lost"; scheme: "https" | "http"; status: number; location: string }
    | { kind: "misdirected"; scheme: "https" | "http"; status: number; location: string; expected: string }
    | { kind: "relayed"; scheme: "https" | "http"; edge: ProbeAnswer }
    | { kind: "stranger"; scheme: "https" | "http"; agent: Agent; edge: ProbeAnswer; direct: ProbeAnswer };

/** The names that findings speak of. */
export interface Subject {
    hostname: string;
    endpoint: string;
    /** What terminates TLS, as `Edge.kind`. */
    edge?: string;
    /** Whether the host's links are https. Default true. */
    secure?: boolean;
}

/** A finding for people. */
export interface Words {
    /** What was found: one sentence without its full stop, which starts in lower case. */
    what: string;
    /** What to do: whole sentences. */
    remedy: string;
    /** `soon`: look again at the usual pace. `later`: the endpoint asked for fewer requests. */
    again: "soon" | "later";
}

/** Thrown by a step of the probe whose check doesn't pass. */
export class Unmet extends Error {
    constructor(readonly finding: Finding) {
        super(finding.kind);
        this.name = "Unmet";
    }
}

/** Says a finding in words. */
export function wordsFor(finding: Finding, subject: Subject): Words {
    return { again: finding.kind === "tracker-forbids" ? "later" : "soon", ...say(finding, subject) };
}

/** A finding's words, whenever it is looked at again. */
export type Said = Pick<Words, "what" | "remedy">;

function say(finding: Finding, subject: Subject): Said {
    const { hostname, endpoint } = subject;
    switch (finding.kind) {
        case "zone-unknown":
            return {
                what: `DNS knows no name servers for ${finding.zone}`,
                remedy: `Check the spelling and, at the registrar, that ${finding.zone} is delegated to its zone's name servers; a new delegation may take 24 to 48 hours.`,
            };
        case "resolver-silent":
            return {
                what: `the resolver ${list(finding.servers)} gave no answer about ${finding.name} (${finding.code})`,
                remedy:
                    finding.code === "ESERVFAIL"
                        ? `Its own look-up failed. Often a DS record of an earlier DNS provider is still at the registrar of ${zoneOf(hostname)}: remove it there. Another resolver can be set with the probe's option resolver.`
                        : "Check this machine's network, or set another one with the probe's option resolver.",
            };
        case "name-servers-silent":
            return {
                what: `none of the name servers in nameServers answers about ${hostname} (${list(finding.servers)})`,
                remedy: "Correct the probe's option nameServers, or leave it out to have them found.",
            };
        case "no-such-name":
            return {
                what: `no such name: ${list(finding.servers)}, asked for ${hostname}, know${finding.servers.length === 1 ? "s" : ""} no address`,
                remedy: "Check that the record exists in the zone that these servers serve, and that the registrar names the same servers (a new delegation may take 24 to 48 hours).",
            };
        case "absence-remembered":
            return {
                what: `the zone's name servers know ${hostname}, but the resolver ${list(finding.servers)} still finds no address for it`,
                remedy: "It was asked too early and remembers that for up to 30 minutes, or the record points at a name without an address. Wait, or set another one with the probe's option resolver.",
            };
        case "no-address":
            return {
                what: `the resolver ${list(finding.servers)} knows ${hostname}${finding.aliases.length > 0 ? ` as an alias of ${plainText(finding.aliases.at(-1), 253)}` : ""}, and gives no address for it`,
                remedy:
                    finding.aliases.length > 0
                        ? "Check that the record leads to the right name, and that this name has an address. A resolver that was asked too early remembers that for up to 30 minutes: then wait, or set another one with the probe's option resolver."
                        : "It may still remember an older answer, for up to 30 minutes: wait, or set another one with the probe's option resolver.",
            };
        case "endpoint-silent":
            return {
                what: `the endpoint ${endpoint}, asked without the edge, didn't answer over ${finding.scheme} (${finding.code}); the edge answered ${finding.edgeStatus}`,
                remedy: `Check that account.endpoint is right for this account, that this machine may connect to ${endpoint}, and SparkPost's status page.`,
            };
        case "endpoint-failing":
            return {
                what: `the endpoint ${endpoint}, asked without the edge, answered ${saying(finding.answer)}`,
                remedy: "Check SparkPost's status page; the edge can't be judged meanwhile.",
            };
        case "unconnected":
            return {
                what: `${hostname} (${finding.address}) ${failure(finding.code)} on port ${finding.scheme === "https" ? 443 : 80}`,
                remedy: "Check that the record leads to the edge and not to an old server, and that this machine may connect there. Both ports must stay open: links in sent mail keep their scheme.",
            };
        case "no-certificate":
            return noCertificateWords(finding.code, subject);
        case "handshake-failed":
            return {
                what: `the TLS handshake with ${hostname} failed (${finding.code})`,
                remedy: "Check that the record leads to the edge, and that TLS is what answers on port 443 there.",
            };
        case "certificate-refused":
            return certificateWords(finding.code, finding.certificate, hostname);
        case "dns-only":
            return dnsOnlyWords(finding.address, subject);
        case "unanswered":
            return {
                what: `${hostname} took the request over ${finding.scheme} and ${failure(finding.code)} instead of answering`,
                remedy: "Check the rules and the health of the edge.",
            };
        case "challenged":
            return {
                what: `the edge stops ${sender(finding.agent)} with a challenge (cf-mitigated: ${finding.action})`,
                remedy: challengeRemedy(subject),
            };
        case "cdn-error":
            return cdnErrorWords(finding, subject);
        case "edge-error":
            return edgeErrorWords(finding.status, finding.said, subject);
        case "tracker-forbids":
            return {
                what: `SparkPost's tracker itself answered ${finding.status} ${finding.side === "edge" ? "through the edge" : "without the edge"}`,
                remedy: "It means too many requests from one place, and is not the edge's doing. The probe asks less often now; stop other checks of this host meanwhile.",
            };
        case "redirected":
            return redirected(finding, subject);
        case "upgraded":
            return {
                what: `the edge redirects http://${hostname} to https (${finding.status} to ${finding.location})`,
                remedy: 'With `secure: false` http itself must work: leave this host out of that redirect ("Always Use HTTPS" or a rule of the zone).',
            };
        case "query-lost":
            return {
                what: `the edge redirects ${finding.scheme}://${hostname} to the endpoint, but loses the query string (${finding.status} to ${finding.location})`,
                remedy: `Every click would lose where it leads. The page rule's forwarding URL must be https://${endpoint}/$1 with a * at the end of its pattern; a redirect rule must preserve the query string.`,
            };
        case "misdirected":
            return misdirected(finding, subject);
        case "relayed":
            return {
                what: `the edge relays what ${endpoint} answers over ${finding.scheme} (${saying(finding.edge)}) instead of redirecting to it`,
                remedy: "The page rule is off, gone, or outranked by another one of the zone (the highest priority fires). Links work all the same, by Cloudflare's proxy: mend the rule, or take `mode: proxy`, which needs none.",
            };
        case "stranger":
            return {
                what: `the edge answers ${sender(finding.agent)} over ${finding.scheme} with ${saying(finding.edge)}, the endpoint ${endpoint} with ${saying(finding.direct)}`,
                remedy: `Something else answers for ${hostname}. Check that the record points at ${endpoint}, that nothing rewrites the Host header or the path, and that no worker, cache or rule answers in its place.`,
            };
    }
}

function misdirected(
    { scheme, status, location, expected }: Extract<Finding, { kind: "misdirected" }>,
    { hostname }: Subject,
): Said {
    const target = URL.canParse(location) ? new URL(location).hostname : "";
    if (location === expected) {
        return {
            what: `the edge redirects ${scheme}://${hostname} to the endpoint with ${status} instead of 301 or 302`,
            remedy: "A page rule can't do that, so another rule of the zone answers first. Leave this host out of it.",
        };
    }
    return {
        what: `the edge redirects ${scheme}://${hostname} ${target === hostname ? "to itself" : "elsewhere"} (${status} to ${location}) instead of to ${expected}`,
        remedy: "Check the endpoint (account.endpoint) and the page rule's forwarding URL, and look for another page rule or redirect rule that matches this host and comes first.",
    };
}

function redirected(finding: Extract<Finding, { kind: "redirected" }>, { hostname, endpoint, edge }: Subject): Said {
    const target = URL.canParse(finding.location) ? new URL(finding.location).hostname : "";
    const where = target === endpoint ? "the endpoint itself" : target === hostname ? "itself" : "elsewhere";
    return {
        what: `the edge redirects ${finding.scheme}://${hostname} to ${where} (${finding.status} to ${finding.location})`,
        remedy:
            target === hostname
                ? `It answers itself with redirects for ever. ${edge === "cloudflare" ? "Set the zone's SSL mode to Full, and look" : "Look"} for redirect rules.`
                : `The edge must relay the tracker's answer. Remove the page rule or redirect rule that matches this host${
                      target === endpoint
                          ? "; who runs the recipe of SparkPost's guide of 2020 on purpose says `mode: redirect` under cloudflare (an edge of one's own: `redirects: true`)"
                          : ""
                  }.`,
    };
}

/** An answer in words: `302 to https://example.com, 0 bytes, server msys-http`. */
function saying({ status, location, contentLength, server }: ProbeAnswer): string {
    const parts = [location === undefined ? `${status}` : `${status} to ${location}`, `${contentLength} bytes`];
    if (server !== undefined) {
        parts.push(`server ${server}`);
    }
    return parts.join(", ");
}

function failure(code: string): string {
    switch (code) {
        case "ECONNREFUSED":
            return "refused the connection";
        case "ECONNRESET":
        case "EPIPE":
            return "reset the connection";
        case "ETIMEDOUT":
            return "didn't answer in time";
        case "EHOSTUNREACH":
        case "ENETUNREACH":
            return `can't be reached from this machine (${code})`;
        default:
            return `broke the connection (${code})`;
    }
}

function sender(agent: Agent): string {
    return agent === "browser" ? "a browser" : "a client without User-Agent, as mail scanners are,";
}

function zoneOf(hostname: string): string {
    return registrableDomain(hostname) ?? hostname;
}

function list(items: string[]): string {
    const first = items.slice(0, 4).map((item) => plainText(item, 253));
    return items.length > 4 ? `${first.join(", ")} and ${items.length - 4} more` : first.join(", ");
}
