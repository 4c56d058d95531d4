/**
 * Cloudflare's API as far as a tracking host needs it: the SSL setting and certificate packs to read; zones, records and
 * page rules to keep. Paths and reply fields are those of the last section of the Cloudflare reference.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Timeline } from "../internet/timeline.ts";
import {
    type Assumed,
    type Faults,
    FREE_PAGE_RULES,
    type Permission,
    type SandboxOptions,
    type SslMode,
    type ZoneOptions,
} from "../options.ts";
import { type ApiCall, ApiError, setUpApi, Unmodelled } from "./api.ts";
import { dnsRecordRoutes } from "./dnsRecords.ts";
import { pageRuleRoutes } from "./pageRules.ts";
import { redirectRuleRoutes } from "./redirectRules.ts";
import { type WorkerScript, workerRoutes } from "./workers.ts";
import { timestamp, type Zone } from "./zones.ts";

export interface CloudflareOptions {
    apiToken: string;
    zones: Zone[];
    /** Of every account. */
    scripts: WorkerScript[];
    /** Makes a zone that every part of the sandbox knows from then on. */
    addZone(zone: ZoneOptions): Zone;
    removeZone(zone: Zone): void;
    calls: ApiCall[];
    sandbox: SandboxOptions;
    assumed: Assumed;
    faults: Faults;
    timeline: Timeline;
    unmodelled(what: string): void;
}

/** The API, as a Fastify plug-in. */
export async function cloudflareApi(api: FastifyInstance, options: CloudflareOptions): Promise<void> {
    const { apiToken, zones, sandbox, faults, timeline } = options;
    const shown = (zone: Zone) => shownZone(zone, sandbox.pageRuleQuota);
    setUpApi(api, { ...options, faults: () => faults.cloudflare, errorBody: (message) => failure(10000, message) });

    api.addHook("onRequest", async (request, reply) => {
        // docs: the provider retries "unless the reply carries `x-should-retry: false`".
        reply.header("x-should-retry", "false");
        // filler: codes and words for a bad token, and for a missing permission.
        if (request.headers.authorization !== `Bearer ${apiToken}`) {
            throw refused(403, 9109, "Invalid access token");
        }
    });
    const allow =
        (...anyOf: Permission[]) =>
        async () => {
            const permissions = sandbox.cloudflareToken?.permissions;
            if (permissions && !anyOf.some((permission) => permissions.includes(permission))) {
                throw refused(403, 10000, "Authentication error");
            }
        };

    api.get("/zones", { onRequest: allow("Zone Read") }, async (request) => {
        const query = queryOf(request, ["name", "match", "status", "account.id", "order", "direction"]);
        const tests: ((zone: Zone) => boolean)[] = [];
        if (query.name) {
            tests.push(({ origin }) => origin === query.name);
        }
        if (query.status) {
            tests.push(({ status }) => status === query.status);
        }
        if (query["account.id"]) {
            tests.push(({ accountId }) => accountId === query["account.id"]);
        }
        const fits = (zone: Zone) =>
            query.match === "any" && tests.length
                ? tests.some((test) => test(zone))
                : tests.every((test) => test(zone));
        return page(request, zones.filter(fits).map(shown));
    });
    api.get("/zones/:zone", { onRequest: allow("Zone Read") }, async (request) =>
        success(shown(zoneIn(request, zones))),
    );

    // docs: `POST zones` {name, account:{id}, type}, and `paused: false` beside it, seen; "pending" until delegated; "A zone created by the API is empty".
    api.post("/zones", { onRequest: allow("Zone Write") }, async (request) => {
        const { name, account, type = "full", paused = false, ...others } = bodyOf(request);
        const accountId = (account as { id?: string } | undefined)?.id;
        const isOdd = type !== "full" || paused !== false || Object.keys(others).length > 0;
        if (typeof name !== "string" || !accountId || isOdd) {
            throw new Unmodelled(`a zone made with ${JSON.stringify(request.body)}`);
        }
        // filler: code and words for a zone that the account has.
        if (zones.some((zone) => zone.origin === name.toLowerCase() && zone.accountId === accountId)) {
            throw refused(400, 1061, `${name} already exists`);
        }
        const zone = options.addZone({ name, accountId, status: "pending" });
        timeline.add("cloudflare", "zone-created", `created the zone ${zone.origin}`, { host: zone.origin });
        return success(shown(zone));
    });
    api.delete("/zones/:zone", { onRequest: allow("Zone Write") }, async (request) => {
        const zone = zoneIn(request, zones);
        options.removeZone(zone);
        timeline.add("cloudflare", "zone-deleted", `deleted the zone ${zone.origin}`, { host: zone.origin });
        return success({ id: zone.id });
    });

    api.get("/zones/:zone/settings/ssl", { onRequest: allow("Zone Settings Read") }, async (request) =>
        success(sslSetting(zoneIn(request, zones))),
    );
    api.patch("/zones/:zone/settings/ssl", { onRequest: allow("Zone Settings Write") }, async (request) => {
        const zone = zoneIn(request, zones);
        const { value } = bodyOf(request);
        if (!["off", "flexible", "full", "strict"].includes(String(value))) {
            throw new Unmodelled(`SSL mode ${value}`);
        }
        zone.ssl = value as SslMode;
        timeline.add("cloudflare", "ssl-changed", `SSL mode of ${zone.origin} is ${value}`, {
            host: zone.origin,
            value,
        });
        return success(sslSetting(zone));
    });
    // docs: either permission will do; `next_scheduled_scan` is there while it is on.
    api.get(
        "/zones/:zone/settings/ssl_automatic_mode",
        { onRequest: allow("Zone Settings Read", "SSL and Certificates Read") },
        async (request) => success(automaticMode(zoneIn(request, zones))),
    );
    api.get(
        "/zones/:zone/ssl/certificate_packs",
        { onRequest: allow("SSL and Certificates Read") },
        async (request) => {
            const zone = zoneIn(request, zones);
            queryOf(request, ["status"]);
            const hosts = [zone.origin, `*.${zone.origin}`];
            const status = zone.isCertified() ? "active" : "pending_validation";
            return page(request, [
                { id: zone.id, type: "universal", hosts, status, certificate_authority: "lets_encrypt" },
            ]);
        },
    );

    // docs: `fight_mode`, `enable_js`, `ai_bots_protection`.
    api.get("/zones/:zone/bot_management", { onRequest: allow("Bot Management Read") }, async (request) =>
        success({ fight_mode: false, enable_js: true, ai_bots_protection: "disabled", ...zoneIn(request, zones).bots }),
    );
    // simplified: one permission for all phases, where each has its own.
    api.get(
        "/zones/:zone/rulesets/phases/:phase/entrypoint",
        { onRequest: allow("Rulesets Read") },
        async (request) => {
            const { phase } = request.params as { phase: string };
            const { id, rules } = zoneIn(request, zones);
            if (!rules[phase]) {
                throw refused(404, 10003, `could not find entrypoint ruleset in the ${phase} phase`);
            }
            return success({ id, kind: "zone", phase, rules: rules[phase] });
        },
    );

    dnsRecordRoutes(api, options, allow("DNS Write"));
    pageRuleRoutes(api, options, allow("Page Rules Write"));
    redirectRuleRoutes(api, options, allow("Dynamic URL Redirects Read"));
    workerRoutes(api, options, { scripts: allow("Workers Scripts Write"), routes: allow("Workers Routes Write") });
}

