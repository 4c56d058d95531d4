// A zone at Cloudflare as it is now: looked up by name, once per program, or read by id. And whether it can serve a hostname.
import { type GetZonesArgs, getZones } from "@pulumi/cloudflare/getZones";
import * as pulumi from "@pulumi/pulumi";
import { isMocked } from "../pulumi/afterCheck";
import { oncePerProgram } from "../pulumi/program";
import { providerSettings } from "../pulumi/providerSetting";
import { UserError } from "../pulumi/userError";
import { type CloudflareAccess, defaultBaseUrl } from "./api";
import { delegationSteps } from "./delegation";
import { readZone } from "./reads";

/** What we read of a zone. */
export interface Zone {
    id: string;
    name: string;
    /** `active`; `pending` until it is delegated; and others. */
    status: string;
    /** `full`, or `partial` if another DNS service answers for it. */
    type: string;
    paused: boolean;
    nameServers: string[];
    /** RFC 3339; empty if it was never active. */
    activatedOn: string;
    account?: { id: string };
}

type Provider = pulumi.ProviderResource | undefined;

/** The usable zone of this name. Everyone who asks with the same provider and account shares one look-up. */
export function lookUpZoneOnce(name: string, accountId: string | undefined, provider: Provider): pulumi.Output<Zone> {
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
 * The zone of this name as it is now, in whatever status; `undefined` if there is none.
 *
 * It asks for a list, because an empty list isn't a failure: the official plugin prints a failed look-up as an error even if
 * the program goes on. If a preview doesn't know the provider's settings yet, the zone is `pulumi.unknown`.
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

async function listZones(args: GetZonesArgs & { name: string }, opts: pulumi.InvokeOptions): Promise<Zone[]> {
    const { results } = await getZones(args, opts).catch((error: unknown) => {
        // A failed look-up must not mean that there is no zone.
        const said = error instanceof Error ? error.message : String(error);
        throw TOKEN_REFUSED.test(said)
            ? tokenRefusal(args.name, said)
            : refusal(args.name, `the look-up failed. ${said}`);
    });
    if (results === undefined) {
        // A user's mocks may not know this look-up.
        return [isMocked() ? usualZone(args.name) : (pulumi.unknown as unknown as Zone)];
    }
    return results;
}

/** A usable zone, for mocks. */
function usualZone(name: string): Zone {
    return { id: name, name, status: "active", type: "full", paused: false, nameServers: [], activatedOn: "" };
}

/**
 * The API access of the provider of a component's children; `undefined` without an API token (a provider with other
 * credentials). For updates only.
 */
export async function accessOf(component: pulumi.Resource): Promise<CloudflareAccess | undefined> {
    const { apiToken: token, baseUrl = defaultBaseUrl } = await providerSettings(component, "cloudflare", {
        apiToken: "CLOUDFLARE_API_TOKEN",
        baseUrl: "CLOUDFLARE_BASE_URL",
    });
    return token ? { token, baseUrl } : undefined;
}

/** The usable zone of an id; `undefined` without an API token that can read it (Zone Read). For updates. */
export async function zoneOfId(zoneId: string, component: pulumi.Resource): Promise<Zone | undefined> {
    const access = await accessOf(component);
    const zone = access && (await readZone(access, zoneId).catch(() => undefined));
    if (!zone) {
        return undefined;
    }
    const { name_servers: nameServers, activated_on: activatedOn, ...rest } = zone;
    return usable({ ...rest, nameServers: nameServers ?? [], activatedOn: activatedOn ?? "" });
}

/** The plugin's error for a token that Cloudflare refuses (400 for one of the wrong form), or that the plugin refuses itself. */
const TOKEN_REFUSED = /\b(400|401|403)\b|\bapi_?token\b/i;

function tokenRefusal(name: string, said: string): UserError {
    return new UserError(
        `Cloudflare zone ${name}: the API token (cloudflare:apiToken or CLOUDFLARE_API_TOKEN) was refused.\n` +
            "Check that the token is valid (My Profile, API Tokens) and has the permission Zone Read for this zone.\n" +
            `Cloudflare's provider said: ${said}`,
        "cloudflare-zone",
    );
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

/** Returns the zone, or throws an error that says why it can't serve a hostname. */
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

/** Why this zone can't serve a hostname, with the remedy; `undefined` if it can. */
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

/** Returns the zone, or throws an error if it is paused: Cloudflare then proxies nothing, though its DNS works. */
export function checkNotPaused<One extends Pick<Zone, "paused" | "name">>(zone: One): One {
    if (zone.paused) {
        throw new UserError(
            `Cloudflare zone ${zone.name}: it is paused, so Cloudflare doesn't proxy its hostnames. Nothing was changed at Cloudflare.\nResume it in Cloudflare's dashboard (Overview, Advanced Actions).`,
            "cloudflare-zone",
        );
    }
    return zone;
}
