// What Cloudflare has for a tracking host: the zone that holds it, its records, the rules that would fire for it.
import type { CloudflareAccess } from "../cloudflare/api";
import { matches, redirectRulesFor, targetOf } from "../cloudflare/zoneRules";
import { registrableDomain } from "../hostname";
import { takesMailFor } from "../hostToday/today";
import { plainText } from "../othersWords";
import {
    type CloudflarePageRule,
    type CloudflareRecord,
    type CloudflareRedirectRule,
    type CloudflareZone,
    readPageRules,
    readRecords,
    readRedirectRules,
    readZones,
} from "./cloudflare";
import { Failure } from "./command";

export interface FoundAtCloudflare {
    /** The zone that holds the host, the deepest there is; `undefined` where the token sees none. */
    zone?: CloudflareZone;
    /** Other zones of that name, in other accounts or not active. */
    namesakes: CloudflareZone[];
    /** The names that were looked for. */
    candidates: string[];
    /** The host's, of every type. */
    records: CloudflareRecord[];
    /** Where the zone's name was appended to the host's: `track.example.com.example.com`. */
    doubled: CloudflareRecord[];
    /** MX records of the zone that lead to the host. */
    mailFor: CloudflareRecord[];
    /** Those that match the host, the one that fires first. */
    pageRules: CloudflarePageRule[];
    /** Those that are on and speak of the host. They come before any page rule. */
    redirectRules: CloudflareRedirectRule[];
    /** Why rules couldn't be read: a token for zones and DNS alone is all that a proxied host needs. */
    unread: { pageRules?: string; redirectRules?: string };
}

export async function findAtCloudflare(hostname: string, access: CloudflareAccess): Promise<FoundAtCloudflare> {
    const candidates = zoneNamesOf(hostname);
    const { zone, namesakes } = await holder(candidates, access);
    const nothing = { records: [], doubled: [], mailFor: [], pageRules: [], redirectRules: [], unread: {} };
    if (!zone) {
        return { candidates, namesakes, ...nothing };
    }
    const [records, doubled, mail, pageRules, redirectRules] = await Promise.all([
        readRecords(access, zone.id, { name: hostname }),
        readRecords(access, zone.id, { name: `${hostname}.${zone.name}` }),
        readRecords(access, zone.id, { type: "MX" }),
        orFailure(readPageRules(access, zone.id)),
        orFailure(readRedirectRules(access, zone.id)),
    ]);
    return {
        zone,
        namesakes,
        candidates,
        records: records.map(printable),
        doubled: doubled.map(printable),
        mailFor: mail.filter((record) => takesMailFor(record, hostname)).map(printable),
        pageRules: pageRules instanceof Failure ? [] : rulesFor(hostname, pageRules),
        redirectRules: redirectRules instanceof Failure ? [] : redirectRulesFor(hostname, redirectRules),
        unread: {
            ...(pageRules instanceof Failure && { pageRules: pageRules.message }),
            ...(redirectRules instanceof Failure && { redirectRules: redirectRules.message }),
        },
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

function printable(record: CloudflareRecord): CloudflareRecord {
    return { ...record, content: plainText(record.content) };
}

async function orFailure<Value>(reading: Promise<Value>): Promise<Value | Failure> {
    return reading.catch((error: unknown) => {
        if (error instanceof Failure) {
            return error;
        }
        throw error;
    });
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
