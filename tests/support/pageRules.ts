// Somebody else's page rules, made and deleted by Cloudflare's API.
import type { Sandbox } from "../../dev/sandbox/index.ts";

/** Somebody else makes a page rule of the zone example.com, active, which bypasses the cache. */
export function makePageRule(sandbox: Sandbox, target: string, priority: number): Promise<void> {
    return pageRuleApi(sandbox, "POST", "", {
        targets: [{ target: "url", constraint: { operator: "matches", value: target } }],
        actions: [{ id: "cache_level", value: "bypass" }],
        priority,
        status: "active",
    });
}

/** The page rule of the 2020 guide, as somebody has made it by hand for a host; gives its id as the provider imports it. */
export async function makeRedirect(sandbox: Sandbox, hostname: string): Promise<string> {
    await pageRuleApi(sandbox, "POST", "", {
        targets: [{ target: "url", constraint: { operator: "matches", value: `${hostname}/*` } }],
        actions: [{ id: "forwarding_url", value: { url: "https://spgo.io/$1", status_code: 301 } }],
        priority: 1,
        status: "active",
    });
    const { cloudflare } = sandbox;
    return `${cloudflare.zoneId("example.com")}/${cloudflare.pageRules("example.com").at(-1)?.id}`;
}

/** A call about the page rules of the zone example.com; `path` is what follows `/pagerules`. */
export async function pageRuleApi({ cloudflare }: Sandbox, method: string, path: string, body?: object): Promise<void> {
    const url = `${cloudflare.baseUrl}/zones/${cloudflare.zoneId("example.com")}/pagerules${path}`;
    const headers = { authorization: `Bearer ${cloudflare.apiToken}`, "content-type": "application/json" };
    const { ok, status } = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
    if (!ok) {
        throw new Error(`${method} ${url}: ${status}`);
    }
}
