// The zone's SSL mode decides how Cloudflare speaks to the endpoint. Two of its values look fine from outside and aren't.
import { getZoneSetting } from "@pulumi/cloudflare/getZoneSetting";
import * as pulumi from "@pulumi/pulumi";

/**
 * Warns about an SSL mode that doesn't suit a tracking host, where the token may read it (Zone Settings Read). Read during updates only: a preview asks Cloudflare for
 * nothing but the zone.
 */
export async function warnOfSslMode(zoneId: string, hostname: string, component: pulumi.Resource): Promise<void> {
    let mode: string;
    try {
        const provider = component.getProvider("cloudflare:index/getZoneSetting:getZoneSetting");
        mode = (await getZoneSetting({ zoneId, settingId: "ssl" }, { provider })).value;
    } catch {
        // A token for zones and DNS alone, which is all that a proxied record needs, can't read settings.
        return;
    }
    const warning = sslModeWarning(mode, hostname);
    if (warning) {
        pulumi.log.warn(warning, component);
    }
}

/** What is wrong with this SSL mode and what to do; `undefined` for those that suit. */
export function sslModeWarning(mode: string, hostname: string): string | undefined {
    const remedy = "Set it to Full (SSL/TLS, Overview), or give this host its own with `settings: pageRule`.";
    switch (mode) {
        case "off":
            return `The zone's SSL mode is Off: Cloudflare sends https://${hostname} to http, and SparkPost's check fails. ${remedy}`;
        case "flexible":
            return `The zone's SSL mode is Flexible: Cloudflare fetches ${hostname} from SparkPost without encryption, though everything looks right from outside. ${remedy}`;
        default:
            return undefined;
    }
}
