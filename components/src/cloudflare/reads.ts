// What is read at Cloudflare, by an update's look and by the commands. Each thing has one form. Its texts are made plain, so that
// messages can contain them. Every read throws a `CloudflareError`.
import * as z from "zod/mini";
import { plainText } from "../othersWords";
import { type CloudflareAccess, CloudflareError, defaultBaseUrl, getList, getResult } from "./api";

export const cloudflareVariable = "CLOUDFLARE_API_TOKEN";

/** The access from the environment; `undefined` without an API token. */
export function cloudflareOf({ env, clock, signal }: EnvironmentAccess): CloudflareAccess | undefined {
    const token = env[cloudflareVariable]?.trim();
    return token ? { token, baseUrl: env.CLOUDFLARE_BASE_URL?.trim() || defaultBaseUrl, clock, signal } : undefined;
}

interface EnvironmentAccess extends Pick<CloudflareAccess, "clock" | "signal"> {
    env: Record<string, string | undefined>;
}

/** More than a TXT record holds. */
const MAX_TEXT = 4096;
const text = z.pipe(
    z.string(),
    z.transform((value: string) => plainText(value, MAX_TEXT)),
);
/** Ids become part of URLs and of the configuration. */
const id = z.string().check(z.regex(/^[\w-]{1,64}$/));

const zone = z.object({
    id,
    name: text,
    status: text,
    type: text,
    paused: z._default(z.boolean(), false),
    name_servers: z.nullish(z.array(text)),
    activated_on: z.nullish(text),
    account: z.object({ id }),
});
/** A zone in the API. */
export type CloudflareZone = z.infer<typeof zone>;

/** The zones of this name that the API token can see, in any account. */
export function readZones(access: CloudflareAccess, name: string): Promise<CloudflareZone[]> {
    return getList(access, { path: "zones", permission: "Zone Read" }, zone, { name });
}

export function readZone(access: CloudflareAccess, zoneId: string): Promise<CloudflareZone> {
    return getResult(access, { path: `zones/${zoneId}`, permission: "Zone Read" }, zone);
}

/** How many page rules the zone may have; `undefined` if Cloudflare doesn't say. */
export async function readPageRuleQuota(access: CloudflareAccess, zoneId: string): Promise<number | undefined> {
    const limits = z.object({ meta: z.optional(z.object({ page_rule_quota: z.optional(z.number()) })) });
    const { meta } = await getResult(access, { path: `zones/${zoneId}`, permission: "Zone Read" }, limits);
    return meta?.page_rule_quota;
}

const record = z.object({
    id,
    /** Full name. */
    name: text,
    type: text,
    /** Unchanged, because it is compared with what DNS answers. */
    content: z.string(),
    proxied: z._default(z.boolean(), false),
    comment: z.nullish(text),
    /** Of MX and SRV. */
    priority: z.optional(z.number()),
    /** Seconds; 1 is "automatic". */
    ttl: z.optional(z.number()),
    /** RFC 3339. */
    modified_on: z.optional(text),
});
/** A DNS record in the API. */
export type CloudflareRecord = z.infer<typeof record>;

/** A zone's records, filtered by the API. */
export function readRecords(
    access: CloudflareAccess,
    zoneId: string,
    filter: { name?: string; type?: string } = {},
): Promise<CloudflareRecord[]> {
    return getList(access, { path: `zones/${zoneId}/dns_records`, permission: "DNS Read" }, record, filter);
}

export function readRecord(access: CloudflareAccess, zoneId: string, recordId: string): Promise<CloudflareRecord> {
    return getResult(access, { path: `zones/${zoneId}/dns_records/${recordId}`, permission: "DNS Read" }, record);
}

const pageRule = z.object({
    id,
    targets: z.array(z.object({ constraint: z.object({ value: text }) })),
    actions: z.array(
        z.object({
            id: text,
            value: z.optional(
                z.pipe(
                    z.unknown(),
                    z.transform((value: unknown) => plainValue(value)),
                ),
            ),
        }),
    ),
    priority: z.number(),
    status: text,
});
/** A page rule in the API. */
export type CloudflarePageRule = z.infer<typeof pageRule>;

/** All page rules of a zone. */
export function readPageRules(access: CloudflareAccess, zoneId: string): Promise<CloudflarePageRule[]> {
    const reading = { path: `zones/${zoneId}/pagerules`, permission: "Page Rules Read" };
    return getResult(access, reading, z.array(pageRule));
}

const rule = z.object({
    id: z.optional(text),
    description: z.optional(text),
    expression: z.optional(text),
    enabled: z.optional(z.boolean()),
    action: z.optional(text),
    /** Of a redirect rule. */
    action_parameters: z.optional(
        z.object({
            from_value: z.optional(
                z.object({
                    status_code: z.optional(z.number()),
                    target_url: z.optional(z.object({ value: z.optional(text), expression: z.optional(text) })),
                }),
            ),
        }),
    ),
});
/** A rule in the API, of any phase. */
export type CloudflareRule = z.infer<typeof rule>;

