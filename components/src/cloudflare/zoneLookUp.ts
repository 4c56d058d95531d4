// A zone at Cloudflare as it is now: looked up by its name, once per program, or read by its id; and whether a host could
// be served in it.
import { type GetZonesArgs, getZones } from "@pulumi/cloudflare/getZones";
import * as pulumi from "@pulumi/pulumi";
import { isMocked } from "../pulumi/afterCheck";
import { oncePerProgram } from "../pulumi/program";
import { providerSettings } from "../pulumi/providerSetting";
import { UserError } from "../pulumi/userError";
import { type CloudflareAccess, defaultBaseUrl, getResult } from "./api";
import { delegationSteps } from "./delegation";

/** What we read of a zone. */
export interface Zone {
    id: string;
    name: string;
    /** `active`, or `pending` until its name servers are delegated, and others. */
    status: string;
    /** `full`, or `partial` where its DNS is kept elsewhere. */
    type: string;
    paused: boolean;
    nameServers: string[];
    /** RFC 3339; empty before it was active. */
    activatedOn: string;
}

type Provider = pulumi.ProviderResource | undefined;

/** The one zone of this name, usable; the look-up is shared by all who ask with the same provider and account. */
export function lookUpOnce(name: string, accountId: string | undefined, provider: Provider): pulumi.Output<Zone> {
    const lookUps = oncePerProgram("zones", () => new Map<Provider, Map<string, pulumi.Output<Zone>>>());
    const ofProvider = lookUps.get(provider) ?? new Map<string, pulumi.Output<Zone>>();
    lookUps.set(provider, ofProvider);
    const key = `${accountId ?? ""}/${name}`;
    const zone = ofProvider.get(key) ?? pulumi.output(lookUp(name, accountId, provider));
    ofProvider.set(key, zone);
    return zone;
}

async function lookUp(name: string, accountId: string | undefined, provider: Provider): Promise<Zone> {
    const zone = await findZone(name, accountId, provider);
    if (!zone) {
        throw refusal(name, "this API token sees no zone of that name.");
    }
    return pulumi.isUnknown(zone) ? zone : usable(zone);
}

/**
 * The zone of this name as it is now, in whatever state; undefined where the account has none.
 *
 * By a list, whose being empty is no failure: the official plugin prints a look-up that fails as an error, also where
 * the program goes on without it. A provider whose settings a preview doesn't know yet answers nothing: the zone is
 * `pulumi.unknown` then.
 */
export async function findZone(
    name: string,
    accountId: string | undefined,
    provider: Provider,
): Promise<Zone | undefined> {
    const account = accountId === undefined ? {} : { account: { id: accountId } };
    const zones = await listZones({ name, match: "all", ...account }, { provider });
    if (zones.length > 1) {
        const accounts = zones.map((zone) => zone.account?.id ?? zone.id).join(", ");
        throw refusal(name, `this API token sees ${zones.length} zones of that name, in the accounts ${accounts}.`);
    }
    return zones[0];
}

async function listZones(
    args: GetZonesArgs & { name: string },
    opts: pulumi.InvokeOptions,
): Promise<(Zone & { account?: { id: string } })[]> {
    const { results } = await getZones(args, opts).catch((error: unknown) => {
        // A zone that can't be seen for once mustn't look like one that isn't there.
        throw refusal(args.name, `the look-up failed. ${error instanceof Error ? error.message : error}`);
    });
    if (results === undefined) {
        // A user's mocks may not know this look-up.
        return [isMocked() ? usualZone(args.name) : (pulumi.unknown as unknown as Zone)];
    }
    return results;
}

/** A zone that serves hosts. */
function usualZone(name: string): Zone {
    return { id: name, name, status: "active", type: "full", paused: false, nameServers: [], activatedOn: "" };
}

/**
 * The access of the provider that a component's children get; undefined where no API token is to be found
 * (a provider with another kind of credentials). For updates only.
 */
export async function accessOf(component: pulumi.Resource): Promise<CloudflareAccess | undefined> {
    const { apiToken: token, baseUrl = defaultBaseUrl } = await providerSettings(component, "cloudflare", {
        apiToken: "CLOUDFLARE_API_TOKEN",
        baseUrl: "CLOUDFLARE_BASE_URL",
    });
    return token ? { token, baseUrl } : undefined;
}

/** The zone of an id, usable; `undefined` where no token is to be found, or it can't read the zone (Zone Read). For updates. */
export async function readZone(zoneId: string, component: pulumi.Resource): Promise<Zone | undefined> {
    const access = await accessOf(component);
    const zone = access && (await getResult<ApiZone>(access, `zones/${zoneId}`).catch(() => undefined));
    // An answer that isn't a zone's says as little as none.
    if (!zone?.name || !zone.status) {
        return undefined;
    }
    const { name_servers: nameServers, activated_on: activatedOn, ...rest } = zone;
    return usable({ ...rest, nameServers: nameServers ?? [], activatedOn: activatedOn ?? "" });
}

/** A zone in the API's own words. */
interface ApiZone extends Pick<Zone, "id" | "name" | "status" | "type" | "paused"> {
    name_servers?: string[];
    activated_on?: string | null;
}

function refusal(name: string, what: string): UserError {
    return new UserError(
        `Cloudflare zone ${name}: ${what}\n` +
            "Check the zone's name. Check that the API token (cloudflare:apiToken or CLOUDFLARE_API_TOKEN) has the permission " +
            "Zone Read for it. If several accounts have a zone of that name, set `accountId`. " +
            "With `zoneId` instead of `zone`, no look-up is made.",
        "cloudflare-zone",
    );
}

/** The zone, or an error in words that says why no host in it could be served. */
export function usable(zone: Zone): Zone {
    const problem = zoneProblem(zone);
    if (problem) {
        throw new UserError(
            `Cloudflare zone ${zone.name}: ${problem}\nNothing was changed at Cloudflare.`,
            "cloudflare-zone",
        );
    }
    return zone;
}

/** Why a host in this zone couldn't be served, with the remedy; `undefined` when it could. */
export function zoneProblem({
    status,
    type,
    nameServers,
    name,
}: Pick<Zone, "status" | "type" | "nameServers" | "name">): string | undefined {
    if (type === "partial") {
        return (
            "it is a partial (CNAME) zone. Another DNS service answers for it, so records made at Cloudflare aren't public. " +
            "Use a full zone, or your own edge with `edge`."
        );
    }
    if (status !== "active") {
        const steps = delegationSteps(name, nameServers).map((step, index) => `    ${index + 1}. ${step}`);
        return [
            `it isn't active (status ${status}), so Cloudflare serves neither its records nor a certificate. To make it active, in this order:`,
            ...steps,
        ].join("\n");
    }
    return undefined;
}

/** The zone, or an error in words where none of its hosts is proxied just now. Its DNS works all the same. */
export function unpaused<One extends Pick<Zone, "paused" | "name">>(zone: One): One {
    if (zone.paused) {
        throw new UserError(
            `Cloudflare zone ${zone.name}: it is paused, so Cloudflare doesn't proxy its hostnames. Nothing was changed at Cloudflare.\nResume it in Cloudflare's dashboard (Overview, Advanced Actions).`,
            "cloudflare-zone",
        );
    }
    return zone;
}
