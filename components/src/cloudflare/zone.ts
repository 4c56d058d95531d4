// The Cloudflare zone of a hostname: given by id, looked up by name, or created.
import * as pulumi from "@pulumi/pulumi";
import { asciiName } from "../hostname";
import type { LookOptions } from "../hostToday/look";
import { asksNobody } from "../pulumi/afterCheck";
import { oncePerProgram } from "../pulumi/program";
import { refuse } from "../pulumi/userError";
import { type CloudflareArgs, hostInZoneProblems } from "./arguments";
import { warnOfNewZone } from "./certificates";
import { createZoneOnce } from "./createdZone";
import { httpsLinksNote, httpsLinksStep } from "./delegation";
import type { ZoneOfHost } from "./preflight";
import { readAutomaticMode, readSslMode } from "./reads";
import { automaticModeWarning, originCertificate, sslModeWarning } from "./sslMode";
import { accessOf, checkNotPaused, lookUpZoneOnce, type Zone, zoneOfId } from "./zoneLookUp";

/** A hostname, and the arguments for its zone. */
type HostInZone = CloudflareArgs &
    Pick<LookOptions, "resolver" | "caFile" | "connectTo"> & {
        hostname: string;
        /** The host that Cloudflare asks, if the hostname is proxied. */
        endpoint?: string;
        isProxied?: boolean;
        inUse?: boolean;
    };

/** A zone as an edge uses it. */
interface ZoneInUse {
    /** In an update, known once the zone was checked. It waits for no resource of ours except a created zone. */
    id: pulumi.Output<string>;
    /** The account that has the zone; empty where a zone is given by id alone. */
    accountId: pulumi.Output<string>;
    /** The zone when the program started; `undefined` if it isn't created yet. It waits for no resource. */
    known: pulumi.Output<ZoneOfHost | undefined>;
    /** For a created zone: the manual steps until it is active. */
    waitsFor?: pulumi.Output<string[]>;
    /** What is good to know before that is done. */
    notes?: pulumi.Output<string[]>;
}

/**
 * The zone that the arguments name. A preview only looks it up by name, once for all hostnames of the zone. An update also
 * reads, once per zone, what could keep the edge from working, and warns about it. It also reads a zone given by id, if the
 * API token may. Without Cloudflare's proxy (`isProxied: false`) only the zone's DNS matters.
 */
export function zoneOf(args: HostInZone, component: pulumi.Resource): ZoneInUse {
    const { hostname, zoneId, accountId, isProxied = true, inUse = false } = args;
    const name = asciiName(args.zone ?? "") ?? "";
    if (args.createZone) {
        const created = createZoneOnce(name, accountId ?? "", component);
        const id = pulumi.all([created.zoneId, created.found]).apply(async ([id, zone]) => {
            if (zone?.status === "active") {
                await warnOnce(id, zone, args, component);
            }
            return id;
        });
        const before = (first: string, rest: string[]) =>
            rest.length > 0 && inUse && isProxied ? [first, ...rest] : rest;
        const waitsFor = created.nextSteps.apply((steps) => before(httpsLinksStep(hostname), steps));
        const notes = created.notes.apply((told) => before(httpsLinksNote(hostname), told));
        const known = created.found.apply((zone) => zone && { id: zone.id, isPending: zone.status !== "active" });
        return { id, accountId: pulumi.output(accountId ?? ""), known, waitsFor, notes };
    }
    if (zoneId !== undefined) {
        return active(
            pulumi.output(zoneId).apply((id) => seen(id, args, component)),
            pulumi.output(accountId ?? ""),
        );
    }
    const provider = component.getProvider("cloudflare:index/getZones:getZones");
    const found = lookUpZoneOnce(name, accountId, provider);
    const zone = isProxied ? found.apply(checkNotPaused) : found;
    const id = zone.apply(async (known) => {
        await warnOnce(known.id, known, args, component);
        return known.id;
    });
    return active(
        id,
        found.apply(({ account }) => accountId ?? account?.id ?? ""),
    );
}

function active(id: pulumi.Output<string>, accountId: pulumi.Output<string>): ZoneInUse {
    return { id, accountId, known: id.apply((known) => ({ id: known, isPending: false })) };
}

/** The zone id that the user gave. An update checks the zone, if the API token can read it. */
async function seen(id: string, args: HostInZone, component: pulumi.Resource): Promise<string> {
    if (asksNobody()) {
        return id;
    }
    const { hostname, certificateCoversHostname = false, isProxied = true } = args;
    const zone = await oncePerProgram(`zone ${id}`, () => zoneOfId(id, component));
    if (zone) {
        if (isProxied) {
            checkNotPaused(zone);
        }
        const problems = hostInZoneProblems(hostname, zone.name, certificateCoversHostname || !isProxied);
        refuse(`Cloudflare zone ${zone.name}`, problems);
    }
    await warnOnce(id, zone, args, component);
    return id;
}

/** In an update, warns of what could keep the zone's hostnames from working, as far as the API token may read it. */
async function warnOnce(
    id: string,
    zone: Zone | undefined,
    args: HostInZone,
    component: pulumi.Resource,
): Promise<void> {
    const { mode, settings, isProxied = true } = args;
    if (!isProxied || asksNobody()) {
        return;
    }
    await Promise.all([
        // A page rule gives the hostname its own SSL mode, or redirects visitors before the SSL mode matters.
        settings !== "pageRule" &&
            mode !== "redirect" &&
            oncePerProgram(`SSL mode ${id}`, () => warnOfSslMode(id, args, component)),
        zone && oncePerProgram(`certificates ${id}`, () => warnOfNewZone(zone, component)),
    ]);
}

/**
 * Warns about an unsuitable SSL mode, or one that Cloudflare may make unsuitable, if the API token may read it (Zone Settings
 * Read). For updates only.
 */
async function warnOfSslMode(zoneId: string, options: HostInZone, component: pulumi.Resource): Promise<void> {
    const { hostname, endpoint } = options;
    const access = await accessOf(component);
    if (!access) {
        return;
    }
    // A proxied record needs a token for zones and DNS only, which can't read settings.
    const [mode, automatic] = await Promise.all([
        readSslMode(access, zoneId).catch(() => undefined),
        readAutomaticMode(access, zoneId).catch(() => undefined),
    ]);
    let warning = sslModeWarning(mode);
    // Strict mode works, because the probe succeeds only then.
    if (!warning && automatic?.isOn && mode !== "strict" && endpoint !== undefined) {
        const origin = { hostname, endpoint, options };
        warning = automaticModeWarning(origin, await originCertificate(origin), automatic);
    }
    if (warning) {
        pulumi.log.warn(warning, component);
    }
}
