// The Cloudflare zone of a host: looked up by its name, once per program, and refused when no host in it could be
// served.
import { type GetZoneResult, getZone } from "@pulumi/cloudflare/getZone";
import * as pulumi from "@pulumi/pulumi";
import { asciiName } from "../hostname";
import { oncePerProgram } from "../program";
import { refuse, UserError } from "../userError";
import type { CloudflareArgs } from "./arguments";
import { hostInZoneProblems } from "./hostInZone";
import { warnOfNewZone } from "./newZone";
import { warnOfSslMode } from "./sslMode";

/**
 * The id of the zone that the arguments name. A look-up by name is all that a preview asks of Cloudflare, and is shared
 * by all hosts of the zone. An update also reads, once per zone, what could keep the edge from working, and warns about
 * it; a zone given by id is read then too, where the token may. Without Cloudflare's proxy (`isProxied: false`) only its
 * name servers matter.
 */
export function zoneIdOf(
    {
        hostname,
        zone,
        zoneId,
        accountId,
        mode,
        settings,
        certificateCoversHost = false,
        isProxied = true,
    }: CloudflareArgs & { hostname: string; isProxied?: boolean },
    component: pulumi.Resource,
): pulumi.Output<string> {
    const provider = component.getProvider("cloudflare:index/getZone:getZone");
    const known: pulumi.Output<GetZoneResult | undefined> =
        zoneId === undefined ? lookUpOnce(asciiName(zone ?? "") ?? "", accountId, provider) : pulumi.output(undefined);
    const id = zoneId === undefined ? known.apply((zone) => zone?.id ?? "") : pulumi.output(zoneId);
    if (pulumi.runtime.isDryRun()) {
        return id;
    }
    return pulumi.all([id, known]).apply(async ([id, lookedUp]) => {
        const zone = lookedUp ?? (await oncePerProgram(`zone ${id}`, () => readZone(id, provider)));
        if (zone && !lookedUp) {
            const isCovered = certificateCoversHost || !isProxied;
            refuse(`Cloudflare zone ${zone.name}`, hostInZoneProblems(hostname, zone.name, isCovered));
        }
        if (!isProxied) {
            return id;
        }
        await Promise.all([
            // A page rule gives the host an SSL mode of its own, or sends visitors away before that matters.
            settings !== "pageRule" &&
                mode !== "redirect" &&
                oncePerProgram(`SSL mode ${id}`, () => warnOfSslMode(id, component)),
            zone && oncePerProgram(`certificates ${id}`, () => warnOfNewZone(zone, component)),
        ]);
        return id;
    });
}

/** The zone of an id that a user gave, usable; `undefined` where the token can't read it (Zone Read). */
async function readZone(
    zoneId: string,
    provider: pulumi.ProviderResource | undefined,
): Promise<GetZoneResult | undefined> {
    const zone = await getZone({ zoneId }, { provider }).catch(() => undefined);
    return zone && usable(zone);
}

function lookUpOnce(
    name: string,
    accountId: string | undefined,
    provider: pulumi.ProviderResource | undefined,
): pulumi.Output<GetZoneResult> {
    const lookUps = oncePerProgram(
        "zones",
        () => new Map<typeof provider, Map<string, pulumi.Output<GetZoneResult>>>(),
    );
    const ofProvider = lookUps.get(provider) ?? new Map<string, pulumi.Output<GetZoneResult>>();
    lookUps.set(provider, ofProvider);
    const key = `${accountId ?? ""}/${name}`;
    const zone = ofProvider.get(key) ?? pulumi.output(lookUp(name, accountId, provider));
    ofProvider.set(key, zone);
    return zone;
}

async function lookUp(
    name: string,
    accountId: string | undefined,
    provider: pulumi.ProviderResource | undefined,
): Promise<GetZoneResult> {
    let zone: GetZoneResult;
    try {
        const account = accountId === undefined ? {} : { account: { id: accountId } };
        zone = await getZone({ filter: { name, match: "all", ...account } }, { provider });
    } catch (error) {
        throw new UserError(
            `Cloudflare zone ${name}: the look-up failed. ${error instanceof Error ? error.message : error}\n` +
                "Check the zone's name, that the API token (cloudflare:apiToken or CLOUDFLARE_API_TOKEN) has the permission " +
                "Zone Read for it, and, if several accounts have a zone of that name, give `accountId`. " +
                "With `zoneId` instead of `zone` no look-up is made.",
        );
    }
    return usable(zone);
}

function usable(zone: GetZoneResult): GetZoneResult {
    const problem = zoneProblem(zone);
    if (problem) {
        throw new UserError(`Cloudflare zone ${zone.name}: ${problem}\nNothing was changed at Cloudflare.`);
    }
    return zone;
}

/** Why a host in this zone couldn't be served, with the remedy; `undefined` when it could. */
export function zoneProblem({
    status,
    type,
    paused,
    nameServers,
    name,
}: Pick<GetZoneResult, "status" | "type" | "paused" | "nameServers" | "name">): string | undefined {
    if (type === "partial") {
        return (
            "it is a partial (CNAME) zone, whose DNS is kept elsewhere: a record made at Cloudflare isn't public. " +
            "Use a full zone, or an edge of your own with `edge`."
        );
    }
    if (status !== "active") {
        const servers = (nameServers ?? []).join(" and ") || "that Cloudflare's dashboard shows";
        return (
            `it isn't active (status ${status}), so Cloudflare serves neither its records nor a certificate. ` +
            `At the registrar of ${name} set the name servers ${servers}, after every record of the old DNS was copied; ` +
            "wait until Cloudflare's dashboard says Active, then run `pulumi up` again."
        );
    }
    return paused
        ? "it is paused, so Cloudflare doesn't proxy its hosts. Resume it in the dashboard (Overview, Advanced Actions)."
        : undefined;
}
