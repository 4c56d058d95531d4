// The look-ups: getZone (by name or id), getZoneSetting, getCertificatePacks.
import { type Properties, toCamelCase, withoutSecrets } from "../values.ts";
import { call, cloudflare } from "./client.ts";

/** GET zones?match=…&name=… and then GET zones/{id}; fails unless exactly one zone matches. */
export async function getZone(args: Properties): Promise<Properties> {
    const { zones } = await cloudflare();
    const { filter, zoneId } = withoutSecrets(args) as { filter?: Properties; zoneId?: string };
    const id = zoneId ?? (await findZone(filter ?? {}));
    const result = await call(`GET zones/${id}`, zones.get({ zone_id: id }));
    return {
        ...(toCamelCase(result) as Properties),
        zoneId: id,
        ...(filter && { filter: { match: "any", ...filter } }),
    };
}

async function findZone(filter: Properties): Promise<string> {
    const { zones } = await cloudflare();
    const page = (await call("GET zones", zones.list(filter as never))) as unknown as { result: { id: string }[] };
    const [zone, ...more] = page.result;
    if (!zone || more.length > 0) {
        throw new Error(
            `failed to find exactly one result: ${page.result.length} zones match ${JSON.stringify(filter)}`,
        );
    }
    return zone.id;
}

/** GET zones/{zone}/settings/{setting} */
export async function getZoneSetting(args: Properties): Promise<Properties> {
    const { zones } = await cloudflare();
    const { zoneId, settingId } = withoutSecrets(args) as { zoneId: string; settingId: string };
    const what = `GET zones/${zoneId}/settings/${settingId}`;
    const result = await call(what, zones.settings.get(settingId, { zone_id: zoneId }));
    return { ...(toCamelCase(result) as Properties), zoneId, settingId };
}

/** GET zones/{zone}/ssl/certificate_packs */
export async function getCertificatePacks(args: Properties): Promise<Properties> {
    const { ssl } = await cloudflare();
    const { zoneId, status, deploy, maxItems = 1_000 } = withoutSecrets(args) as unknown as CertificatePacksArgs;
    const results: unknown[] = [];
    const list = ssl.certificatePacks.list({ zone_id: zoneId, status, deploy } as never);
    await call(`GET zones/${zoneId}/ssl/certificate_packs`, list);
    for await (const pack of list) {
        if (results.length === maxItems) {
            break;
        }
        results.push(toCamelCase(pack));
    }
    return { ...(withoutSecrets(args) as Properties), id: zoneId, results };
}

interface CertificatePacksArgs {
    zoneId: string;
    status?: string;
    deploy?: string;
    maxItems?: number;
}
