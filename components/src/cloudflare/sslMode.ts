// A zone's SSL mode: how Cloudflare connects to SparkPost. Cloudflare may change it by itself.
import { dnsClient } from "../dns/client";
import { covers } from "../hostname";
import { plainText } from "../othersWords";
import type { ProbeOptions } from "../probe/arguments";
import { get, type NoReply, PATH } from "../probe/get";
import { namesOf } from "../probe/names";
import { networkOf } from "../probe/network";
import type { AutomaticMode } from "./reads";

/** What is wrong with this SSL mode, with the remedy; `undefined` if it is suitable. */
export function sslModeWarning(mode: unknown): string | undefined {
    const remedy = "Set it to Full (SSL/TLS, Overview), or give the hostname its own mode with `settings: pageRule`.";
    switch (mode) {
        case "off":
            return `The zone's SSL mode is Off. Cloudflare redirects https to http, so SparkPost can't verify the domain. ${remedy}`;
        case "flexible":
            return (
                "The zone's SSL mode is Flexible. Cloudflare connects to SparkPost without encryption, " +
                `though everything looks right from outside. ${remedy}`
            );
        default:
            return undefined;
    }
}

/** A hostname, and the server behind Cloudflare. */
export interface Origin {
    hostname: string;
    /** The SparkPost host behind it. */
    endpoint: string;
    options: Pick<ProbeOptions, "resolver" | "caFile" | "connectTo">;
}

/**
 * Which name the endpoint's certificate has, if it is asked for the hostname, as Cloudflare asks: the hostname or the endpoint.
 * `refused`: neither, or the certificate isn't valid. `unknown`: the endpoint couldn't be asked.
 */
type OriginCertificate = { is: "host" | "endpoint" } | { is: "refused" | "unknown"; code: string };

/** Asks the endpoint for its certificate. */
export async function originCertificate(
    { hostname, endpoint, options }: Origin,
    signal?: AbortSignal,
): Promise<OriginCertificate> {
    const { rules, ...network } = { ...networkOf(options), signal };
    try {
        const [address = ""] = await namesOf(options, dnsClient({ ...options, signal })).addressesOf(endpoint);
        const target = { scheme: "https", address, name: hostname, host: hostname, path: PATH } as const;
        // A rule for the hostname itself would lead to its edge.
        await get(target, { ...network, rules: rules.filter(({ host }) => host !== hostname) });
        return { is: "host" };
    } catch (error) {
        const { step, code = "", certificate } = error as Partial<NoReply>;
        if (step === "answer") {
            return { is: "host" };
        }
        // Node checks the name last, so the rest of the certificate is valid.
        if (code === "ERR_TLS_CERT_ALTNAME_INVALID" && covers(certificate?.names ?? [], endpoint)) {
            return { is: "endpoint" };
        }
        const isRefused = step === "handshake" || step === "certificate";
        return { is: isRefused ? "refused" : "unknown", code: plainText(code, 60) };
    }
}

/**
 * What Full (strict) would mean for the hostname; `undefined` if it works. Full (strict) accepts an origin's certificate "for
 * the requested or target hostname" (developers.cloudflare.com, SSL/TLS, Full (strict)).
 */
export function strictMeans(
    { hostname, endpoint }: Pick<Origin, "hostname" | "endpoint">,
    certificate: OriginCertificate,
): string | undefined {
    switch (certificate.is) {
        case "host":
            return undefined;
        case "endpoint":
            return `${endpoint} has a certificate for its own name, not for ${hostname}. Cloudflare documents that Full (strict) accepts that, but it isn't proven.`;
        case "refused":
            return `Full (strict) would break the links of ${hostname} with error 526. ${endpoint} has no valid certificate for ${hostname} or for its own name (${certificate.code}).`;
        case "unknown":
            return `Full (strict) may break the links of ${hostname}. ${endpoint} couldn't be asked for its certificate (${certificate.code}).`;
    }
}

/** The warning about a mode that Cloudflare chooses; `undefined` if the hostname works with every mode that it may choose. */
export function automaticModeWarning(
    origin: Pick<Origin, "hostname" | "endpoint">,
    certificate: OriginCertificate,
    { nextScan }: AutomaticMode,
): string | undefined {
    const means = strictMeans(origin, certificate);
    const scan = nextScan ? ` Its next check is at ${nextScan}.` : "";
    return (
        means &&
        `Cloudflare chooses the zone's SSL mode itself (Automatic SSL/TLS), and may raise it to Full (strict).${scan} ${means} ` +
            "Give the hostname its own mode with `settings: pageRule`, or choose Custom SSL/TLS and Full for the zone (SSL/TLS, Overview)."
    );
}
