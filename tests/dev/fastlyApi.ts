// Fastly's API as the tests of its stand-in script it: one service with its versions, one TLS subscription.
import { onTestFinished, vi } from "vitest";
import type { Properties } from "../../dev/offline/standins/values.ts";
import { byCall, type Reply, type ScriptedApi, startApi } from "../support/scriptedApi.ts";

export const HOST = "track.example.com";
export const ACME = `_acme-challenge.${HOST}`;
export const KEY = "fastly-key-of-the-test";

/** An API that knows these calls and answers anything else with 404, and the stand-in pointed at it. */
export async function start(replies: Record<string, Reply[]>): Promise<ScriptedApi> {
    const api = await startApi(byCall(replies));
    vi.stubEnv("FASTLY_API_URL", api.url);
    vi.stubEnv("FASTLY_API_KEY", KEY);
    onTestFinished(() => {
        vi.unstubAllEnvs();
    });
    return api;
}

export const ok: Reply[] = [{ body: { status: "ok" } }];

/** How the API tells the blocks of a service like the components make. */
export const lists = {
    domain: [{ name: HOST, comment: "clicks" }],
    backend: [
        {
            ...{ name: "sparkpost", address: "spgo.io", port: 443, use_ssl: true, ssl_sni_hostname: "spgo.io" },
            ...{ auto_loadbalance: false, between_bytes_timeout: 10_000, connect_timeout: 1_000, error_threshold: 0 },
            ...{ first_byte_timeout: 15_000, max_conn: 200, ssl_check_cert: true, weight: 100, shield: null },
        },
    ],
    request_settings: [
        {
            ...{ name: "sparkpost", xff: "append", max_stale_age: "0", force_ssl: "0", force_miss: "0", action: null },
            ...{ bypass_busy_wait: "0", timer_support: "0", hash_keys: "", default_host: "" },
        },
    ],
    snippet: [{ name: "client", type: "recv", content: "set req.http.A = client.ip;", priority: "100", dynamic: "0" }],
};

/** The replies of a version in order to be written, validated and read. */
export function version(number: number, settings: Properties = {}, blocks: Partial<typeof lists> = {}) {
    const path = `/service/s1/version/${number}`;
    const defaults = { default_ttl: 10, default_host: "", stale_if_error: false, stale_if_error_ttl: 43_200 };
    const general = Object.entries({ ...defaults, ...settings }).map(([key, value]) => [`general.${key}`, value]);
    const replies: Record<string, Reply[]> = {
        [`GET ${path}`]: [{ body: { number, locked: true } }],
        [`PUT ${path}/clone`]: [{ body: { number: number + 1 } }],
        [`PUT ${path}/settings`]: ok,
        [`GET ${path}/settings`]: [{ body: Object.fromEntries(general) }],
        [`GET ${path}/http3`]: [{ body: { version: number } }],
        [`POST ${path}/http3`]: ok,
        [`GET ${path}/validate`]: ok,
        [`PUT ${path}/activate`]: ok,
        [`PUT ${path}/deactivate`]: ok,
    };
    for (const [key, list] of Object.entries({ ...lists, ...blocks })) {
        replies[`GET ${path}/${key}`] = [{ body: list }];
        replies[`POST ${path}/${key}`] = ok;
        for (const { name } of list) {
            replies[`PUT ${path}/${key}/${name}`] = ok;
            replies[`DELETE ${path}/${key}/${name}`] = ok;
        }
    }
    return replies;
}

export function details(active: number | undefined, more: Properties = {}) {
    const body = { id: "s1", name: HOST, comment: "clicks", type: "vcl", active_version: active && { number: active } };
    return { "GET /service/s1/details": [{ body: { ...body, ...more } }] };
}

const challenges = [
    { type: "managed-dns", record_type: "CNAME", record_name: ACME, values: ["abc.fastly-validations.com"] },
    { type: "managed-http-cname", record_type: "CNAME", record_name: HOST, values: ["j.sni.global.fastly.net"] },
    { type: "managed-http-a", record_type: "A", record_name: HOST, values: ["192.0.2.1", "192.0.2.2"] },
];

export function subscription(state: string, domains = [HOST], authorizations = ["a1"]): Reply {
    const ids = (type: string, ...list: string[]) => ({ data: list.map((id) => ({ type, id })) });
    const one = (type: string, id: string) => ({ data: { type, id } });
    return {
        headers: { "content-type": "application/vnd.api+json" },
        body: {
            data: {
                id: "t1",
                type: "tls_subscription",
                attributes: {
                    ...{ certificate_authority: "lets-encrypt", state },
                    ...{ created_at: "2026-01-01T00:00:00.000Z", updated_at: "2026-01-02T00:00:00.000Z" },
                },
                relationships: {
                    tls_domains: ids("tls_domain", ...domains),
                    tls_authorizations: ids("tls_authorization", ...authorizations),
                    tls_certificates: ids("tls_certificate", ...(state === "issued" ? ["c1"] : [])),
                    common_name: one("tls_domain", HOST),
                    tls_configuration: one("tls_configuration", "conf1"),
                },
            },
            included: [{ id: "a1", type: "tls_authorization", attributes: { challenges } }],
        },
    };
}
