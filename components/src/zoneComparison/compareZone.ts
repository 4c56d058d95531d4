// Whether new name servers answer for a zone as the old ones do: the comparing alone, so that programs can use it. Pure.
import { isWithin } from "../hostname";

/** The types that are compared, as far as they were asked for. */
export type RecordType = "A" | "AAAA" | "CAA" | "CNAME" | "MX" | "NS" | "SRV" | "TXT";

/**
 * What servers have for a name, by type, each record as its text: `10 mx.example.net`, `0 issue letsencrypt.org`.
 * Names in lower case without a trailing dot; the order doesn't matter.
 */
export type Answers = Partial<Record<RecordType, string[]>>;

/** Both sides of one name. */
export interface NameAnswers {
    /** Full name; `*.example.com` for the wildcard itself. */
    name: string;
    old: Answers;
    new: Answers;
    /**
     * A, AAAA and CNAME records that Cloudflare proxies under this name: what lies behind the edge's addresses, which
     * differ from the old ones by design. Compared in the place of the new servers' answers, where those differ.
     */
    proxied?: Answers;
}

export interface Difference {
    name: string;
    type: RecordType;
    /** `missing` and `added`: as seen from the new servers. */
    kind: "missing" | "different" | "added";
    old: string[];
    new: string[];
}

export interface ZoneComparison {
    differences: Difference[];
    /** Names that answer with the edge's addresses, and have the old records behind it. */
    proxied: string[];
}

/**
 * Compares the sides of each name. NS records of the apex aren't compared: they differ by nature. Of a delegated name
 * only the delegation is, and nothing below it, which is another zone's.
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

/** An alias on one side and addresses on the other are one difference, not two. */
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
