// What a probe may find wrong, and the words for it, with a remedy for the kind of edge. Pure. Texts from outside are already
// harmless here.
import { APP_FILES, type AppMaker } from "../appLinks";
import { hostOfUrl, registrableDomain } from "../hostname";
import { describeProxy } from "../http/outboundProxy";
import { plainText } from "../othersWords";
import type { ProxyNotUsed } from "./network";
import type { Passed, ProbeAnswer, ProbeCertificate } from "./report";

/**
 * Who sends a request: a recipient's browser, a mail scanner without User-Agent, or an AI assistant that reads mail. A CDN may
 * treat them differently. The probe asks as the first two.
 */
export type Agent = "browser" | "none" | "assistant";

/** Where a request went: through the edge, or straight to the endpoint. */
type Side = "edge" | "endpoint";

/** What was found instead of a working host. */
export type Finding =
    | { kind: "zone-unknown"; zone: string }
    | { kind: "resolver-silent"; servers: string[]; name: string; code: string }
    | { kind: "resolver-failed"; servers: string[]; name: string; code: string }
    | { kind: "name-servers-silent"; servers: string[] }
    | { kind: "no-such-name"; servers: string[] }
    | { kind: "negative-cache"; servers: string[] }
    | { kind: "no-address"; servers: string[]; aliases: string[] }
    | { kind: "endpoint-unreachable"; scheme: "https" | "http"; code: string; edgeStatus: number; proxy?: ProxyNotUsed }
    | { kind: "endpoint-failing"; answer: ProbeAnswer }
    | { kind: "connection-failed"; scheme: "https" | "http"; address: string; code: string; proxy?: ProxyNotUsed }
    | { kind: "addresses-fail"; failing: { address: string; finding: Finding }[]; of: number }
    | { kind: "no-certificate"; code: string }
    | { kind: "handshake-failed"; code: string; proxy?: ProxyNotUsed }
    | { kind: "certificate-refused"; code: string; certificate: ProbeCertificate; isIssuers?: boolean }
    | { kind: "intermediate-missing"; certificate: ProbeCertificate }
    | { kind: "key-too-small"; certificate: ProbeCertificate; bits: number }
    | { kind: "dns-only"; address: string }
    | { kind: "no-answer"; scheme: "https" | "http"; code: string }
    | { kind: "challenged"; agent: Agent; action: string }
    | { kind: "cdn-error"; status: number; errorCode?: number }
    | { kind: "edge-error"; status: number; said: string }
    | { kind: "client-blocked"; scheme: "https" | "http"; agent: Agent; status: number; server?: string }
    | { kind: "origin-unreachable"; scheme: "https" | "http"; status: number; server?: string }
    | { kind: "login-required"; scheme: "https" | "http"; status: number; location: string }
    | { kind: "query-dropped"; scheme: "https" | "http"; edge: ProbeAnswer }
    | { kind: "query-changed"; scheme: "https" | "http"; location: string; expected: string }
    | { kind: "answer-rewritten"; scheme: "https" | "http"; edge: ProbeAnswer; direct: ProbeAnswer }
    | { kind: "rate-limited"; side: Side; status: number }
    | { kind: "redirected"; scheme: "https" | "http"; status: number; location: string }
    | { kind: "http-to-https"; status: number; location: string }
    | { kind: "query-lost"; scheme: "https" | "http"; status: number; location: string }
    | { kind: "wrong-redirect"; scheme: "https" | "http"; status: number; location: string; expected: string }
    | {
          kind: "app-links";
          maker: AppMaker;
          fault: "silent" | "missing" | "redirected" | "type" | "content" | "apps";
          /** What ended the request, the status, where to, the type, or what the file doesn't name. */
          detail: string;
      }
    | { kind: "not-redirected"; scheme: "https" | "http"; edge: ProbeAnswer }
    | { kind: "wrong-answer"; scheme: "https" | "http"; agent: Agent; edge: ProbeAnswer; direct: ProbeAnswer };

/** What findings are about. */
export interface Subject {
    hostname: string;
    endpoint: string;
    /** What terminates TLS, as `Edge.kind`. */
    edge?: string;
    /** Whether the host's links are https. Default true. */
    secure?: boolean;
    /**
     * Who asks. Remedies name settings of a stack, or options of doctor.
     *
     * @default "probe"
     */
    asker?: keyof typeof SETTINGS;
}

