// What the commands read at Cloudflare. A refusal names the permission that the API token lacks. An answer that isn't in the
// API's form is refused. Texts are made plain, so that the commands can print them.
import * as z from "zod/mini";
import { plainText } from "../othersWords";
import { readOn } from "../readOn";
import {
    type CloudflareAccess,
    defaultBaseUrl,
    getList,
    getResult,
    getRuleset,
    getWholeList,
    isCloudflareError,
    REDIRECTS,
    remedyOf,
    rulesetPath,
} from "./api";
import { type AutomaticMode, readAutomaticMode, readSslMode } from "./sslMode";

export const cloudflareVariable = "CLOUDFLARE_API_TOKEN";

/** The access from the environment; `undefined` without an API token. */
export function cloudflareOf({ env, clock, signal }: EnvironmentAccess): CloudflareAccess | undefined {
    const token = env[cloudflareVariable]?.trim();
    return token ? { token, baseUrl: env.CLOUDFLARE_BASE_URL?.trim() || defaultBaseUrl, clock, signal } : undefined;
}

interface EnvironmentAccess extends Pick<CloudflareAccess, "clock" | "signal"> {
    env: Record<string, string | undefined>;
}

/** What couldn't be read: its message says what to do, too. */
export class Unread extends Error {
    override readonly name = "Unread";

    constructor(
        message: string,
        /** What Cloudflare or the network said, in one line. */
        readonly said: string,
        readonly remedy: string,
    ) {
        super(message);
    }
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
    name_servers: z.nullish(z.array(text)),
    account: z.object({ id }),
});
/** A zone in the API. */
export type CloudflareZone = z.infer<typeof zone>;

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
});
/** A DNS record in the API. */
export type CloudflareRecord = z.infer<typeof record>;

const pageRule = z.object({
    id,
    targets: z.array(z.object({ constraint: z.object({ value: text }) })),
    actions: z.array(
        z.object({
            id: text,
            value: z.pipe(
                z.optional(z.unknown()),
                z.transform((value: unknown) => plainValue(value)),
            ),
        }),
    ),
    priority: z.number(),
    status: text,
});
/** A page rule in the API. */
export type CloudflarePageRule = z.infer<typeof pageRule>;

const redirectRule = z.object({
    id: z.optional(text),
    description: z.optional(text),
    expression: z.optional(text),
    enabled: z.optional(z.boolean()),
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
/** A redirect rule in the API. */
export type CloudflareRedirectRule = z.infer<typeof redirectRule>;

/** The zones of this name that the API token can see, in any account. */
export async function readZones(access: CloudflareAccess, name: string): Promise<CloudflareZone[]> {
    return checked("zones", z.array(zone), await explained("Zone Read", getList(access, "zones", { name })));
}

/** A zone's records, filtered by the API. */
export async function readRecords(
    access: CloudflareAccess,
    zoneId: string,
    filter: { name?: string; type?: string } = {},
): Promise<CloudflareRecord[]> {
    const path = `zones/${zoneId}/dns_records`;
    return checked(path, z.array(record), await explained("DNS Read", getList(access, path, filter)));
}

/** All page rules of a zone. */
export async function readPageRules(access: CloudflareAccess, zoneId: string): Promise<CloudflarePageRule[]> {
    const path = `zones/${zoneId}/pagerules`;
    return checked(path, z.array(pageRule), await explained("Page Rules Read", getWholeList(access, path)));
}

/** The zone's redirect rules. */
export async function readRedirectRules(access: CloudflareAccess, zoneId: string): Promise<CloudflareRedirectRule[]> {
    const reading = getRuleset(access, zoneId, REDIRECTS);
    const ruleset = z.object({ rules: z.nullish(z.array(redirectRule)) });
    const path = rulesetPath(zoneId, REDIRECTS);
    return checked(path, ruleset, await explained("Dynamic URL Redirects Read", reading)).rules ?? [];
}

const rule = z.object({
    description: z.optional(text),
    expression: z.optional(text),
    enabled: z.optional(z.boolean()),
    action: z.optional(text),
});
/** A rule of any phase. */
type CloudflareRule = z.infer<typeof rule>;

/** The zone's rules of a phase. */
export async function readRules(
    access: CloudflareAccess,
    zoneId: string,
    phase: string,
    permission: string,
): Promise<CloudflareRule[]> {
    const ruleset = z.object({ rules: z.nullish(z.array(rule)) });
    const reading = getRuleset(access, zoneId, phase);
    return checked(rulesetPath(zoneId, phase), ruleset, await explained(permission, reading)).rules ?? [];
}

/** The zone's SSL mode, and whether Cloudflare chooses it. */
export async function readSsl(
    access: CloudflareAccess,
    zoneId: string,
): Promise<{ mode: string; automatic: AutomaticMode }> {
    const [mode, automatic] = await Promise.all([
        explained("Zone Settings Read", readSslMode(access, zoneId)),
        explained("Zone Settings Read", readAutomaticMode(access, zoneId)),
    ]);
    return { mode, automatic };
}

/** `status`: `active`, or what it is waiting for. */
const pack = z.object({ hosts: z.array(text), status: text });
/** A certificate of a zone, ordered or issued. */
export type CertificatePack = z.infer<typeof pack>;

/** The zone's certificates, also those that aren't active yet. */
export async function readCertificatePacks(access: CloudflareAccess, zoneId: string): Promise<CertificatePack[]> {
    const path = `zones/${zoneId}/ssl/certificate_packs`;
    // Without `status`, Cloudflare lists only active ones.
    const reading = getList(access, path, { status: "all" });
    return checked(path, z.array(pack), await explained("SSL and Certificates Read", reading));
}

const bots = z.object({
    fight_mode: z.optional(z.boolean()),
    ai_bots_protection: z.optional(text),
    sbfm_likely_automated: z.optional(text),
    sbfm_definitely_automated: z.optional(text),
    sbfm_verified_bots: z.optional(text),
});

/** How the zone treats bots: mail scanners, and assistants that open a link for a person. */
export async function readBots(access: CloudflareAccess, zoneId: string): Promise<z.infer<typeof bots>> {
    const path = `zones/${zoneId}/bot_management`;
    return checked(path, bots, await explained("Bot Management Read", getResult(access, path)));
}

async function explained<Result>(permission: string, reading: Promise<Result>): Promise<Result> {
    try {
        return await reading;
    } catch (error) {
        if (!isCloudflareError(error)) {
            throw error;
        }
        const remedy = remedyOf(error, permission);
        throw new Unread(
            error.status === 0
                ? readOn(error.message, "cloudflare-unreachable")
                : readOn(`${remedy}\n${error.message}`, "cloudflare-token"),
            error.said,
            remedy,
        );
    }
}

function checked<Schema extends z.ZodMiniType>(path: string, schema: Schema, result: unknown): z.output<Schema> {
    const { data, error } = schema.safeParse(result);
    if (error) {
        const where = plainText(["result", ...(error.issues[0]?.path ?? [])].join("."));
        const said = `Cloudflare's answer to GET ${path} doesn't have the form that its API documents (${where}).`;
        const remedy = "Check the API's address (CLOUDFLARE_BASE_URL, if it is set).";
        throw new Unread(`${said} ${remedy}`, said, remedy);
    }
    return data;
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
