// A Worker at the sandbox's edge of Cloudflare.
import { expect, it } from "vitest";
import type { Sandbox } from "../../dev/sandbox/index.ts";
import { cloudflare, HOST, liveHost, world } from "./world.ts";

const PATH = "/.well-known/assetlinks.json";

/** A Worker for one path of the host. */
async function serve(sandbox: Sandbox): Promise<void> {
    const { baseUrl, apiToken } = sandbox.cloudflare;
    const authorization = `Bearer ${apiToken}`;
    const form = new FormData();
    form.set("metadata", new Blob([JSON.stringify({ main_module: "w.js" })]));
    form.set("w.js", new Blob(["export default { fetch: ({ url }) => new Response(url, { headers: { a: 'b' } }) };"]));
    const script = `${baseUrl}/accounts/0123456789abcdef0123456789abcdef/workers/scripts/files`;
    expect((await fetch(script, { method: "PUT", headers: { authorization }, body: form })).status).toBe(200);
    const pattern = `${HOST}${PATH}`;
    const zone_id = sandbox.cloudflare.zoneId("example.com");
    const body = JSON.stringify({ pattern, script: "files" });
    const made = await fetch(`${baseUrl}/zones/${zone_id}/workers/routes`, {
        method: "POST",
        headers: { authorization },
        body,
    });
    expect(made.status).toBe(200);
}

it("answers for its route alone, before a page rule that forwards, and after a redirect rule", async () => {
    const sandbox = await world();
    liveHost(sandbox);
    await serve(sandbox);
    await cloudflare(sandbox).pageRules.create({
        zone_id: sandbox.cloudflare.zoneId("example.com"),
        targets: [{ target: "url", constraint: { operator: "matches", value: `${HOST}/*` } }],
        actions: [{ id: "forwarding_url", value: { url: "https://spgo.io/$1", status_code: 302 } }],
        status: "active",
    });
    const status = async (path: string) => (await sandbox.click(`https://${HOST}${path}`)).status;
    const answer = await sandbox.click(`https://${HOST}${PATH}`);
    expect(answer).toMatchObject({ status: 200, headers: { a: "b" } });
    expect(answer.body.toString()).toBe(`https://${HOST}${PATH}`);
    // The query is part of what a pattern has to fit.
    expect([await status(`${PATH}?a`), await status("/f/a")]).toEqual([302, 302]);
    sandbox.cloudflare.seedRedirectRule("example.com", { expression: "true", target_url: "https://www.example.com/" });
    expect(await status(PATH)).toBe(301);
});
