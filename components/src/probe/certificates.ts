// Certificates: which handshake failures mean that there is none yet, and what a refused one suffers from. Pure.
import type { ProbeCertificate } from "./report";

/**
 * A server that holds no certificate for the name in SNI ends the handshake with one of these alerts; Cloudflare with
 * the first while a certificate is being issued.
 */
const WITHOUT_CERTIFICATE = [/ALERT_HANDSHAKE_FAILURE$/, /UNRECOGNIZED_NAME$/, /ALERT_INTERNAL_ERROR$/];

/** Whether a handshake's error says that the server has no certificate for the host. */
export function saysNoCertificate(code: string): boolean {
    return WITHOUT_CERTIFICATE.some((alert) => alert.test(code));
}

/** Whether a certificate with these names is good for a host; `*` stands for one label (RFC 6125, 6.4.3). */
export function covers(names: string[], host: string): boolean {
    const wildcard = host.replace(/^[^.]+/, "*").toLowerCase();
    return names.some((name) => [host.toLowerCase(), wildcard].includes(name.toLowerCase()));
}

/** What is wrong with a refused certificate, by the verification's code, and what to do. */
export function certificateWords(
    code: string,
    { issuer, validTo, names }: ProbeCertificate,
    hostname: string,
): { what: string; remedy: string } {
    const renew = "Renew it at the edge; check this machine's clock too.";
    switch (code) {
        case "CERT_HAS_EXPIRED":
            return { what: `the certificate for ${hostname} expired on ${validTo}`, remedy: renew };
        case "CERT_NOT_YET_VALID":
            return { what: `the certificate for ${hostname} isn't valid yet`, remedy: renew };
        case "ERR_TLS_CERT_ALTNAME_INVALID":
            return {
                what: `the certificate is for ${names.slice(0, 10).join(", ")}, not for ${hostname}`,
                remedy: `Check that the record leads to the edge that holds the certificate for ${hostname}, and that it was issued.`,
            };
        case "DEPTH_ZERO_SELF_SIGNED_CERT":
        case "SELF_SIGNED_CERT_IN_CHAIN":
            return {
                what: `the certificate for ${hostname} is self-signed (${issuer})`,
                remedy: "Put one of a public authority there. If something on this machine's network opens TLS, run from elsewhere or set the probe's option caFile.",
            };
        case "UNABLE_TO_GET_ISSUER_CERT":
        case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
        case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
            return {
                what: `the certificate for ${hostname} is of an unknown issuer (${issuer})`,
                remedy: "Check that the edge sends the intermediate certificates of a public authority. A private authority can be trusted with the probe's option caFile.",
            };
        default:
            return {
                what: `the certificate for ${hostname} is refused (${code}, issued by ${issuer})`,
                remedy: "Replace it at the edge.",
            };
    }
}
