// What a tracking domain's configuration needs so that it lives in a sandbox: ordinary fields that any user could set.
import type { Sandbox } from "../sandbox/index.ts";

export function sandboxDomain({ sparkpost, probe }: Pick<Sandbox, "sparkpost" | "probe">) {
    const { apiUrl, endpoint } = sparkpost.us;
    return { account: { apiUrl, endpoint }, cloudflare: { zone: "example.com" }, probe };
}
