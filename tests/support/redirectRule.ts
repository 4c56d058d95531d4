// The page rule of the 2020 guide, as somebody has made it by hand in a sandbox.
import type { Sandbox } from "../../sandbox/index.ts";

/** Makes it for track.example.com; gives its id as the provider imports it. */
export async function makeRedirect({ cloudflare }: Sandbox): Promise<string> {
    const zone = cloudflare.zoneId("example.com");
    const response = await fetch(`${cloudflare.baseUrl}/zones/${zone}/pagerules`, {
        method: "POST",
        headers: { authorization: `Bearer ${cloudflare.apiToken}`, "content-type": "application/json" },
        body: JSON.stringify({
            targets: [{ target: "url", constraint: { operator: "matches", value: "track.example.com/*" } }],
            actions: [{ id: "forwarding_url", value: { url: "https://spgo.io/$1", status_code: 301 } }],
            priority: 1,
            status: "active",
        }),
    });
    const { result } = (await response.json()) as { result: { id: string } };
    return `${zone}/${result.id}`;
}
