// What Cloudflare has for a tracking host: the zone that holds it, its records, the page rules that would fire for it.
import type { CloudflareAccess } from "../cloudflare/api";
import { matches, targetOf } from "../cloudflare/pageRulePattern";
import { registrableDomain } from "../hostname";
import {
    type CloudflarePageRule,
    type CloudflareRecord,
    type CloudflareZone,
    readPageRules,
    readRecords,
    readZones,
} from "./cloudflareReads";
import { Failure } from "./io";

export interface FoundAtCloudflare {
    /** The zone that holds the host, the deepest there is; `undefined` where the token sees none. */
    zone?: CloudflareZone;
    /** Other zones of that name, in other accounts or not active. */
    namesakes: CloudflareZone[];
    /** The names that were looked for. */
    candidates: string[];
    records: CloudflareRecord[];
    /** Those that match the host, the one that fires first. */
    pageRules: CloudflarePageRule[];
    /** Why page rules couldn't be read: a token for zones and DNS alone, which is all that a proxied host needs. */
    pageRulesUnread?: string;
}

export async function findAtCloudflare(hostname: string, access: CloudflareAccess): Promise<FoundAtCloudflare> {
    const candidates = zoneNamesOf(hostname);
    const { zone, namesakes } = await holder(candidates, access);
    if (!zone) {
        return { candidates, namesakes, records: [], pageRules: [] };
    }
    const [records, rules] = await Promise.all([
        readRecords(access, zone.id, hostname),
        readPageRules(access, zone.id).catch((error: unknown) => {
            if (error instanceof Failure) {
                return error;
            }
            throw error;
        }),
    ]);
    return {
        zone,
        namesakes,
        candidates,
        records,
        pageRules: rules instanceof Failure ? [] : rulesFor(hostname, rules),
        pageRulesUnread: rules instanceof Failure ? rules.message : undefined,
    };
}

/** The rules that match the host, active ones first, then by priority: the highest number fires. */
export function rulesFor(hostname: string, rules: readonly CloudflarePageRule[]): CloudflarePageRule[] {
    return rules
        .filter((rule) => matches(targetOf(rule), `${hostname}/*`))
        .sort(
            (one, other) =>
                Number(other.status === "active") - Number(one.status === "active") || other.priority - one.priority,
        );
}

/** An active zone before one that isn't, a deeper one before one further up. */
async function holder(
    candidates: string[],
    access: CloudflareAccess,
): Promise<{ zone?: CloudflareZone; namesakes: CloudflareZone[] }> {
    const found = (await Promise.all(candidates.map((name) => readZones(access, name)))).flat();
    const zone = found.find(({ status }) => status === "active") ?? found[0];
    return { zone, namesakes: found.filter((other) => other !== zone && other.name === zone?.name) };
}

/** `track.eu.example.com`, `eu.example.com`, `example.com`: a zone can be named like the host itself. */
function zoneNamesOf(hostname: string): string[] {
    const labels = hostname.split(".");
    const length = (registrableDomain(hostname) ?? hostname).split(".").length;
    return Array.from({ length: labels.length - length + 1 }, (_, index) => labels.slice(index).join("."));
}