/** The zone's rules of a phase. */
export async function readRules(
    access: CloudflareAccess,
    zoneId: string,
    phase: string,
    permission: string,
): Promise<CloudflareRule[]> {
    const reading = { path: `zones/${zoneId}/rulesets/phases/${phase}/entrypoint`, permission };
    try {
        return (await getResult(access, reading, z.object({ rules: z.nullish(z.array(rule)) }))).rules ?? [];
    } catch (error) {
        // There has never been a rule.
        if (error instanceof CloudflareError && error.status === 404) {
            return [];
        }
        throw error;
    }
}

/** The zone's redirect rules. */
export function readRedirectRules(access: CloudflareAccess, zoneId: string): Promise<CloudflareRule[]> {
    return readRules(access, zoneId, "http_request_dynamic_redirect", "Dynamic URL Redirects Read");
}

/** For either of what app links need. */
const WORKERS = "Workers Scripts Write for its account, or Workers Routes Write";

const route = z.object({ id, pattern: text, script: z.nullish(text) });
/** A route of a zone, to a Worker. */
type CloudflareRoute = z.infer<typeof route>;

/** All Worker routes of a zone. */
export function readRoutes(access: CloudflareAccess, zoneId: string): Promise<CloudflareRoute[]> {
    return getResult(access, { path: `zones/${zoneId}/workers/routes`, permission: WORKERS }, z.array(route));
}

/** Reads a Worker only to find out whether the API token may. */
export async function readWorker(access: CloudflareAccess, accountId: string, name: string): Promise<void> {
    const path = `accounts/${accountId}/workers/scripts/${name}/settings`;
    await getResult(access, { path, permission: WORKERS }, z.object({}));
}

/** The zone's SSL mode: `off`, `flexible`, `full`, `strict`, or another. */
export async function readSslMode(access: CloudflareAccess, zoneId: string): Promise<string> {
    const reading = { path: `zones/${zoneId}/settings/ssl`, permission: "Zone Settings Read" };
    return (await getResult(access, reading, z.object({ value: text }))).value;
}

/** Whether Cloudflare chooses the SSL mode. */
export interface AutomaticMode {
    isOn: boolean;
    /** When Cloudflare next checks whether a stricter mode works (RFC 3339): about once a month. */
    nextScan?: string;
}

/** "Automatic SSL/TLS". SSL and Certificates Read is enough, too. */
export async function readAutomaticMode(access: CloudflareAccess, zoneId: string): Promise<AutomaticMode> {
    const reading = { path: `zones/${zoneId}/settings/ssl_automatic_mode`, permission: "Zone Settings Read" };
    const form = z.object({ value: text, next_scheduled_scan: z.nullish(text) });
    const { value, next_scheduled_scan: nextScan } = await getResult(access, reading, form);
    return { isOn: value === "auto", ...(nextScan && { nextScan }) };
}

/** `status`: `active`, or what it is waiting for. */
const pack = z.object({ hosts: z.array(text), status: text });
/** A certificate of a zone, ordered or issued. */
export type CertificatePack = z.infer<typeof pack>;

/** The zone's certificates, also those that aren't active yet. */
export function readCertificatePacks(access: CloudflareAccess, zoneId: string): Promise<CertificatePack[]> {
    const reading = { path: `zones/${zoneId}/ssl/certificate_packs`, permission: "SSL and Certificates Read" };
    // Without `status`, Cloudflare lists only active ones.
    return getList(access, reading, pack, { status: "all" });
}

const bots = z.object({
    fight_mode: z.optional(z.boolean()),
    ai_bots_protection: z.optional(text),
    sbfm_likely_automated: z.optional(text),
    sbfm_definitely_automated: z.optional(text),
    sbfm_verified_bots: z.optional(text),
});

/** How the zone treats bots: mail scanners, and assistants that open a link for a person. */
export function readBots(access: CloudflareAccess, zoneId: string): Promise<z.infer<typeof bots>> {
    return getResult(access, { path: `zones/${zoneId}/bot_management`, permission: "Bot Management Read" }, bots);
}

/** A setting's value with its texts made plain. No setting is nested deeper. */
function plainValue(value: unknown, depth = 0): unknown {
    if (typeof value === "string") {
        return plainText(value, MAX_TEXT);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    if (depth === 3) {
        return "…";
    }
    return Array.isArray(value)
        ? value.map((one) => plainValue(one, depth + 1))
        : Object.fromEntries(Object.entries(value).map(([key, one]) => [plainText(key), plainValue(one, depth + 1)]));
}
