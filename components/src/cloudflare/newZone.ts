// Why an edge may have no certificate yet: a zone gets its first one within a day of becoming active.
import * as pulumi from "@pulumi/pulumi";
import { plainText } from "../othersWords";
import { accessOf } from "./access";
import { getList } from "./api";
import type { Zone } from "./zoneLookUp";

/** A certificate of a zone, as it is ordered. */
export interface CertificatePack {
    hosts: string[];
    /** `active`, or what it waits for. */
    status: string;
}

const hour = 60 * 60 * 1_000;

/**
 * Tells the status of the certificates of a zone that became active less than a day ago, where the token may read it
 * (SSL and Certificates Read): the probe is going to wait for one. For updates only.
 */
export async function warnOfNewZone(zone: Zone, component: pulumi.Resource): Promise<void> {
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
    packs: readonly CertificatePack[] | undefined,
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

/** The zone's certificates as they are ordered; undefined where they can't be read (SSL and Certificates Read). For updates. */
export async function readPacks(zoneId: string, component: pulumi.Resource): Promise<CertificatePack[] | undefined> {
    const access = await accessOf(component);
    if (!access) {
        return undefined;
    }
    try {
        // Without `status` Cloudflare leaves out those that aren't active yet.
        const query = { status: "all" };
        const packs = await getList<CertificatePack>(access, `zones/${zoneId}/ssl/certificate_packs`, query);
        return packs.map(({ hosts, status }) => ({
            hosts: hosts.map((host) => plainText(host)),
            status: plainText(status),
        }));
    } catch {
        return undefined;
    }
}