/** The names of the settings in remedies. */
const SETTINGS = {
    probe: {
        command: "`pulumi up`",
        resolver: "`probe: { resolver }`",
        caFile: "`probe: { caFile }`",
        endpoint: "`account.endpoint`",
    },
    doctor: {
        command: "doctor",
        resolver: "`--resolver`",
        caFile: "the environment variable NODE_EXTRA_CA_CERTS",
        endpoint: "`--endpoint`",
    },
};

/** A finding for people. */
export interface Words {
    /** What was found: one sentence without its full stop, which starts in lower case. */
    what: string;
    /** What to do: whole sentences. */
    remedy: string;
    /** `soon`: look again at the usual pace. `later`: the endpoint asked for fewer requests. */
    again: "soon" | "later";
}

/** A check of the probe didn't pass. */
export class Unmet extends Error {
    constructor(
        readonly finding: Finding,
        /** What was seen, if the host works in part. */
        readonly passed?: Passed,
    ) {
        super(finding.kind);
        this.name = "Unmet";
    }
}

/** The text, if the remedy is for a stack. */
function inStack(text: string, asker: Subject["asker"] = "probe"): string {
    return asker === "probe" ? text : "";
}

/** Says a finding in words. */
export function wordsFor(finding: Finding, subject: Subject): Words {
    return { again: finding.kind === "rate-limited" ? "later" : "soon", ...say(finding, subject) };
}

/** A finding's words, without when to look again. */
export type Said = Pick<Words, "what" | "remedy">;

