// "Way through": what comes back through every address, by https and by http, as from the endpoint asked directly.
import { isOfCertificate } from "./certificate";
import type { Check } from "./check";
import { brokenBy } from "./finding";
import type { Look } from "./world";

export const lookAtWay: Look = async (subject) =>
    (["https", "http"] as const).flatMap((scheme): Check[] => {
        const { working = [], failing = [] } = subject.answers?.[scheme] ?? {};
        const [bad] = failing.filter(({ error }) => !isOfCertificate(error.finding.kind));
        if (bad) {
            return [brokenBy(bad.error.finding, "way", subject)];
        }
        const seen = `${scheme} answers as ${subject.endpoint} does`;
        return working.length > 0 ? [{ heading: "way", kind: scheme, state: "ok", seen }] : [];
    });
