// "Certificate": what every address shows for the host, and whether it can be renewed.
import { type Authority, type CaaFinding, caaFindings, type FoundCaa, findCaa } from "../dns/caa";
import { plainText } from "../othersWords";
import type { Looks } from "../probe/ask";
import type { Finding } from "../probe/findings";
import { type ShownCertificate, takesOldTls } from "../probe/get";
import { type Check, checkOf, notLookedAt, ofHttps } from "./check";
import type { Look, Subject, World } from "./world";

/** Findings of https that are about the certificate, and not about what is answered behind it. */
const OF_CERTIFICATE: Finding["kind"][] = [
    "no-certificate",
    "handshake-failed",
    "certificate-refused",
    "intermediate-missing",
    "key-too-small",
    "dns-only",
];

export function isOfCertificate({ kind }: Finding): boolean {
    return OF_CERTIFICATE.includes(kind);
}

export const lookAtCertificate: Look = async (subject, world) => {
    const looks = subject.answers?.https;
    if (!looks) {
        return [notLookedAt("certificate", subject)];
    }
    const [ofTls, caa] = await Promise.all([ofOldTls(looks, subject, world), findCaa(subject.hostname, world.dns)]);
    return [...ofAddresses(looks, subject), ...ofTls, ...ofCaa(subject, caa)].map((check) => ofHttps(check, subject));
};

/** Each fault once, with the addresses that show it, and each good certificate once. */
function ofAddresses({ working, failing }: Looks, subject: Subject): Check[] {
    const refused = failing.filter(({ error }) => isOfCertificate(error.finding));
    const kinds = Map.groupBy(refused, ({ error }) => error.finding.kind);
    const all = working.length + failing.length;
    const broken = [...kinds.values()].map((some) => {
        const [first] = some;
        const { finding } = (first as (typeof some)[0]).error;
        if (some.length === all) {
            return checkOf(finding, "certificate", subject, meansOf(subject));
        }
        const where = some.map(({ address }) => address).join(", ");
        const check = checkOf(finding, "certificate", subject);
        return { ...check, seen: `${check.seen} (at ${some.length} of the ${all} addresses: ${where})` };
    });
    const certificates = working.flatMap(({ asked }) => asked.edge.certificate ?? []);
    const different = [...new Map(certificates.map((one) => [`${one.issuer} ${one.validTo}`, one])).values()];
    return [...broken, ...different.map((one) => ofDates(one, subject, Date.now()))];
}

/** The share of its life at which a certificate should be renewed by now. Authorities advise to renew at a third. */
const LATE = 1 / 5;

/** How long a certificate is valid. The share of its life counts, because some are for 6 days and some for a year. */
export function ofDates(
    { issuer, validFrom, validTo, names }: ShownCertificate,
    { hostname }: Subject,
    now: number,
): Check {
    const [begin, end] = [Date.parse(validFrom), Date.parse(validTo)];
    const days = (end - now) / 86_400_000;
    const left = (end - now) / (end - begin);
    const whole = names.includes(hostname) ? hostname : (names.find((name) => name.startsWith("*.")) ?? hostname);
    const seen = `the certificate for ${whole} (${issuer}) is valid until ${validTo.slice(0, 16).replace("T", " ")} UTC, another ${spanOf(days)}`;
    if (left > LATE) {
        return { heading: "certificate", kind: "certificate", state: "ok", seen };
    }
    return {
        heading: "certificate",
        kind: "certificate-ends",
        state: "warning",
        seen: `${seen}: ${Math.round(left * 100)} % of its life`,
        means: "It should have been renewed by now. When it ends, https links stop opening.",
        remedy: "Check its renewal at the edge: CAA records, the DNS record that proves the host, the subscription.",
    };
}

function spanOf(days: number): string {
    const hours = Math.max(0, Math.round(days * 24));
    return hours < 48 ? `${hours} hour${hours === 1 ? "" : "s"}` : `${Math.round(days)} days`;
}

/** The version of TLS, and whether the edge accepts versions that browsers have given up (RFC 8996). */
async function ofOldTls({ working }: Looks, { hostname }: Subject, { network, signal }: World): Promise<Check[]> {
    const [first] = working;
    if (!first || signal.aborted) {
        return [];
    }
    const { address } = first;
    const newest = first.asked.edge.protocol ?? "TLS";
    const isOld = await takesOldTls({ address, name: hostname }, network);
    return [
        isOld
            ? {
                  heading: "certificate",
                  kind: "old-tls",
                  state: "warning",
                  seen: `${hostname} (${address}) accepts TLS 1.0 or 1.1 too, besides ${inWords(newest)}`,
                  means: "Links work. Security audits object to these versions.",
                  remedy: "Set the edge's lowest version to TLS 1.2.",
              }
            : { heading: "certificate", kind: "tls", state: "ok", seen: `${inWords(newest)}, and none older than 1.2` },
    ];
}