function say(finding: Finding, subject: Subject): Said {
    const { hostname, endpoint } = subject;
    const settings = SETTINGS[subject.asker ?? "probe"];
    switch (finding.kind) {
        case "zone-unknown":
            return {
                what: `DNS has no name servers for ${finding.zone}`,
                remedy: `Check the spelling. Check at the registrar that ${finding.zone} is delegated to its zone's name servers. A new delegation can take 24 to 48 hours.`,
            };
        case "resolver-silent":
            return {
                what: `the resolver ${list(finding.servers)} didn't answer about ${finding.name} (${finding.code})`,
                remedy: `Check this machine's network. Or set another resolver: ${settings.resolver}.`,
            };
        case "resolver-failed":
            return {
                what: `the resolver ${list(finding.servers)} can't answer about ${finding.name} (${finding.code})`,
                remedy:
                    finding.code === "ESERVFAIL"
                        ? `Its own look-up failed. A common cause: the registrar of ${zoneOf(hostname)} still has a DS record of an earlier DNS provider. Remove it there. Or set another resolver: ${settings.resolver}.`
                        : `It refuses such questions, or follows an endless chain of aliases. Check the host's record. Or set another resolver: ${settings.resolver}.`,
            };
        case "name-servers-silent":
            return {
                what: `none of the name servers in \`nameServers\` answers about ${hostname} (${list(finding.servers)})`,
                remedy: "Correct `probe: { nameServers }`. Or remove it, and the probe finds the name servers itself.",
            };
        case "no-such-name":
            return {
                what: `no such name: DNS has no address for ${hostname} (asked: ${list(finding.servers)})`,
                remedy: "Check that the record exists in the zone that these servers serve. Check that the registrar names the same servers. A new delegation can take 24 to 48 hours.",
            };
        case "negative-cache":
            return {
                what: `the zone's name servers know ${hostname}, but the resolver ${list(finding.servers)} still has no address for it`,
                remedy: `The resolver was asked too early and remembers that for up to 30 minutes. Or the record points at a name without an address. Wait, or set another resolver: ${settings.resolver}.`,
            };
        case "no-address":
            return {
                what: `the resolver ${list(finding.servers)} knows ${hostname}${finding.aliases.length > 0 ? ` as an alias of ${plainText(finding.aliases.at(-1), 253)}` : ""}, but has no address for it`,
                remedy:
                    finding.aliases.length > 0
                        ? `Check that the record leads to the right name, and that this name has an address. A resolver that was asked too early remembers that for up to 30 minutes. Then wait, or set another one: ${settings.resolver}.`
                        : `It may remember an older answer, for up to 30 minutes. Wait, or set another resolver: ${settings.resolver}.`,
            };
        case "endpoint-unreachable":
            return {
                what: `the endpoint ${endpoint} didn't answer a direct request over ${finding.scheme} (${finding.code}); the edge answered ${finding.edgeStatus}`,
                remedy: `Check that ${settings.endpoint} is right for this account, and that this machine can connect to ${endpoint}. Look at SparkPost's status page.${withoutProxy(finding.proxy, subject)}`,
            };
        case "endpoint-failing":
            return {
                what: `the endpoint ${endpoint} answered a direct request with ${describeAnswer(finding.answer)}`,
                remedy: "Look at SparkPost's status page. Until the endpoint works, the probe can't judge the edge.",
            };
        case "connection-failed":
            return {
                what: `${hostname} (${finding.address}) ${failure(finding.code)} on port ${finding.scheme === "https" ? 443 : 80}`,
                remedy: `Check that the record leads to the edge and not to an old server. Check that this machine can connect to that address. Keep ports 80 and 443 open, because links in sent mail keep their scheme.${withoutProxy(finding.proxy, subject)}`,
            };
        case "addresses-fail":
            return addressesFail(finding, subject);
        case "no-certificate":
            return {
                what: `the edge has no certificate for ${hostname} yet (${finding.code})`,
                remedy: certificateRemedy(subject),
            };
        case "handshake-failed":
            return {
                what: `the TLS handshake with ${hostname} failed (${finding.code})`,
                remedy: `Check that the record leads to the edge, and that the edge speaks TLS on port 443.${withoutProxy(finding.proxy, subject)}`,
            };
        case "certificate-refused":
            return certificateRefused(finding, subject);
        case "key-too-small":
            return {
                what: `the certificate for ${hostname} has a key of ${finding.bits} bits, which is too small (issued by ${finding.certificate.issuer})`,
                remedy: "Browsers refuse it. Install one with a key of at least 2048 bits (RSA) or 256 bits (ECDSA).",
            };
        case "intermediate-missing":
            return {
                what: `the edge sends the certificate for ${hostname} without its issuer's intermediate certificate (${finding.certificate.issuer})`,
                remedy: "Install the whole chain at the edge: the host's certificate, then the intermediate ones (often called fullchain.pem). Some browsers find the missing one themselves. Mail scanners and programs don't.",
            };
        case "dns-only":
            return dnsOnly(finding.address, subject);
        case "no-answer":
            return {
                what: `${hostname} took the request over ${finding.scheme}, but ${failure(finding.code)}`,
                remedy: "Check the rules and the health of the edge.",
            };
        case "challenged":
            return {
                what: `the edge stops ${sender(finding.agent)} with a challenge (cf-mitigated: ${finding.action})`,
                remedy: challengeRemedy(subject),
            };
        case "cdn-error":
            return cdnError(finding, subject);
        case "edge-error":
            return {
                what: `the edge itself answers ${finding.status}: ${finding.said}`,
                remedy: `Check that ${hostname} is one of the edge's hosts. ${originRemedy(subject)}`,
            };
        case "client-blocked":
            return turnedAway(finding, subject);
        case "origin-unreachable":
            return {
                what: `the edge answers ${finding.status} over ${finding.scheme}${by(finding.server)}: it can't reach ${endpoint}`,
                remedy: originRemedy(subject),
            };
        case "login-required":
            return {
                what: `the edge asks for a login of Cloudflare Access over ${finding.scheme} (${finding.status} to ${plainText(finding.location)})`,
                remedy: `Recipients can't log in. In Cloudflare's Zero Trust dashboard, remove ${hostname} from the Access application. Or give it an application of its own with the policy Bypass for everyone.`,
            };
        case "query-dropped":
            return {
                what: `the edge drops the query of a click over ${finding.scheme}: ${endpoint} redirects the click to its target, but the edge answers ${describeAnswer(finding.edge)}`,
                remedy: `Without its query a click doesn't reach its target. ${queryRemedy(subject)}`,
            };
        case "query-changed":
            return {
                what: `the edge changes the query of a click over ${finding.scheme}: the click leads to ${plainText(finding.location)} instead of ${plainText(finding.expected)}`,
                remedy: `Clicks would lead to the wrong place. ${queryRemedy(subject)}`,
            };
        case "answer-rewritten":
            return {
                what: `the edge changes what ${endpoint} answers over ${finding.scheme}: ${describeAnswer(finding.edge)} instead of ${describeAnswer(finding.direct)}`,
                remedy: `Make it pass bodies on unchanged. ${relayRemedy(subject)}`,
            };
        case "rate-limited":
            return {
                what: `SparkPost's tracker answered ${finding.status} ${finding.side === "edge" ? "through the edge" : "to a direct request"}`,
                remedy: "That means too many requests from one place. The edge isn't the cause. The probe asks less often now. Stop other checks of this host meanwhile.",
            };
        case "redirected":
            return redirected(finding, subject);
        case "http-to-https":
            return {
                what: `the edge redirects http://${hostname} to https (${finding.status} to ${plainText(finding.location)})`,
                remedy: `With \`secure: false\`, plain http must work. Exclude this host from that redirect${subject.edge === "cloudflare" ? ' ("Always Use HTTPS" or a rule of the zone)' : ""}.`,
            };
        case "query-lost":
            return {
                what: `the edge redirects ${finding.scheme}://${hostname} to the endpoint, but loses the query string (${finding.status} to ${plainText(finding.location)})`,
                remedy: `Without its query a click doesn't reach its target. ${subject.edge !== "cloudflare" ? `Redirect to https://${endpoint} with the whole path and query.` : `Page rule: set the forwarding URL to https://${endpoint}/$1, and end the pattern with a *. Redirect rule: preserve the query string.`}`,
            };
        case "wrong-redirect":
            return misdirected(finding, subject);
        case "app-links":
            return appLinks(finding, subject);
        case "not-redirected":
            return {
                what: `the edge relays the endpoint's answer over ${finding.scheme} (${describeAnswer(finding.edge)}) instead of redirecting to ${endpoint}`,
                remedy:
                    subject.edge === "cloudflare"
                        ? "The page rule is off or missing, or another one of the zone has a higher priority. Links work meanwhile, through Cloudflare's proxy. Repair the rule, or use `mode: proxy`, which needs none."
                        : "Links work meanwhile. If the edge is meant to relay, remove `redirects: true`. Otherwise repair its redirect.",
            };
        case "wrong-answer":
            return {
                what: `the edge answers ${sender(finding.agent)} over ${finding.scheme} with ${describeAnswer(finding.edge)}; the endpoint ${endpoint} answers with ${describeAnswer(finding.direct)}`,
                remedy: `Something else answers for ${hostname}. ${relayRemedy(subject)}`,
            };
    }
}

