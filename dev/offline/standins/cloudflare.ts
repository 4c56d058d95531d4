// The stand-in for the cloudflare plugin: a program that the engine starts. It behaves like the official one for what
// this project uses, and calls the API through Cloudflare's own client.
import { dnsRecord } from "./cloudflare/dnsRecord.ts";
import { getCertificatePacks, getZone, getZoneSetting, getZones } from "./cloudflare/lookups.ts";
import { pageRule } from "./cloudflare/pageRule.ts";
import { workersRoute } from "./cloudflare/workersRoute.ts";
import { workersScript } from "./cloudflare/workersScript.ts";
import { zone } from "./cloudflare/zone.ts";
import { type Plugin, serve } from "./serve.ts";

export const cloudflare: Plugin = {
    name: "cloudflare",
    resources: {
        "cloudflare:index/dnsRecord:DnsRecord": dnsRecord,
        "cloudflare:index/pageRule:PageRule": pageRule,
        "cloudflare:index/workersRoute:WorkersRoute": workersRoute,
        "cloudflare:index/workersScript:WorkersScript": workersScript,
        "cloudflare:index/zone:Zone": zone,
    },
    functions: {
        "cloudflare:index/getZone:getZone": getZone,
        "cloudflare:index/getZones:getZones": getZones,
        "cloudflare:index/getZoneSetting:getZoneSetting": getZoneSetting,
        "cloudflare:index/getCertificatePacks:getCertificatePacks": getCertificatePacks,
    },
    cancel: () => undefined,
};

if (import.meta.main) {
    await serve(cloudflare);
}
