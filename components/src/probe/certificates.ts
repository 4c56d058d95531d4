// Certificates: which handshake failures mean that there is none yet, and which hosts one is good for. Pure.

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