function inWords(protocol: string): string {
    return protocol.replace(/^TLSv/, "TLS ");
}

function meansOf({ hostname }: Subject): string {
    return `https links of ${hostname} don't open. Browsers show a security warning instead.`;
}

/** Certificate authorities: what their certificates call them, and by which domain CAA records allow them. */
const AUTHORITIES: [pattern: RegExp, name: string, issuer: string][] = [
    [/let's encrypt/i, "Let's Encrypt", "letsencrypt.org"],
    [/google trust services/i, "Google Trust Services", "pki.goog"],
    [/ssl corp/i, "SSL.com", "ssl.com"],
    [/certainly/i, "Certainly", "certainly.com"],
    [/globalsign/i, "GlobalSign", "globalsign.com"],
    [/digicert/i, "DigiCert", "digicert.com"],
    [/amazon/i, "Amazon", "amazon.com"],
    [/sectigo|comodo|zerossl/i, "Sectigo", "sectigo.com"],
];

/** Who orders the certificate of an edge, how the hostname is proven, and which authorities may issue it. */
const ORDERS: Record<string, { customer: string; method: Authority["method"]; issuers: string[] }> = {
    cloudflare: { customer: "Cloudflare", method: "dns-01", issuers: ["letsencrypt.org", "pki.goog", "ssl.com"] },
    fastly: { customer: "Fastly", method: "dns-01", issuers: ["certainly.com", "letsencrypt.org", "globalsign.com"] },
    managed: { customer: "SparkPost", method: "http-01", issuers: ["letsencrypt.org"] },
};

/** Whether CAA records let the authority that issued the certificate renew it, or else one of the edge's authorities issue it. */
export function ofCaa(subject: Subject, found: FoundCaa): Check[] {
    const { hostname, edge = "" } = subject;
    const shown = subject.answers?.https.working.map(({ asked }) => asked.edge.certificate?.issuer ?? "") ?? [];
    const issued = AUTHORITIES.filter(([pattern]) => shown.some((issuer) => pattern.test(issuer)));
    const order = ORDERS[edge];
    const usual = AUTHORITIES.filter(([, , issuer]) => order?.issuers.includes(issuer));
    // One authority is enough: an edge with several takes another.
    const [best = []] = (issued.length > 0 ? issued : usual)
        .map(([, name, issuer]) => findingsOf(hostname, { name, issuer }, order, found))
        .sort((one, other) => weightOf(one) - weightOf(other));
    const hasCertificate = shown.length > 0;
    const checks = best.map(
        ({ kind, isForbidden, seen, remedy }): Check => ({
            heading: "certificate",
            kind,
            state: isForbidden && !hasCertificate ? "broken" : "warning",
            seen,
            means: hasCertificate
                ? "The certificate may not be renewed. Then https links stop opening when it ends."
                : "The edge gets no certificate.",
            remedy,
        }),
    );
    if (checks.length > 0 || found.unknown) {
        return checks;
    }
    const issuers = found.relevant?.records.flatMap(({ tag, issuer }) => (tag === "issue" ? [issuer] : [])) ?? [];
    const seen =
        found.relevant && issuers.length > 0
            ? `the CAA records of ${plainText(found.relevant.name, 253)} let ${plainText([...new Set(issuers)].join(", "))} issue certificates`
            : "no CAA record limits who may issue certificates";
    return [{ heading: "certificate", kind: "caa", state: "ok", seen }];
}

/** What CAA records mean for an authority. If the edge's method isn't known, only what holds for every method. */
function findingsOf(
    hostname: string,
    authority: Pick<Authority, "name" | "issuer">,
    order: (typeof ORDERS)[string] | undefined,
    found: FoundCaa,
): CaaFinding[] {
    const { customer = "the edge", method } = order ?? {};
    const methods = method ? [method] : (["dns-01", "http-01", "tls-alpn-01"] as const);
    const [first = [], ...others] = methods.map((one) =>
        caaFindings(hostname, { ...authority, customer, method: one }, found),
    );
    return first.filter(({ kind }) => others.every((found) => found.some((other) => other.kind === kind)));
}

function weightOf(findings: CaaFinding[]): number {
    return findings.length + (findings.some(({ isForbidden }) => isForbidden) ? 100 : 0);
}
