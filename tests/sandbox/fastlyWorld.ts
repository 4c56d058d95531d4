/**
 * What the tests of the sandbox's Fastly share: the official client, pointed at it, and a host that is served.
 */
import * as Fastly from "fastly";
import type { Sandbox } from "../../sandbox/index.ts";
import { HOST } from "./world.ts";

// biome-ignore lint/suspicious/noExplicitAny: the official client has no types
type Client = any;

/** One of the official client's APIs, `fastly(sandbox, "ServiceApi")`. Its base is fixed, so its URLs are built here. */
export function fastly(sandbox: Sandbox, api: string, key = sandbox.fastly.apiKey): Client {
    const { ApiClient, ...apis } = (Fastly as Client).default ?? Fastly;
    class LocalClient extends ApiClient {
        buildUrl(path: string, params: unknown, reserved: unknown): string {
            return super.buildUrl(path, params, reserved, sandbox.fastly.apiUrl);
        }
    }
    const client: Client = new LocalClient();
    client.authenticate(key);
    return new apis[api](client);
}

export const BACKEND = {
    ...{ name: "sparkpost", address: "spgo.io", port: 443, use_ssl: true, ssl_check_cert: true },
    ...{ ssl_cert_hostname: "spgo.io", ssl_sni_hostname: "spgo.io" },
};
