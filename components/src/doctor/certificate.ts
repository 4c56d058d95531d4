// "Certificate": what every address shows for the host, and whether it can be renewed.
import type { Check } from "./check";
import { brokenBy } from "./finding";
import type { Look } from "./world";

/** Findings of https that are about the certificate, and not about what is answered behind it. */
const OF_CERTIFICATE = ["no-certificate", "handshake-failed", "certificate-refused", "dns-only"];

export const lookAtCertificate: Look = async (subject) => {
    const { working = [], failing = [] } = subject.answers?.https ?? {};
    const [good] = working;
    const [bad] = failing.filter(({ error }) => isOfCertificate(error.finding.kind));
    if (bad) {
        return [brokenBy(bad.error.finding, "certificate", subject)];
    }
    const certificate = good?.asked.edge.certificate;
    return certificate
        ? [
              {
                  heading: "certificate",
                  kind: "certificate",
                  state: "ok",
                  seen: `the certificate of ${certificate.issuer} is for ${subject.hostname}`,
              } satisfies Check,
          ]
        : [];
};

export function isOfCertificate(kind: string): boolean {
    return OF_CERTIFICATE.includes(kind);
}
