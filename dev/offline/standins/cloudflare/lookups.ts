// The look-ups: getZone (by name or id), getZones, getZoneSetting, getCertificatePacks.
import { Diagnostic } from "../serve.ts";
import { type Properties, withoutSecrets } from "../values.ts";
import { call, cloudflare, told } from "./client.ts";

/** GET zones?match=…&name=… and then GET zones/{id}; fails unless exactly one zone matches. */
export async function getZone(args: Properties): Promise<Properties> {
    const { zones } = await cloudflare();
    const { filter, zoneId } = withoutSecrets(args) as { filter?: Properties; zoneId?: string };
    const id = zoneId ?? (await findZone(filter ?? {}));
    const result = await call(`GET zones/${id}`, zones.get({ zone_id: id }));
    return {
        ...told(result),
        zoneId: id,
        ...(filter && { filter: { match: "any", ...filter } }),
    };
}

async function findZone(filter: Properties): Promise<string> {
    const { zones } = await cloudflare();
    const page = (await call("GET zones", zones.list(filter as never))) as unknown as { result: { id: string }[] };
    const [zone, ...more] = page.result;
    if (!zone || more.length > 0) {
        throw new Diagnostic("failed to find exactly one result", `${page.result.length} found`);
    }
    return zone.id;
}

/** GET zones?match=…&name=…, page by page. An empty list is an answer like any other. */
export async function getZones(args: Properties): Promise<Properties> {
    const { zones } = await cloudflare();
    const {
        maxItems = 1_000,
        match = "all",
        ...filter
    } = withoutSecrets(args) as { maxItems?: number; match?: string };
    const results = await listed("GET zones", zones.list({ match, ...filter } as never), maxItems);
    return { ...filter, match, results };
}

/** GET zones/{zone}/settings/{setting} */
export async function getZoneSetting(args: Properties): Promise<Properties> {
    const { zones } = await cloudflare();
    const { zoneId, settingId } = withoutSecrets(args) as { zoneId: string; settingId: string };
    const what = `GET zones/${zoneId}/settings/${settingId}`;
    const result = await call(what, zones.settings.get(settingId, { zone_id: zoneId }));
    return { ...told(result), zoneId, settingId };
}

/** GET zones/{zone}/ssl/certificate_packs */
export async function getCertificatePacks(args: Properties): Promise<Properties> {
    const { ssl } = await cloudflare();
    const { zoneId, status, deploy, maxItems = 1_000 } = withoutSecrets(args) as unknown as CertificatePacksArgs;
    const list = ssl.certificatePacks.list({ zone_id: zoneId, status, deploy } as never);
    const results = await listed(`GET zones/${zoneId}/ssl/certificate_packs`, list, maxItems);
    return { ...(withoutSecrets(args) as Properties), id: zoneId, results };
}

/** A list of the API, page by page. */
async function listed(what: string, list: PromiseLike<unknown> & AsyncIterable<unknown>, maxItems: number) {
    await call(what, list);
    const results: Properties[] = [];
    for await (const one of list) {
        if (results.length === maxItems) {
            break;
        }
        results.push(told(one));
    }
    return results;
}

interface CertificatePacksArgs {
    zoneId: string;
    status?: string;
    deploy?: string;
    maxItems?: number;
}
