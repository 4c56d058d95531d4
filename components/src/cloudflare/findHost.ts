// What Cloudflare has for a tracking hostname: its zone, its records, and the rules that match it.
import { domainsAbove } from "../hostname";
import { takesMailFor } from "../hostToday/today";
import { plainText } from "../othersWords";
import { type CloudflareAccess, CloudflareError } from "./api";
import {
    type CloudflarePageRule,
    type CloudflareRecord,
    type CloudflareRule,
    type CloudflareZone,
    readPageRules,
    readRecords,
    readRedirectRules,
    readZones,
} from "./reads";
import { matches, redirectRulesFor, targetOf } from "./zoneRules";

export interface FoundAtCloudflare {
    /** The deepest zone that holds the hostname; `undefined` if the API token sees none. */
    zone?: CloudflareZone;
    /** Other zones of that name, in other accounts or not active. */
    namesakes: CloudflareZone[];
    /** The zone names that were looked up. */
    candidates: string[];
    /** The hostname's records, of every type. */
    records: CloudflareRecord[];
    /** Records to whose name the zone's name was appended: `track.example.com.example.com`. */
    doubled: CloudflareRecord[];
    /** MX records of the zone that point to the hostname. */
    mailFor: CloudflareRecord[];
    /** The page rules that match the hostname, first the one that fires. */
    pageRules: CloudflarePageRule[];
    /** The enabled redirect rules that match the hostname. They run before page rules. */
    redirectRules: CloudflareRule[];
    /** Why rules couldn't be read. A proxied hostname doesn't need a token that can read them. */
    unread: { pageRules?: string; redirectRules?: string };
}

export async function findAtCloudflare(hostname: string, access: CloudflareAccess): Promise<FoundAtCloudflare> {
    // The hostname can be a zone itself.
    const candidates = [hostname, ...domainsAbove(hostname)];
    const { zone, namesakes } = await chooseZone(candidates, access);
    const nothing = { records: [], doubled: [], mailFor: [], pageRules: [], redirectRules: [], unread: {} };
    if (!zone) {
        return { candidates, namesakes, ...nothing };
    }
    const [records, doubled, mail, pageRules, redirectRules] = await Promise.all([
        readRecords(access, zone.id, { name: hostname }),
        readRecords(access, zone.id, { name: `${hostname}.${zone.name}` }),
        readRecords(access, zone.id, { type: "MX" }),
        orUnread(readPageRules(access, zone.id)),
        orUnread(readRedirectRules(access, zone.id)),
    ]);
    return {
        zone,
        namesakes,
        candidates,
        records: records.map(printable),
        doubled: doubled.map(printable),
        mailFor: mail.filter((record) => takesMailFor(record, hostname)).map(printable),
        pageRules: pageRules instanceof CloudflareError ? [] : rulesFor(hostname, pageRules),
        redirectRules: redirectRules instanceof CloudflareError ? [] : redirectRulesFor(hostname, redirectRules),
        unread: {
            ...(pageRules instanceof CloudflareError && { pageRules: pageRules.explanation }),
            ...(redirectRules instanceof CloudflareError && { redirectRules: redirectRules.explanation }),
        },
    };
}

/** The rules that match the hostname: active ones first, then by priority. The first one fires. */
function rulesFor(hostname: string, rules: readonly CloudflarePageRule[]): CloudflarePageRule[] {
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

async function orUnread<Value>(reading: Promise<Value>): Promise<Value | CloudflareError> {
    return reading.catch((error: unknown) => {
        if (error instanceof CloudflareError) {
            return error;
        }
        throw error;
    });
}

/** Chooses the zone that holds the hostname: an active one before others, a deeper one before one above. */
async function chooseZone(
    candidates: string[],
    access: CloudflareAccess,
): Promise<{ zone?: CloudflareZone; namesakes: CloudflareZone[] }> {
    const found = (await Promise.all(candidates.map((name) => readZones(access, name)))).flat();
    const zone = found.find(({ status }) => status === "active") ?? found[0];
    return { zone, namesakes: found.filter((other) => other !== zone && other.name === zone?.name) };
}
