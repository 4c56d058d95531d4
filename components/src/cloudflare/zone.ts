// The Cloudflare zone of a host, as its edge uses it: given by id, looked up by name, or created.
import { type GetZoneResult, getZone } from "@pulumi/cloudflare/getZone";
import * as pulumi from "@pulumi/pulumi";
import type { LookUpOptions } from "../dns/lookUp";
import { asciiName } from "../hostname";
import { oncePerProgram } from "../pulumi/program";
import { refuse } from "../pulumi/userError";
import type { CloudflareArgs } from "./arguments";
import { httpsLinksStep } from "./delegation";
import { hostInZoneProblems } from "./hostInZone";
import { warnOfNewZone } from "./newZone";
import { warnOfSslMode } from "./sslMode";
import { lookUpOnce, unpaused, usable } from "./zoneLookUp";
import { createOnce } from "./zoneResource";

/** A host, and what is said of its zone. */
type ZoneOfHost = CloudflareArgs & LookUpOptions & { hostname: string; isProxied?: boolean; inUse?: boolean };

/** A zone as an edge uses it. */
export interface ZoneInUse {
    /** In an update known once it was looked at. */
    id: pulumi.Output<string>;
    /** What somebody has to do first, for a zone that is created: empty once it is active. */
    waitsFor?: pulumi.Output<string[]>;
}

/**
 * The zone that the arguments name. A look-up by name is all that a preview asks of Cloudflare, and is shared by all
 * hosts of the zone. An update also reads, once per zone, what could keep the edge from working, and warns about it; a
 * zone given by id is read then too, where the token may. Without Cloudflare's proxy (`isProxied: false`) only its name
 * servers matter.
 */
export function zoneOf(args: ZoneOfHost, component: pulumi.Resource): ZoneInUse {
    const { hostname, zoneId, accountId, isProxied = true, inUse = false } = args;
    const isCovered = args.certificateCoversHost || !isProxied;
    const name = asciiName(args.zone ?? "") ?? "";
    if (args.createZone) {
        const created = createOnce(name, accountId ?? "", args, component);
        const id = pulumi.runtime.isDryRun()
            ? created.zoneId
            : pulumi.all([created.zoneId, created.found]).apply(async ([id, zone]) => {
                  if (zone?.status === "active") {
                      await warnOnce(id, zone, args, component);
                  }
                  return id;
              });
        const waitsFor = created.nextSteps.apply((steps) =>
            steps.length > 0 && inUse && isProxied ? [httpsLinksStep(hostname), ...steps] : steps,
        );
        return { id, waitsFor };
    }
    const provider = component.getProvider("cloudflare:index/getZone:getZone");
    if (zoneId === undefined) {
        const found = lookUpOnce(name, accountId, provider);
        const zone = isProxied ? found.apply(unpaused) : found;
        if (pulumi.runtime.isDryRun()) {
            return { id: zone.id };
        }
        const id = zone.apply(async (known) => {
            await warnOnce(known.id, known, args, component);
            return known.id;
        });
        return { id };
    }
    if (pulumi.runtime.isDryRun()) {
        return { id: pulumi.output(zoneId) };
    }
    const id = pulumi.output(zoneId).apply(async (id) => {
        const zone = await oncePerProgram(`zone ${id}`, () => readZone(id, provider));
        if (zone) {
            if (isProxied) {
                unpaused(zone);
            }
            refuse(`Cloudflare zone ${zone.name}`, hostInZoneProblems(hostname, zone.name, isCovered));
        }
        await warnOnce(id, zone, args, component);
        return id;
    });
    return { id };
}

/** Warns of what could keep the zone's hosts from working. For updates only. */
async function warnOnce(
    id: string,
    zone: GetZoneResult | undefined,
    { mode, settings, isProxied = true }: ZoneOfHost,
    component: pulumi.Resource,
): Promise<void> {
    if (!isProxied) {
        return;
    }
    await Promise.all([
        // A page rule gives the host an SSL mode of its own, or sends visitors away before that matters.
        settings !== "pageRule" &&
            mode !== "redirect" &&
            oncePerProgram(`SSL mode ${id}`, () => warnOfSslMode(id, component)),
        zone && oncePerProgram(`certificates ${id}`, () => warnOfNewZone(zone, component)),
    ]);
}

/** The zone of an id that a user gave, usable; `undefined` where the token can't read it (Zone Read). */
async function readZone(
    zoneId: string,
    provider: pulumi.ProviderResource | undefined,
): Promise<GetZoneResult | undefined> {
    const zone = await getZone({ zoneId }, { provider }).catch(() => undefined);
    return zone && usable(zone);
}
