// The zone's SSL mode decides how Cloudflare speaks to the endpoint. Two of its values don't suit a tracking host.
import { getZoneSetting } from "@pulumi/cloudflare/getZoneSetting";
import * as pulumi from "@pulumi/pulumi";

/** Warns about an SSL mode that doesn't suit, where the token may read it (Zone Settings Read). For updates only. */
export async function warnOfSslMode(zoneId: string, component: pulumi.Resource): Promise<void> {
    let mode: string;
    try {
        const provider = component.getProvider("cloudflare:index/getZoneSetting:getZoneSetting");
        mode = (await getZoneSetting({ zoneId, settingId: "ssl" }, { provider })).value;
    } catch {
        // A token for zones and DNS alone, which is all that a proxied record needs, can't read settings.
        return;
    }
    const warning = sslModeWarning(mode);
    if (warning) {
        pulumi.log.warn(warning, component);
    }
}

/** What is wrong with this SSL mode and what to do; `undefined` for those that suit. */
export function sslModeWarning(mode: string): string | undefined {
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