/** A file of app links that phones don't take. */
function appLinks(
    { maker, fault, detail }: Extract<Finding, { kind: "app-links" }>,
    { hostname, edge, asker = "probe" }: Subject,
): Said {
    const { system, path } = APP_FILES[maker];
    const said = {
        silent: `gives no answer (${detail})`,
        missing: `answers ${detail}`,
        redirected: `answers ${detail}`,
        type: `is of the type ${detail}`,
        content: `isn't the JSON that ${system} reads`,
        apps: `doesn't name ${detail}`,
    }[fault];
    const what = `https://${hostname}${path} ${said}`;
    if (asker === "doctor") {
        return {
            what,
            remedy: `Serve that file itself at that address, as application/json and as ${system} wants it; or remove it if no app opens these links.`,
        };
    }
    const others: Record<string, string> = {
        cloudflare: "no redirect rule and no other Worker of the zone answers there",
        fastly: "no other VCL of the service answers there",
    };
    return {
        what,
        remedy: `Check that ${others[edge ?? ""] ?? "nothing else answers there"}, and that no \`transform\` changes the file. A change needs some seconds to reach every server. Nothing else is wrong with the host. To go on without apps, remove \`appLinks\`.`,
    };
}

/** What a finding means for a host that works in part: one sentence without its full stop. */
export function lossOf(finding: Finding, { hostname }: Pick<Subject, "hostname">): string {
    return finding.kind === "app-links"
        ? `Links of ${hostname} open the browser on ${APP_FILES[finding.maker].system}, not the app`
        : `Some clicks on links of ${hostname} are lost`;
}

