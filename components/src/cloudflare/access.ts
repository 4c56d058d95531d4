// How a component's own calls to Cloudflare's API are made: with the token and the address that its provider has.
import * as pulumi from "@pulumi/pulumi";
import { firstKnown } from "../providerSetting";
import { type CloudflareAccess, defaultBaseUrl } from "./api";

/**
 * The access of the provider that a component's children of this type get; undefined where no API token is to be found
 * (a provider with another kind of credentials). For updates only.
 */
export async function accessOf(component: pulumi.Resource, type: string): Promise<CloudflareAccess | undefined> {
    const provider = component.getProvider(type) as
        | { apiToken?: pulumi.Output<string>; baseUrl?: pulumi.Output<string> }
        | undefined;
    const config = new pulumi.Config("cloudflare");
    const [token, baseUrl] = await Promise.all([
        firstKnown(provider?.apiToken, config.getSecret("apiToken"), process.env.CLOUDFLARE_API_TOKEN),
        firstKnown(provider?.baseUrl, config.get("baseUrl"), process.env.CLOUDFLARE_BASE_URL),
    ]);
    return token ? { token, baseUrl: baseUrl ?? defaultBaseUrl } : undefined;
}
