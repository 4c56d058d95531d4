// What Cloudflare's name servers will answer for a name, computed from the zone's records in Cloudflare's API. Pure.

import { canonicalAddress, canonicalName } from "../dns/client";
import { isWithin } from "../hostname";
import type { Answers, RecordType } from "./compareZone";

/** A DNS record in Cloudflare's API, as far as it matters here. */
export interface RecordAtCloudflare {
    /** Full name. */
    name: string;
    type: string;
    content: string;
    proxied: boolean;
    /** Of MX and SRV. */
    priority?: number;
}

/**
 * The answers of these types. For a proxied record, the content behind the proxy. A CNAME of the apex stays a CNAME, though
 * Cloudflare answers with its addresses (flattening).
 */
export function answersByRecords(
    name: string,
    types: readonly RecordType[],
    zone: string,
    records: readonly RecordAtCloudflare[],
): Answers {
    const own = recordsFor(name, zone, records);
    const of = (type: RecordType) => own.filter((record) => record.type === type).map((record) => textOf(type, record));
    const alias = of("CNAME");
    if (alias.length > 0 && name !== zone) {
        return { CNAME: alias };
    }
    const found = types.map((type) => [type, of(type)] as const);
    return Object.fromEntries([["CNAME", alias] as const, ...found].filter(([, texts]) => texts.length > 0));
}

/** Its own records, or those of the wildcard that covers it (RFC 4592: of the nearest name above that exists). */
function recordsFor(name: string, zone: string, records: readonly RecordAtCloudflare[]): readonly RecordAtCloudflare[] {
    const named = (wanted: string) => records.filter((record) => canonicalName(record.name) === wanted);
    const isThere = (wanted: string) => records.some((record) => isWithin(canonicalName(record.name), wanted));
    let above = name;
    while (above !== zone && !isThere(above)) {
        above = above.slice(above.indexOf(".") + 1);
    }
    return above === name ? named(name) : named(`*.${above}`);
}

function textOf(type: RecordType, { content, priority }: RecordAtCloudflare): string {
    switch (type) {
        case "MX":
            return `${priority ?? 0} ${canonicalName(content)}`;
        case "SRV": {
            // The content has no priority.
            const [weight, port, target = ""] = content.trim().split(/\s+/);
            return `${priority ?? 0} ${weight} ${port} ${canonicalName(target)}`;
        }
        case "CAA": {
            const [, flags = "", tag = "", value = ""] = /^(\d+)\s+(\S+)\s+"?(.*?)"?$/.exec(content.trim()) ?? [];
            return `${flags} ${tag} ${value}`;
        }
        case "TXT":
            return unquoted(content);
        case "AAAA":
            return canonicalAddress(content);
        default:
            return canonicalName(content);
    }
}

/** Joins the strings of `"v=spf1 " "-all"`. Content without quotes is one string. */
function unquoted(content: string): string {
    const strings = content.startsWith('"') ? (content.match(/"(\\.|[^"\\])*"/g) ?? []) : [];
    return strings.length > 0 ? strings.map((text) => text.slice(1, -1).replace(/\\(.)/g, "$1")).join("") : content;
}
