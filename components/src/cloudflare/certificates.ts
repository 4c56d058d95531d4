// A zone's certificates. A zone gets its first one within a day after it became active. Until then a hostname in use isn't
// proxied.
import * as pulumi from "@pulumi/pulumi";
import { covers } from "../hostname";
import { UserError } from "../pulumi/userError";
import { type CertificatePack, readCertificatePacks } from "./reads";
import { accessOf, type Zone } from "./zoneLookUp";

const hour = 60 * 60 * 1_000;

/**
 * Warns if a zone became active less than a day ago and has no active certificate yet: the probe will wait for it. For updates
 * only.
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
 * The warning about a new zone; `undefined` if it has an active certificate.
 *
 * @param packs `undefined` if the API token can't read them.
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
        ? "This API token can't read its status (it lacks SSL and Certificates Read)."
        : packs.length === 0
          ? "None is ordered yet: check that Universal SSL is on (SSL/TLS, Edge Certificates)."
          : `Status now: ${packs.map(({ hosts, status }) => `${hosts.join(", ")} ${status}`).join("; ")}.`;
    return (
        `The zone ${zone} became active ${since} ago. Its certificate becomes active 15 minutes to 24 hours after that. ${seen} ` +
        "The probe waits for it. If the probe gives up first, run `pulumi up` again later."
    );
}

/** Why a hostname in use must not be proxied yet; `undefined` if an active certificate covers it. */
export function certificateProblem(hostname: string, packs: readonly CertificatePack[]): string | undefined {
    if (packs.some(({ status, hosts }) => status === "active" && covers(hosts, hostname))) {
        return undefined;
    }
    const seen = packs.map(({ hosts, status }) => `${hosts.join(", ")} ${status}`).join("; ") || "none is ordered";
    return (
        `${hostname} is in use, and Cloudflare has no active certificate for it yet (${seen}). Proxying it now would break its https links until a certificate is active. Nothing was changed.\n` +
        "A zone gets its first certificate 15 minutes to 24 hours after it became active, even while the record is DNS only. Run `pulumi up --refresh` once it is active (SSL/TLS, Edge Certificates)."
    );
}

/** Refuses to proxy a hostname without an active certificate that covers it. For updates. */
export async function checkCertificate(
    zoneId: string,
    { hostname, inUse, isCovered }: { hostname: string; inUse?: boolean; isCovered?: boolean },
    component: pulumi.Resource,
): Promise<void> {
    const packs = await readPacks(zoneId, component);
    const problem = packs && certificateProblem(hostname, packs);
    if (problem !== undefined) {
        throw new UserError(problem, "cloudflare-certificate");
    }
    if (packs || isCovered) {
        return;
    }
    const unknown =
        `${hostname} is about to be proxied, and this API token can't read whether its certificate is active (it lacks SSL and Certificates Read). ` +
        "Without an active certificate https breaks on it.";
    if (inUse) {
        throw new UserError(
            `${unknown} Nothing was changed.\nGive the API token that permission. Or look in Cloudflare's dashboard (SSL/TLS, Edge Certificates), and set \`certificateCoversHostname: true\` once the certificate is active.`,
            "cloudflare-certificate",
        );
    }
    pulumi.log.warn(`${unknown} Look in Cloudflare's dashboard (SSL/TLS, Edge Certificates).`, component);
}

/** The zone's certificates; `undefined` if the API token can't read them (SSL and Certificates Read). For updates. */
async function readPacks(zoneId: string, component: pulumi.Resource): Promise<CertificatePack[] | undefined> {
    const access = await accessOf(component);
    return access && readCertificatePacks(access, zoneId).catch(() => undefined);
}
