// Whether a host can be served by a zone: it lies in it, and a certificate covers it.
import { isWithin } from "../hostname";
import type { Problem } from "../pulumi/problems";

/** What is wrong with serving `hostname` from the zone of this name. */
export function hostInZoneProblems(hostname: string, zone: string, certificateCoversHost: boolean): Problem[] {
    if (!isWithin(hostname, zone)) {
        return [
            { field: "zone", value: zone, message: `${hostname} doesn't lie in it; give the zone that holds the host` },
        ];
    }
    const labels = hostname.slice(0, -zone.length).split(".").filter(Boolean);
    if (labels.length > 1 && !certificateCoversHost) {
        const oneLabel = `${labels.join("-")}.${zone}`;
        return [
            {
                field: "hostname",
                value: hostname,
                message:
                    `it lies ${labels.length} labels below the zone ${zone}, and Cloudflare's Universal SSL covers one: choose a host like ${oneLabel}, ` +
                    "or say `certificateCoversHost: true` once an advanced certificate or a zone of its own covers it",
            },
        ];
    }
    return [];
}
