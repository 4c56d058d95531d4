// How a component's own calls to Cloudflare's API are made: with the token and the address that its provider has.
import type * as pulumi from "@pulumi/pulumi";
import { providerSettings } from "../pulumi/providerSetting";
import { type CloudflareAccess, defaultBaseUrl } from "./api";

/**
 * The access of the provider that a component's children get; undefined where no API token is to be found
 * (a provider with another kind of credentials). For updates only.
 */
export async function accessOf(component: pulumi.Resource): Promise<CloudflareAccess | undefined> {
    const { apiToken: token, baseUrl = defaultBaseUrl } = await providerSettings(component, "cloudflare", {
        apiToken: "CLOUDFLARE_API_TOKEN",
        baseUrl: "CLOUDFLARE_BASE_URL",
    });
    return token ? { token, baseUrl } : undefined;
}
