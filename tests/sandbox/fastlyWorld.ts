/**
 * What the tests of the sandbox's Fastly share: the official client pointed at it, plain calls, and a host it serves.
 */
import { createRequire } from "node:module";
import type { BlockSettings, Sandbox, SeededService } from "../../dev/sandbox/index.ts";
import { HOST, type Result } from "./world.ts";

// biome-ignore lint/suspicious/noExplicitAny: the official client has no types
type Client = any;
const official: Client = createRequire(import.meta.url)("fastly");

/** One of the official client's APIs, `fastly(sandbox, "ServiceApi")`. Its base is fixed, so its URLs are built here. */
export function fastly(sandbox: Sandbox, api: string, key = sandbox.fastly.apiKey): Client {
    const { ApiClient, ...apis } = official;
    class LocalClient extends ApiClient {
        buildUrl(path: string, params: unknown, reserved: unknown): string {
            return super.buildUrl(path, params, reserved, sandbox.fastly.apiUrl);
        }
    }
    const client: Client = new LocalClient();
    client.authenticate(key);
    return new apis[api](client);
}

export interface FastlyCall {
    form?: BlockSettings;
    /** The `data` of a JSON:API body. */
    data?: unknown;
    key?: string;
}

/** One plain call, `call(sandbox, "POST /service", { form })`. */
export async function call(sandbox: Sandbox, line: string, options: FastlyCall = {}): Promise<Result> {
    const { form, data, key = sandbox.fastly.apiKey } = options;
    const [method, path] = line.split(" ");
    const headers: Record<string, string> = { "fastly-key": key };
    let body: string | undefined;
    if (form) {
        headers["content-type"] = "application/x-www-form-urlencoded";
        body = new URLSearchParams(form as Record<string, string>).toString();
    } else if (data) {
        headers["content-type"] = "application/vnd.api+json";
        body = JSON.stringify({ data });
    }
    const response = await fetch(`${sandbox.fastly.apiUrl}${path}`, { method, headers, body });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : undefined };
}

export const BACKEND = {
    ...{ name: "sparkpost", address: "spgo.io", port: 443, use_ssl: true, ssl_check_cert: true },
    ...{ ssl_cert_hostname: "spgo.io", ssl_sni_hostname: "spgo.io" },
};

/** The body of a subscription for some hosts. */
export function subscriptionFor(hosts: string[], certificate_authority = "lets-encrypt", more = {}) {
    return {
        type: "tls_subscription",
        attributes: { certificate_authority },
        relationships: { tls_domains: { data: hosts.map((id) => ({ type: "tls_domain", id })) }, ...more },
    };
}

/** Subscribes to a certificate for hosts that are on a service; the reply's `data`. */
export async function subscribe(sandbox: Sandbox, hosts = [HOST], certificate_authority?: string) {
    const { json } = await call(sandbox, "POST /tls/subscriptions", {
        data: subscriptionFor(hosts, certificate_authority),
    });
    return json.data;
}

/** Makes the `_acme-challenge` alias that proves a host. */
export function prove(sandbox: Sandbox, host = HOST): void {
    const challenges = sandbox.fastly.subscriptions().flatMap(({ hosts }) => hosts);
    const { challenge = "" } = challenges.findLast(({ name }) => name === host) ?? {};
    sandbox.dns.set({ name: `_acme-challenge.${host}`, type: "CNAME", value: challenge });
}

/** A host that Fastly serves with a certificate, and a verified registration. Needs a zone in `otherZones`. */
export async function liveOnFastly(sandbox: Sandbox, service: Partial<SeededService> = {}): Promise<void> {
    sandbox.sparkpost.us.seed({ domain: HOST, secure: true, verified: true });
    sandbox.fastly.seedService({ name: "track", domain: HOST, ...service });
    await subscribe(sandbox);
    prove(sandbox);
    await sandbox.waitFor(({ kind, host }) => kind === "certificate-ready" && host === HOST);
    sandbox.dns.set({ name: HOST, type: "CNAME", value: "j.sni.global.fastly.net" });
}

/** A world whose names are at another DNS vendor. */
export const ELSEWHERE = { zones: [], otherZones: [{ name: "example.com" }] };
