// The configuration and environment of a tracking domain in a sandbox: ordinary fields and variables, which any user could set.
import type { Sandbox } from "./sandbox/index.ts";
import { FASTLY_ADDRESS } from "./sandbox/internet/fastlyEdge.ts";
import { ENDPOINTS } from "./sandbox/internet/tracker.ts";

/** The edges that the sandbox has. */
export type EdgeKind = "cloudflare" | "fastly" | "managed";

const cloudflare = { zone: "example.com" };
const edges: Record<EdgeKind, object> = {
    cloudflare: { cloudflare },
    fastly: { fastly: { dns: { cloudflare } } },
    managed: { managed: { dns: { cloudflare } } },
};

/** How to reach a domain in the sandbox's zone behind an edge of this kind. */
export function sandboxDomain(sandbox: Pick<Sandbox, "sparkpost" | "probe">, kind: EdgeKind = "cloudflare") {
    return { ...sandboxAccount(sandbox, kind), ...edges[kind] };
}

/** The sandbox's SparkPost account, and the way through its internet. */
export function sandboxAccount({ sparkpost, probe }: Pick<Sandbox, "sparkpost" | "probe">, kind: EdgeKind) {
    const { apiUrl, endpoint } = sparkpost.us;
    return {
        account: { apiUrl, endpoint: kind === "managed" ? `v2.${endpoint}` : endpoint },
        // Without the 11 s before a repeated click.
        probe: { ...probe, repeatAfter: 0 },
    };
}

/** The local port for https clicks on a domain behind an edge of this kind. */
export function edgePort({ edge, probe }: Pick<Sandbox, "edge" | "probe">, kind: EdgeKind): number {
    const addresses = { cloudflare: edge.address, fastly: FASTLY_ADDRESS, managed: ENDPOINTS.us.address };
    const way = probe.connectTo.find((one) => one.startsWith(`${addresses[kind]}:443:`));
    return Number(way?.split(":").at(-1));
}

/** The keys and addresses of the CDNs, in the variables that their official plugins read. */
export function sandboxEnvironment({ cloudflare, fastly }: Pick<Sandbox, "cloudflare" | "fastly">) {
    return {
        CLOUDFLARE_API_TOKEN: cloudflare.apiToken,
        CLOUDFLARE_BASE_URL: cloudflare.baseUrl,
        FASTLY_API_KEY: fastly.apiKey,
        FASTLY_API_URL: fastly.apiUrl,
    };
}
