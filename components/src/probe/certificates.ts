// Certificates: which handshake failures mean that there is none yet. Pure.

/**
 * A server that holds no certificate for the name in SNI ends the handshake with one of these alerts; Cloudflare with
 * the first while a certificate is being issued.
 */
const WITHOUT_CERTIFICATE = [/ALERT_HANDSHAKE_FAILURE$/, /UNRECOGNIZED_NAME$/, /ALERT_INTERNAL_ERROR$/];

/** Whether a handshake's error says that the server has no certificate for the host. */
export function saysNoCertificate(code: string): boolean {
    return WITHOUT_CERTIFICATE.some((alert) => alert.test(code));
}
