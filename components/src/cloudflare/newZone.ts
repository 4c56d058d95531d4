// Why an edge may have no certificate yet: a zone gets its first one within a day of becoming active.
import { type GetCertificatePacksResult, getCertificatePacks } from "@pulumi/cloudflare/getCertificatePacks";
import type { GetZoneResult } from "@pulumi/cloudflare/getZone";
import * as pulumi from "@pulumi/pulumi";

const hour = 60 * 60 * 1_000;

/**
 * Tells the status of the certificates of a zone that became active less than a day ago, where the token may read it
 * (SSL and Certificates Read): the probe is going to wait for one. For updates only.
 */
export async function warnOfNewZone(zone: GetZoneResult, component: pulumi.Resource): Promise<void> {
    const age = Date.now() - Date.parse(zone.activatedOn);
    if (!(age < 24 * hour)) {
        return;
    }
    const warning = newZoneWarning(zone.name, age, await readPacks(zone.id, component));
    if (warning) {
        pulumi.log.warn(warning, component);
    }
}

/**
 * The warning about a new zone; `undefined` when it has an active certificate. `packs` is undefined where they can't be
 * read.
 */
export function newZoneWarning(
    zone: string,
    age: number,
    packs: readonly { hosts: string[]; status: string }[] | undefined,
): string | undefined {
    if (packs?.some(({ status }) => status === "active")) {
        return undefined;
    }
    const since = age < hour ? "less than an hour" : `${Math.round(age / hour)} h`;
    const seen = !packs
        ? "Its status can't be read with this API token (SSL and Certificates Read)."
        : packs.length === 0
          ? "None is on order yet: see that Universal SSL is on (SSL/TLS, Edge Certificates)."
          : `Now: ${packs.map(({ hosts, status }) => `${hosts.join(", ")} ${status}`).join("; ")}.`;
    return (
        `The zone ${zone} has been active for ${since}; its certificate comes 15 minutes to 24 hours after that. ${seen} ` +
        "The probe waits for it; if it gives up first, `pulumi up` goes on from there later."
    );
}

/** The zone's certificates as they are ordered; undefined where they can't be read (SSL and Certificates Read). */
export async function readPacks(
    zoneId: string,
    component: pulumi.Resource,
): Promise<GetCertificatePacksResult["results"] | undefined> {
    try {
        const provider = component.getProvider("cloudflare:index/getCertificatePacks:getCertificatePacks");
        return (await getCertificatePacks({ zoneId, status: "all" }, { provider })).results;
    } catch {
        return undefined;
    }
}
