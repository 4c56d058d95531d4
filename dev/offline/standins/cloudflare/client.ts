// Cloudflare's own npm client, with only the parts that the stand-in calls, loaded at the first call: most runs of a
// plugin make none.
import { Diagnostic } from "../serve.ts";
import { type Properties, toCamelCase } from "../values.ts";

/** The attempts after the first; the official plugin makes as many on 408, 409, 429 and 5xx. */
const RETRIES = 10;

const clients = new Map<string, ReturnType<typeof load>>();

/** The client, configured by the variables that the official plugin reads too. */
export function cloudflare() {
    const { CLOUDFLARE_API_TOKEN, CLOUDFLARE_BASE_URL } = process.env;
    const key = `${CLOUDFLARE_API_TOKEN} ${CLOUDFLARE_BASE_URL}`;
    const client = clients.get(key) ?? load();
    clients.set(key, client);
    return client;
}

async function load() {
    const apiToken = process.env.CLOUDFLARE_API_TOKEN;
    if (!apiToken) {
        throw new Error(
            "No Cloudflare API token: this project's stand-in for the cloudflare plugin takes it from the environment " +
                "variable CLOUDFLARE_API_TOKEN (and the API's address from CLOUDFLARE_BASE_URL), not from the configuration.",
        );
    }
    const [
        { createClient },
        { BaseRecords },
        { BasePageRules },
        { BaseZones },
        { BaseSettings },
        { BaseCertificatePacks },
        { BaseRoutes },
        { BaseScripts },
        { BaseContent },
    ] = await Promise.all([
        import("cloudflare/tree-shakable"),
        import("cloudflare/resources/dns/records"),
        import("cloudflare/resources/page-rules"),
        import("cloudflare/resources/zones/zones"),
        import("cloudflare/resources/zones/settings"),
        import("cloudflare/resources/ssl/certificate-packs/certificate-packs"),
        import("cloudflare/resources/workers/routes"),
        import("cloudflare/resources/workers/scripts/scripts"),
        import("cloudflare/resources/workers/scripts/content"),
    ]);
    return createClient({
        apiToken,
        baseURL: process.env.CLOUDFLARE_BASE_URL || undefined,
        maxRetries: RETRIES,
        resources: [
            BaseRecords,
            BasePageRules,
            BaseZones,
            BaseSettings,
            BaseCertificatePacks,
            BaseRoutes,
            BaseScripts,
            BaseContent,
        ],
    });
}

/**
 * Waits for a call and says which one it was when it fails, with Cloudflare's whole answer, as the official plugin
 * does.
 */
export async function call(what: string, answer: PromiseLike<unknown>): Promise<Properties> {
    try {
        return (await answer) as Properties;
    } catch (error) {
        throw new Diagnostic("failed to make http request", `${what}: ${(error as Error).message}`, error);
    }
}

/** Like `call`, with `undefined` for 404. */
export async function callIfThere(what: string, answer: Promise<unknown>): Promise<Properties | undefined> {
    try {
        return await call(what, answer);
    } catch (error) {
        if (((error as Error).cause as { status?: number }).status === 404) {
            return undefined;
        }
        throw error;
    }
}

/** What the API tells, by the names that the plugin has for it. seen: its times have whole seconds. */
export function told(result: unknown): Properties {
    const cut = (value: unknown) => (typeof value === "string" ? value.replace(FRACTION, "") : value);
    const entries = Object.entries(toCamelCase(result) as Properties);
    return Object.fromEntries(entries.map(([key, value]) => [key, key.endsWith("On") ? cut(value) : value]));
}

const FRACTION = /\.\d+(?=Z$)/;
