// The look-up of a Cloudflare zone by its name: once per zone and program, and refused when a host in it couldn't be served.
import { type GetZoneResult, getZone } from "@pulumi/cloudflare/getZone";
import * as pulumi from "@pulumi/pulumi";
import { oncePerProgram } from "../program";
import { UserError } from "../userError";

/**
 * The zone of this name, usable: active, not paused, with its DNS at Cloudflare. The look-up is shared by all hosts of the zone in a program, also by those whose
 * `accountId` is the same; it is all that a preview asks of Cloudflare.
 */
export function lookUpZone(name: string, accountId: string | undefined, parent: pulumi.Resource): pulumi.Output<GetZoneResult> {
    const provider = parent.getProvider("cloudflare:index/getZone:getZone");
    const lookUps = oncePerProgram("zones", () => new Map<pulumi.ProviderResource | undefined, Map<string, pulumi.Output<GetZoneResult>>>());
    const ofProvider = lookUps.get(provider) ?? new Map<string, pulumi.Output<GetZoneResult>>();
    lookUps.set(provider, ofProvider);
    const key = `${accountId ?? ""}/${name}`;
    const known = ofProvider.get(key) ?? pulumi.output(lookUp(name, accountId, provider));
    ofProvider.set(key, known);
    return known;
}

async function lookUp(name: string, accountId: string | undefined, provider: pulumi.ProviderResource | undefined): Promise<GetZoneResult> {
    let zone: GetZoneResult;
    try {
        zone = await getZone({ filter: { name, match: "all", ...(accountId && { account: { id: accountId } }) } }, { provider });
    } catch (error) {
        throw new UserError(
            `Cloudflare zone ${name}: the look-up failed. ${error instanceof Error ? error.message : error}\n` +
                "Check the zone's name, that the API token (cloudflare:apiToken or CLOUDFLARE_API_TOKEN) has the permission Zone Read for it, " +
                "and, if several accounts have a zone of that name, give `accountId`. With `zoneId` instead of `zone` no look-up is made.",
        );
    }
    const problem = zoneProblem(zone);
    if (problem) {
        throw new UserError(`Cloudflare zone ${name}: ${problem}\nNothing was changed.`);
    }
    return zone;
}

/** Why a host in this zone couldn't be served, with the remedy; `undefined` when it could. */
export function zoneProblem({ status, type, paused, nameServers, name }: Pick<GetZoneResult, "status" | "type" | "paused" | "nameServers" | "name">): string | undefined {
    if (type === "partial") {
        return "it is a partial (CNAME) zone, whose DNS is kept elsewhere: a record made at Cloudflare isn't public. Use a full zone, or an edge of your own with `edge`.";
    }
    if (status !== "active") {
        return (
            `it isn't active (status ${status}), so Cloudflare serves neither its records nor a certificate. ` +
            `At the registrar of ${name} set the name servers ${(nameServers ?? []).join(" and ") || "that Cloudflare's dashboard shows"}, ` +
            "after every record of the old DNS was copied; wait until Cloudflare's dashboard says Active, then run `pulumi up` again."
        );
    }
    return paused ? "it is paused, so Cloudflare doesn't proxy its hosts. Resume it in the dashboard (Overview, Advanced Actions)." : undefined;
}