function misdirected(
    { scheme, status, location, expected }: Extract<Finding, { kind: "wrong-redirect" }>,
    { hostname, edge, asker = "probe" }: Subject,
): Said {
    const isCloudflare = edge === "cloudflare";
    if (location === expected) {
        return {
            what: `the edge redirects ${scheme}://${hostname} to the endpoint with ${status} instead of 301 or 302`,
            remedy: isCloudflare
                ? "A page rule can't do that, so another rule of the zone answers first. Exclude this host from that rule."
                : "Make it redirect with 302.",
        };
    }
    const where = hostOfUrl(location) === hostname ? "to itself" : "elsewhere";
    return {
        what: `the edge redirects ${scheme}://${hostname} ${where} (${status} to ${plainText(location)}) instead of to ${plainText(expected)}`,
        remedy: isCloudflare
            ? `Check ${SETTINGS[asker].endpoint} and the page rule's forwarding URL. Look for another page rule or redirect rule that matches this host and comes first.`
            : `Check ${SETTINGS[asker].endpoint}, and where the edge redirects to.`,
    };
}

function redirected(finding: Extract<Finding, { kind: "redirected" }>, { hostname, endpoint, edge }: Subject): Said {
    const target = hostOfUrl(finding.location);
    const where = target === endpoint ? "the endpoint" : target === hostname ? "itself" : "elsewhere";
    const isCloudflare = edge === "cloudflare";
    const remedies = {
        itself: `That is an endless loop. ${isCloudflare ? "Set the zone's SSL mode to Full, and look" : "Look"} for redirect rules.`,
        endpoint: `The edge must relay the tracker's answer. ${
            isCloudflare
                ? "Remove the page rule or redirect rule that matches this host. Or, if you want the redirect of SparkPost's guide of 2020, set `mode: redirect` under `cloudflare`."
                : "Make it ask the endpoint itself instead of redirecting clients. Or, if you want the redirect, set `redirects: true` on your edge."
        }`,
        elsewhere: `The edge must relay the tracker's answer. Remove the ${isCloudflare ? "page rule or redirect rule" : "redirect"} that matches this host.`,
    };
    return {
        what: `the edge redirects ${finding.scheme}://${hostname} to ${where} (${finding.status} to ${plainText(finding.location)})`,
        remedy: remedies[target === hostname ? "itself" : target === endpoint ? "endpoint" : "elsewhere"],
    };
}

function addressesFail({ failing, of }: Extract<Finding, { kind: "addresses-fail" }>, subject: Subject): Said {
    const said = failing.map(({ address, finding }) => ({ address, ...say(finding, subject) }));
    const shown = said.slice(0, 3).map(({ address, what }) => (what.includes(address) ? what : `${address}: ${what}`));
    const more = said.length > shown.length ? `; and ${said.length - shown.length} more` : "";
    return {
        what: `${failing.length} of the ${of} addresses of ${subject.hostname} ${failing.length === 1 ? "fails" : "fail"} (${shown.join("; ")}${more})`,
        remedy: `A click can go to any of its addresses. Repair what answers there, or remove the address from DNS. ${said[0]?.remedy}`,
    };
}

/** What to do while the edge has no certificate for the host. */
function certificateRemedy({ hostname, edge }: Subject): string {
    switch (edge) {
        case "cloudflare": {
            const zone = registrableDomain(hostname) ?? hostname;
            const deep = hostname.split(".").length - zone.split(".").length > 1;
            const ordered = `${hostname} is more than one label below ${zone}, and Cloudflare's Universal SSL covers only one. Order an advanced certificate for it, or use a name such as ${hostname.split(".")[0]}.${zone}. If you have ordered one, wait for it.`;
            return deep
                ? ordered
                : "Wait: the certificate comes 15 minutes to 24 hours after the zone became active. If it doesn't come, look at the zone's SSL/TLS, Edge Certificates. Universal SSL must be on, and CAA records must allow its authorities.";
        }
        case "fastly":
            return `Wait: Fastly orders the certificate once the record _acme-challenge.${hostname} is in DNS. All servers have it some minutes after it is issued. If it doesn't come, look at its state in Fastly's dashboard (Secure, TLS management). Check that CAA records allow its authority.`;
        case "managed":
            return "Wait: SparkPost's servers have the certificate some minutes after it is issued. If it doesn't come, look at the domain's tls_status in SparkPost's UI. Check that CAA records allow its authority.";
        default:
            return "Give your edge a certificate for exactly this name, or a wildcard that covers it. The edge must choose it by SNI.";
    }
}

