// Looks a Cloudflare zone up by its name, once per program, and refuses one in which no host could be served.
import { type GetZoneResult, getZone } from "@pulumi/cloudflare/getZone";
import * as pulumi from "@pulumi/pulumi";
import { oncePerProgram } from "../pulumi/program";
import { UserError } from "../pulumi/userError";
import { delegationSteps } from "./delegation";

type Provider = pulumi.ProviderResource | undefined;

/** The one zone of this name, usable; the look-up is shared by all who ask with the same provider and account. */
export function lookUpOnce(
    name: string,
    accountId: string | undefined,
    provider: Provider,
): pulumi.Output<GetZoneResult> {
    const lookUps = oncePerProgram("zones", () => new Map<Provider, Map<string, pulumi.Output<GetZoneResult>>>());
    const ofProvider = lookUps.get(provider) ?? new Map<string, pulumi.Output<GetZoneResult>>();
    lookUps.set(provider, ofProvider);
    const key = `${accountId ?? ""}/${name}`;
    const zone = ofProvider.get(key) ?? pulumi.output(lookUp(name, accountId, provider));
    ofProvider.set(key, zone);
    return zone;
}

/** The zone of this name as it is now, in whatever state; undefined where the account has none. */
export async function findZone(
    name: string,
    accountId: string,
    provider: Provider,
): Promise<GetZoneResult | undefined> {
    try {
        return await ask(name, accountId, provider);
    } catch (error) {
        // The provider says "failed to find exactly one result" and how many it found. Any other failure is told: a
        // zone that can't be seen for once mustn't look like one that isn't there.
        if (error instanceof Error && /exactly one result\W*0\b/.test(error.message)) {
            return undefined;
        }
        throw refusal(name, error);
    }
}

async function lookUp(name: string, accountId: string | undefined, provider: Provider): Promise<GetZoneResult> {
    try {
        return usable(await ask(name, accountId, provider));
    } catch (error) {
        throw error instanceof UserError ? error : refusal(name, error);
    }
}

function ask(name: string, accountId: string | undefined, provider: Provider): Promise<GetZoneResult> {
    const account = accountId === undefined ? {} : { account: { id: accountId } };
    return getZone({ filter: { name, match: "all", ...account } }, { provider });
}

function refusal(name: string, error: unknown): UserError {
    return new UserError(
        `Cloudflare zone ${name}: the look-up failed. ${error instanceof Error ? error.message : error}\n` +
            "Check the zone's name, that the API token (cloudflare:apiToken or CLOUDFLARE_API_TOKEN) has the permission " +
            "Zone Read for it, and, if several accounts have a zone of that name, give `accountId`. " +
            "With `zoneId` instead of `zone` no look-up is made.",
    );
}

/** The zone, or an error in words that says why no host in it could be served. */
export function usable(zone: GetZoneResult): GetZoneResult {
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
    nameServers,
    name,
}: Pick<GetZoneResult, "status" | "type" | "nameServers" | "name">): string | undefined {
    if (type === "partial") {
        return (
            "it is a partial (CNAME) zone, whose DNS is kept elsewhere: a record made at Cloudflare isn't public. " +
            "Use a full zone, or an edge of your own with `edge`."
        );
    }
    if (status !== "active") {
        const steps = delegationSteps(name, nameServers).map((step, index) => `    ${index + 1}. ${step}`);
        return [
            `it isn't active (status ${status}), so Cloudflare serves neither its records nor a certificate. What makes it active, in this order:`,
            ...steps,
        ].join("\n");
    }
    return undefined;
}

/** The zone, or an error in words where none of its hosts is proxied just now. Its DNS works all the same. */
export function unpaused<Zone extends Pick<GetZoneResult, "paused" | "name">>(zone: Zone): Zone {
    if (zone.paused) {
        throw new UserError(
            `Cloudflare zone ${zone.name}: it is paused, so Cloudflare doesn't proxy its hosts. Resume it in the dashboard (Overview, Advanced Actions).\nNothing was changed at Cloudflare.`,
        );
    }
    return zone;
}
