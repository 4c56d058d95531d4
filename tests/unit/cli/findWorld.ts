// The command that finds what exists, in a sandbox.
import Cloudflare from "cloudflare";
import { onTestFinished } from "vitest";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../../dev/sandbox/index.ts";
import { runCli } from "./program.ts";

export const HOST = "track.example.com";

/** A sandbox up to the end of the test, and the command in it. */
export async function world(options?: SandboxOptions) {
    const sandbox = await startSandbox(options);
    onTestFinished(() => sandbox.close());
    const { apiUrl, apiKey } = sandbox.sparkpost.us;
    const env = { ...cloudflareOf(sandbox), SPARKPOST_API_KEY: apiKey };
    const find = (args: string[] = [], changed: Record<string, string> = {}) =>
        runCli(["find", HOST, "--api-url", apiUrl, ...args], { ...env, ...changed });
    return { sandbox, find, env };
}

function cloudflareOf({ cloudflare }: Sandbox) {
    return { CLOUDFLARE_API_TOKEN: cloudflare.apiToken, CLOUDFLARE_BASE_URL: cloudflare.baseUrl };
}

/** The 2020 guide's set-up: a record, and a page rule that redirects. Gives the ids as the provider imports them. */
export async function redirecting(sandbox: Sandbox, status = 301, endpoint = "spgo.io") {
    sandbox.cloudflare.seedRecord({ name: HOST, type: "CNAME", content: "example.com", proxied: true });
    const { apiToken, baseUrl } = sandbox.cloudflare;
    const zone = sandbox.cloudflare.zoneId("example.com");
    const client = new Cloudflare({ apiToken, baseURL: baseUrl });
    await client.pageRules.create({
        zone_id: zone,
        targets: [{ target: "url", constraint: { operator: "matches", value: `${HOST}/*` } }],
        actions: [{ id: "forwarding_url", value: { url: `https://${endpoint}/$1`, status_code: status as 301 } }],
        priority: 2,
        status: "active",
    });
    const [record] = sandbox.cloudflare.records("example.com");
    const [rule] = sandbox.cloudflare.pageRules("example.com");
    return { record: `${zone}/${record?.id}`, pageRule: `${zone}/${rule?.id}` };
}
