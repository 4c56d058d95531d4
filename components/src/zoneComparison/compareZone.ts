// Compares what old and new name servers answer for a zone. Pure.
import { isWithin } from "../hostname";

/** The types that are compared. */
export type RecordType = "A" | "AAAA" | "CAA" | "CNAME" | "MX" | "NS" | "SRV" | "TXT";

/**
 * A name's records by type, each as a text: `10 mx.example.net`, `0 issue letsencrypt.org`. Names are in lower case, without a
 * trailing dot. The order doesn't matter.
 */
export type Answers = Partial<Record<RecordType, string[]>>;

/** Both sides of one name. */
export interface NameAnswers {
    /** Full name; `*.example.com` for the wildcard itself. */
    name: string;
    old: Answers;
    new: Answers;
    /**
     * The A, AAAA and CNAME records that Cloudflare proxies under this name. The new servers answer with Cloudflare's addresses,
     * which differ by design. So if the answers differ, these records are compared instead.
     */
    proxied?: Answers;
}

export interface Difference {
    name: string;
    type: RecordType;
    /** `missing`: the new servers lack it. `added`: only the new servers have it. */
    kind: "missing" | "different" | "added";
    old: string[];
    new: string[];
}

export interface ZoneComparison {
    differences: Difference[];
    /** Names that answer with Cloudflare's addresses, with the old records behind its proxy. */
    proxied: string[];
}

/**
 * Compares both sides of each name. NS records of the apex are left out, because they always differ. Of a delegated name only
 * the delegation is compared: what is below belongs to another zone.
 */
export function compareZone(zone: string, names: readonly NameAnswers[]): ZoneComparison {
    const cuts = names.filter(({ name, old }) => name !== zone && has(old, "NS")).map(({ name }) => name);
    const compared = names.filter(({ name }) => !cuts.some((cut) => name !== cut && isWithin(name, cut)));
    return {
        differences: compared.flatMap((each) => differencesOf(zone, each)),
        proxied: compared.filter((each) => isProxiedAlike(zone, each)).map(({ name }) => name),
    };
}

const hostTypes = ["A", "AAAA", "CNAME"] as const;
const otherTypes = ["CAA", "MX", "NS", "SRV", "TXT"] as const;

function differencesOf(zone: string, each: NameAnswers): Difference[] {
    const { name, old } = each;
    const now = behindProxy(each);
    if (name !== zone && (has(old, "NS") || has(now, "NS"))) {
        return difference(name, "NS", old.NS, now.NS);
    }
    const others = otherTypes.filter((type) => type !== "NS");
    return [
        ...hostDifferences(name, old, now),
        ...others.flatMap((type) => difference(name, type, old[type], now[type])),
    ];
}

/** Compares addresses and aliases. An alias on one side and addresses on the other are one difference, not two. */
function hostDifferences(name: string, old: Answers, now: Answers): Difference[] {
    if (has(old, "CNAME") === has(now, "CNAME")) {
        return hostTypes.flatMap((type) => difference(name, type, old[type], now[type]));
    }
    const [before, after] = [tagged(old), tagged(now)];
    if (before.length > 0 && after.length > 0) {
        return [{ name, type: "CNAME", kind: "different", old: before, new: after }];
    }
    return difference(name, "CNAME", old.CNAME, now.CNAME);
}

function difference(name: string, type: RecordType, before: string[] = [], after: string[] = []): Difference[] {
    const [old, now] = [[...new Set(before)].sort(), [...new Set(after)].sort()];
    if (old.length === now.length && old.every((record, index) => record === now[index])) {
        return [];
    }
    const kind = now.length === 0 ? "missing" : old.length === 0 ? "added" : "different";
    return [{ name, type, kind, old, new: now }];
}

function isProxiedAlike(zone: string, each: NameAnswers): boolean {
    const isHostType = ({ type }: Difference) => (hostTypes as readonly string[]).includes(type);
    return (
        each.proxied !== undefined &&
        !differencesOf(zone, each).some(isHostType) &&
        hostDifferences(each.name, each.old, each.new).length > 0
    );
}

function behindProxy({ name, old, new: now, proxied }: NameAnswers): Answers {
    const isSame = hostDifferences(name, old, now).length === 0;
    return proxied && !isSame ? { ...now, A: undefined, AAAA: undefined, CNAME: undefined, ...proxied } : now;
}

function tagged(answers: Answers): string[] {
    return hostTypes.flatMap((type) => (answers[type] ?? []).map((record) => `${type} ${record}`)).sort();
}

function has(answers: Answers, type: RecordType): boolean {
    return (answers[type] ?? []).length > 0;
}
