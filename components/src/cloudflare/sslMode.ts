// The zone's SSL mode decides how Cloudflare speaks to the endpoint. Two of its values don't suit a tracking host.
import * as pulumi from "@pulumi/pulumi";
import { accessOf } from "./access";
import { getResult } from "./api";

/** Warns about an SSL mode that doesn't suit, where the token may read it (Zone Settings Read). For updates only. */
export async function warnOfSslMode(zoneId: string, component: pulumi.Resource): Promise<void> {
    const access = await accessOf(component);
    // A token for zones and DNS alone, which is all that a proxied record needs, can't read settings.
    const setting =
        access && (await getResult<{ value?: unknown }>(access, `zones/${zoneId}/settings/ssl`).catch(() => undefined));
    const warning = sslModeWarning(setting?.value);
    if (warning) {
        pulumi.log.warn(warning, component);
    }
}

/** What is wrong with this SSL mode and what to do; `undefined` for those that suit. */
export function sslModeWarning(mode: unknown): string | undefined {
    const remedy = "Set it to Full (SSL/TLS, Overview), or give the tracking host its own with `settings: pageRule`.";
    switch (mode) {
        case "off":
            return `The zone's SSL mode is Off: Cloudflare sends https to http, so SparkPost can't verify the domain. ${remedy}`;
        case "flexible":
            return (
                "The zone's SSL mode is Flexible: Cloudflare fetches from SparkPost without encryption, " +
                `though everything looks right from outside. ${remedy}`
            );
        default:
            return undefined;
    }
}