/** What is wrong with a refused certificate, and what to do. */
function certificateRefused(
    { code, certificate, isIssuers }: Extract<Finding, { kind: "certificate-refused" }>,
    { hostname, asker = "probe" }: Subject,
): Said {
    const settings = SETTINGS[asker];
    const { issuer, validTo, names } = certificate;
    const renew = "Renew it at the edge. Check this machine's clock too.";
    switch (code) {
        case "CERT_HAS_EXPIRED":
            return isIssuers
                ? {
                      what: `an intermediate certificate that the edge sends for ${hostname} has expired; the host's own is valid until ${validTo} (issued by ${issuer})`,
                      remedy: "Replace the chain at the edge with the authority's current one. Renewing the host's certificate alone doesn't help.",
                  }
                : { what: `the certificate for ${hostname} expired on ${validTo}`, remedy: renew };
        case "CERT_NOT_YET_VALID":
            return { what: `the certificate for ${hostname} isn't valid yet`, remedy: renew };
        case "ERR_TLS_CERT_ALTNAME_INVALID":
            return {
                what: `the certificate is for ${names.slice(0, 10).join(", ")}, not for ${hostname}`,
                remedy: `Check that the record leads to the edge that holds the certificate for ${hostname}. Check that this certificate was issued.`,
            };
        case "DEPTH_ZERO_SELF_SIGNED_CERT":
        case "SELF_SIGNED_CERT_IN_CHAIN":
            return {
                what: `the certificate for ${hostname} is self-signed (${issuer})`,
                remedy: `Install one of a public authority at the edge. If this machine's network intercepts TLS, run ${settings.command} elsewhere, or set ${settings.caFile}.`,
            };
        case "UNABLE_TO_GET_ISSUER_CERT":
        case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
        case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
            return {
                what: `the certificate for ${hostname} has an unknown issuer (${issuer})`,
                remedy: `Check that the edge sends the intermediate certificates of a public authority. To trust a private authority, set ${settings.caFile}.`,
            };
        default:
            return {
                what: `the certificate for ${hostname} isn't valid (${code}, issued by ${issuer})`,
                remedy: "Replace it at the edge.",
            };
    }
}

/** The host points to the endpoint itself, which refuses the host's name or shows its own certificate. */
function dnsOnly(address: string, { hostname, endpoint, edge }: Subject): Said {
    const what = `${hostname} leads straight to ${endpoint} (${address}), which has no certificate for it`;
    switch (edge) {
        case "cloudflare":
            return {
                what: `${what}: the record isn't proxied`,
                remedy: "Turn the record's proxy on (proxied: true, the orange cloud). If it is on already, wait: resolvers keep the old addresses for the record's TTL.",
            };
        case "managed":
            return { what: `${what} yet`, remedy: certificateRemedy({ hostname, endpoint, edge }) };
        default:
            return {
                what: `${what}: its record doesn't lead to the edge`,
                remedy: "Point the host's record at the edge. If it points there already, wait: resolvers keep the old addresses for the old record's TTL.",
            };
    }
}

/** How to stop the edge from challenging clicks. */
function challengeRemedy({ hostname, edge, asker }: Subject): string {
    const stopped = "It stops recipients' browsers and mail scanners too.";
    return edge === "cloudflare"
        ? `${stopped} For ${hostname}, turn off Browser Integrity Check, the security level and custom rules${inStack(" (`settings: pageRule` does the first two)", asker)}. Bot Fight Mode can only be turned off for the whole zone; it may stop this machine alone.`
        : `${stopped} Exclude ${hostname} from everything that challenges visitors.`;
}

function turnedAway(
    { scheme, agent, status, server }: Extract<Finding, { kind: "client-blocked" }>,
    { hostname, edge, asker = "probe" }: Subject,
): Said {
    const what = `the edge blocks ${sender(agent)} over ${scheme} with ${status}${by(server)}`;
    if (agent === "none") {
        return {
            what,
            remedy:
                {
                    cloudflare: `Allow requests without User-Agent. Exclude ${hostname} from the zone's custom rules and bot settings${inStack(" (`settings: pageRule` turns Browser Integrity Check off)", asker)}.`,
                }[edge ?? ""] ??
                "Allow requests without User-Agent. Look for a firewall rule about missing headers or bots, such as NoUserAgent_HEADER in AWS WAF's common rule set.",
        };
    }
    return {
        what,
        remedy: `Recipients may be blocked too. Exclude ${hostname} from access rules, rate limits and lists of countries or addresses${edge === "cloudflare" ? " (the zone's custom rules, IP access rules and rate limiting rules)" : ""}. If only this machine is blocked, run ${SETTINGS[asker].command} elsewhere.`,
    };
}