/** docs: replies are `{success,errors:[{code,message}],messages,result}`. */
export function success(result: unknown) {
    return { success: true, errors: [], messages: [], result };
}

function failure(code: number, message: string, details: string[] = []) {
    const messages = details.map((detail) => ({ code: 1, message: detail, type: null }));
    return { success: false, errors: [{ code, message }], messages, result: null };
}

/** `details` are what the API says about it beside the error. */
export function refused(status: number, code: number, message: string, details?: string[]): ApiError {
    return new ApiError(status, failure(code, message, details));
}

/** docs: clients page until a page is empty. filler: 20 a page unless asked. */
export function page(request: FastifyRequest, all: unknown[]) {
    const query = request.query as Record<string, string | undefined>;
    const [number, size] = [Number(query.page ?? 1), Number(query.per_page ?? 20)];
    const result = all.slice((number - 1) * size, number * size);
    const result_info = {
        page: number,
        per_page: size,
        count: result.length,
        total_count: all.length,
        total_pages: Math.ceil(all.length / size),
    };
    return { ...success(result), result_info };
}

/** The query of a list; a filter that the sandbox doesn't know would silently return too much, so it is refused. */
export function queryOf(request: FastifyRequest, known: string[]): Record<string, string | undefined> {
    const query = request.query as Record<string, string | undefined>;
    const strange = Object.keys(query).find((name) => ![...known, "page", "per_page"].includes(name));
    if (strange) {
        throw new Unmodelled(`filter ${strange}`);
    }
    return query;
}

export function bodyOf(request: FastifyRequest): Record<string, unknown> {
    return (request.body ?? {}) as Record<string, unknown>;
}

/** filler: code and words for an id that isn't there. */
export function zoneIn(request: FastifyRequest, zones: Zone[]): Zone {
    const { zone: id } = request.params as { zone: string };
    const zone = zones.find((one) => one.id === id);
    if (zone) {
        return zone;
    }
    throw refused(404, 7003, `Could not route to /zones/${id}, perhaps your object identifier is invalid?`);
}

/** A guard that runs before a route. */
export type Guard = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

function shownZone(zone: Zone, pageRuleQuota = FREE_PAGE_RULES) {
    return {
        id: zone.id,
        name: zone.origin,
        status: zone.status,
        type: zone.type,
        paused: false,
        development_mode: 0,
        name_servers: zone.nameServers,
        original_name_servers: ["ns1.registrar.example", "ns2.registrar.example"],
        original_registrar: null,
        original_dnshost: null,
        account: { id: zone.accountId, name: "Sandbox" },
        owner: { id: null, type: "user", email: null },
        plan: { id: "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee", name: "Free Website", price: 0, currency: "USD" },
        meta: { step: 2, custom_certificate_quota: 0, page_rule_quota: pageRuleQuota, phishing_detected: false },
        permissions: ["#zone:read", "#dns_records:edit"],
        created_on: "2020-08-05T11:00:00.000000Z",
        modified_on: "2020-08-05T12:00:00.000000Z",
        activated_on: zone.activatedOn,
    };
}

function automaticMode({ sslAutomatic: value }: Zone) {
    const scan = value === "auto" && { next_scheduled_scan: timestamp(-30 * 86_400) };
    return { id: "ssl_automatic_mode", value, editable: true, modified_on: timestamp(), ...scan };
}

function sslSetting(zone: Zone) {
    return { id: "ssl", value: zone.ssl, editable: true, modified_on: timestamp() };
}