/** How the edge must ask the endpoint. */
function originRemedy({ hostname, endpoint, edge }: Subject): string {
    switch (edge) {
        case "cloudflare":
            return `Check that the record's content is ${endpoint}, and that the zone's SSL mode is Full. Check that no origin rule changes port, SNI or Host for this host. Otherwise look at SparkPost's status page.`;
        case "managed":
            return "SparkPost's own servers are the edge. Look at its status page.";
        case "fastly":
            return `Check the service's backend: ${endpoint}, port 443, TLS. Its SNI hostname and certificate hostname must be ${endpoint}. It must not set another Host (override_host).`;
        default:
            return `Check how the edge asks the endpoint: ${endpoint}, port 443, TLS, with ${endpoint} in SNI and as the certificate's name, and ${hostname} in Host. In nginx: proxy_ssl_server_name on, proxy_ssl_name, proxy_set_header Host. Check that the edge's network allows the connection.`;
    }
}

/** How to keep a click's query. */
function queryRemedy({ endpoint, edge }: Subject): string {
    switch (edge) {
        case "cloudflare":
            return "Look for a transform rule, Worker or snippet of the zone that rewrites this host's URLs. Exclude the host from it.";
        case "fastly":
            return "Look for VCL that changes the URL (querystring functions, req.url). Exclude this host from it.";
        default:
            return `Make the edge pass path and query to ${endpoint} unchanged. CloudFront: use an origin request policy with all query strings, such as AllViewer. nginx: use no URI in proxy_pass, or $request_uri.`;
    }
}

/** How the edge must relay. */
function relayRemedy({ endpoint, edge }: Subject): string {
    switch (edge) {
        case "cloudflare":
            return `Check that the record points at ${endpoint}. Check that nothing rewrites the Host header or the path. Check that no Worker, cache or rule answers in its place.`;
        case "fastly":
            return `Check that the host's record leads to Fastly. Check that the service's backend is ${endpoint}, without another Host (override_host). Check that no VCL rewrites the Host header or the path, or answers itself.`;
        case "managed":
            return `Check that the host's record is a plain CNAME to ${endpoint}. Resolvers keep an old one for its TTL.`;
        default:
            return `Check that the host's record leads to the edge. Check that the edge relays every path and method to ${endpoint}, with the host's own name in Host.`;
    }
}

/**
 * The warning that the edge answers a click from its cache.
 *
 * @param seconds After how many seconds the click was repeated.
 */
export function keptWarning(seconds: number, { edge }: Subject): string {
    const remedies: Record<string, string> = {
        cloudflare: "Look for a cache rule or page rule of the zone that caches this host. Exclude the host from it.",
        fastly: "Set the service's TTL to 10 s. Look for VCL that sets another one (beresp.ttl).",
    };
    return (
        `The edge answered a repeated click from its cache, ${seconds} s after the first. Such clicks don't reach SparkPost, so they aren't counted. ` +
        `SparkPost asks edges to keep an answer for 10 s at most. ${remedies[edge ?? ""] ?? "Set the edge's longest cache time to 10 s. CloudFront: the maximum TTL of the cache policy. nginx: proxy_cache_valid."}`
    );
}

/** What to add if a connection fails and the environment names an outbound proxy. */
function withoutProxy(proxy: ProxyNotUsed | undefined, { asker = "probe" }: Subject): string {
    if (proxy === undefined) {
        return "";
    }
    const [named, problem] =
        "problem" in proxy ? ["an outbound proxy", ` And ${proxy.problem}.`] : [describeProxy(proxy), ""];
    const command = SETTINGS[asker].command;
    const skip = asker === "probe" ? " `probe: false` skips the probe." : "";
    return ` ${asker === "probe" ? "The probe" : "Doctor"} doesn't use ${named}, because it asks each address of the host itself. Allow direct connections to ports 80 and 443, or run ${command} where they are allowed.${skip}${problem}`;
}

function by(server: string | undefined): string {
    return server === undefined ? "" : ` (server ${server})`;
}

/** Cloudflare's own errors: 52x (no answer from the origin), and 530 or 409 with a code from 1000 to 1999. */
function cdnError({ status, errorCode }: Extract<Finding, { kind: "cdn-error" }>, subject: Subject): Said {
    const { hostname, endpoint, edge } = subject;
    const name = errorCode === undefined ? `${status}` : `${status}, error ${errorCode}`;
    const [why, remedy] = (errorCode !== undefined ? BY_CODE[errorCode] : undefined) ??
        BY_STATUS[status] ?? ["it couldn't serve the request", "Look the number up in Cloudflare's documentation."];
    const fill = (text: string) =>
        text
            .replace("{pageRule}", inStack(" (`settings: pageRule` does that)", subject.asker))
            .replaceAll("HOST", hostname)
            .replaceAll("ENDPOINT", endpoint);
    if (edge === "cloudflare") {
        return { what: `the edge answers ${name}: ${fill(why)}`, remedy: fill(remedy) };
    }
    return {
        what: `Cloudflare answers ${name}: ${fill(why)}`,
        remedy: `Cloudflare isn't this program's edge for ${hostname}. If the host's record still leads there, point it at the edge, and wait until resolvers have forgotten the old answer. If your edge has Cloudflare in front of it or behind it, look at that zone.`,
    };
}

type Entry = [why: string, remedy: string];

const SSL_MODE = "Set the zone's SSL mode to Full";
const CONTENT = "Check that the record's content is ENDPOINT";
const ORIGIN = `${CONTENT}. If it is, look at SparkPost's status page.`;

const BY_STATUS: Record<number, Entry> = {
    520: ["it couldn't understand the origin's answer", ORIGIN],
    521: ["the origin refuses its connections", ORIGIN],
    522: ["the origin didn't accept its connection in time", ORIGIN],
    523: ["the origin can't be reached", `${CONTENT}.`],
    524: ["the origin didn't answer in time", "Look at SparkPost's status page."],
    525: [
        "the TLS handshake with the origin failed",
        `${CONTENT}. It needs its own name in SNI, so check that no rule overrides that.`,
    ],
    526: [
        "the origin's certificate isn't valid for SSL mode Full (strict)",
        `${SSL_MODE}. Or keep strict, and check that the record's content is ENDPOINT.`,
    ],
    530: ["it can't resolve the origin's name", `${CONTENT}.`],
};

const BY_CODE: Record<number, Entry> = {
    1000: ["the record leads to a forbidden address", `${CONTENT}.`],
    1001: [
        "it doesn't know HOST",
        "Check that the record is proxied, and that the zone is active. Resolvers keep a proxied record's addresses for 300 s after a change.",
    ],
    1010: ["Browser Integrity Check stops this client", "It stops mail scanners too. Turn it off for HOST{pageRule}."],
    1014: [
        "the record leads to a host of another Cloudflare customer",
        `${CONTENT}. Cloudflare doesn't proxy to another customer's host.`,
    ],
    1015: ["a rate limit of the zone stops this machine", "Exclude HOST from the zone's rate limiting rules."],
    1016: ["it can't resolve the origin's name", `${CONTENT}.`],
    1020: ["a firewall rule of the zone stops this client", "Exclude HOST from the zone's custom rules."],
};

/** An answer in words: `302 to https://example.com, 0 bytes, server msys-http`. */
function describeAnswer({ status, location, contentLength, server }: ProbeAnswer): string {
    const where = location === undefined ? `${status}` : `${status} to ${plainText(location)}`;
    const parts = [where, `${contentLength} bytes`];
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
    return {
        browser: "browsers",
        none: "clients without User-Agent, such as mail scanners,",
        assistant: "AI agents (ChatGPT-User)",
    }[agent];
}

function zoneOf(hostname: string): string {
    return registrableDomain(hostname) ?? hostname;
}

function list(items: string[]): string {
    const first = items.slice(0, 4).map((item) => plainText(item, 253));
    return items.length > 4 ? `${first.join(", ")} and ${items.length - 4} more` : first.join(", ");
}
