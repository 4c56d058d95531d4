// Asks old and new name servers for the same names, and for the names that their answers point to.
import { canonicalAddress, canonicalName, type RecordsByType } from "../dns/client";
import { isWithin } from "../hostname";
import type { Answers, NameAnswers, RecordType } from "./compareZone";
import { answersByRecords, type RecordAtCloudflare } from "./recordAnswers";
import { NotComparable, type ZoneServers } from "./zoneServers";

interface ZoneSides {
    zone: string;
    old: ZoneServers;
    /** `undefined`: the records at Cloudflare are compared instead. */
    new?: ZoneServers;
    /** The zone's records at Cloudflare, if the API token may read them. Needed without `new`. */
    records?: readonly RecordAtCloudflare[];
    /** Ends the comparison. */
    signal?: AbortSignal;
}

/** Both sides of a zone's names. */
export interface BothSides {
    answers: NameAnswers[];
    /** Names that weren't asked for: there were too many, or the time was over. */
    unasked: string[];
}

/** Names asked for at once. */
const AT_ONCE = 16;
/** Names from answers that are asked for at most: a zone's records may name each other without end. */
const MAX_FOLLOWED = 100;
/** Records of one type that are compared. */
const MAX_RECORDS = 200;

/** Asks for the names, and for the names in the zone that their records point to. Throws {@link NotComparable}. */
export async function askBoth(names: readonly string[], sides: ZoneSides): Promise<BothSides> {
    const asked = new Map<string, NameAnswers>();
    let next = [...new Set(names)];
    const most = next.length + MAX_FOLLOWED;
    while (next.length > 0 && asked.size < most) {
        // The first name, the apex, is asked for alone: it shows after one wait whether the servers answer.
        const [now, later] = [
            next.slice(0, asked.size === 0 ? 1 : AT_ONCE),
            next.slice(asked.size === 0 ? 1 : AT_ONCE),
        ];
        const answers = await Promise.all(now.map((name) => askForName(name, sides))).catch((error: unknown) => {
            if (sides.signal?.aborted && asked.size > 0) {
                return undefined;
            }
            throw error;
        });
        if (answers === undefined) {
            break;
        }
        for (const each of answers) {
            asked.set(each.name, each);
        }
        const targets = answers.flatMap((each) => [...targetsOf(each.old), ...targetsOf(each.new)]);
        const within = targets.filter((name) => isWithin(name, sides.zone) && canBeAsked(name));
        next = [...new Set([...later, ...within])].filter((name) => !asked.has(name));
    }
    return { answers: [...asked.values()], unasked: next };
}

async function askForName(name: string, sides: ZoneSides): Promise<NameAnswers> {
    const [old, now] = await Promise.all([
        askServers("old", name, sides.zone, sides.old),
        sides.new ? askServers("new", name, sides.zone, sides.new) : byRecords(name, sides),
    ]);
    const records = sides.records?.filter((record) => record.name.toLowerCase() === name);
    const delegation = (records ?? []).filter(({ type }) => type === "NS").map(({ content }) => canonicalName(content));
    if (name !== sides.zone && delegation.length > 0) {
        now.NS = delegation;
    }
    return { name, old, new: now, proxied: proxiedIn(records ?? []) };
}

function byRecords(name: string, { zone, records = [] }: ZoneSides): Answers {
    return answersByRecords(name, typesFor(name, zone), zone, records);
}

/** Asks these servers for all types. An alias has no other records, an absent name has none, and a delegated one only NS. */
async function askServers(
    side: "old" | "new",
    name: string,
    zone: string,
    { labels, ask }: ZoneServers,
): Promise<Answers> {
    const askFor = async (type: RecordType) => {
        const answer = await ask(name, type);
        if ("code" in answer) {
            const who = labels.join(", ");
            throw new NotComparable(
                `The ${side} name servers (${who}) gave no answer for ${type} ${name} (${answer.code}).`,
                { kind: "no-answer", side, code: answer.code },
            );
        }
        const records = answer.kind === "records" ? answer.records.slice(0, MAX_RECORDS) : [];
        return { ...answer, texts: records.map((record) => textOf(type, record)) };
    };
    const alias = await askFor("CNAME");
    if (alias.delegatedTo && name !== zone) {
        return { NS: alias.delegatedTo };
    }
    if (alias.texts.length > 0) {
        return { CNAME: alias.texts };
    }
    if (alias.kind === "absent") {
        return {};
    }
    const types = typesFor(name, zone);
    const found = await Promise.all(types.map(async (type) => [type, (await askFor(type)).texts] as const));
    return Object.fromEntries(found.filter(([, texts]) => texts.length > 0));
}

/** The types to ask for. Names with an underscore belong to services, not to hosts. */
function typesFor(name: string, zone: string): RecordType[] {
    if (name.startsWith("_") || name.includes("._")) {
        return ["SRV", "TXT"];
    }
    const types: RecordType[] = ["A", "AAAA", "CAA", "MX", "TXT"];
    return name === zone ? types : [...types, "NS"];
}

function textOf(type: RecordType, record: RecordsByType[RecordType]): string {
    switch (type) {
        case "MX": {
            const { priority, exchange } = record as RecordsByType["MX"];
            return `${priority} ${exchange}`;
        }
        case "SRV": {
            const { priority, weight, port, target } = record as RecordsByType["SRV"];
            return `${priority} ${weight} ${port} ${target}`;
        }
        case "CAA": {
            const { flags, tag, value } = record as RecordsByType["CAA"];
            return `${flags} ${tag} ${value}`;
        }
        default:
            return record as string;
    }
}

/** The names that CNAME, MX and SRV records point to. */
function targetsOf({ CNAME = [], MX = [], SRV = [] }: Answers): string[] {
    const after = (count: number) => (record: string) => record.split(" ").slice(count).join(" ");
    return [...CNAME, ...MX.map(after(1)), ...SRV.map(after(3))];
}

/** Whether it is a name to ask for: a record may point to anything. */
function canBeAsked(name: string): boolean {
    return name.length <= 253 && /^[a-z0-9*_.-]+$/.test(name);
}

function proxiedIn(records: readonly RecordAtCloudflare[]): Answers | undefined {
    const proxied = records.filter((record) => record.proxied);
    const of = (wanted: RecordType) =>
        proxied.filter(({ type }) => type === wanted).map(({ content }) => canonicalName(content));
    return proxied.length > 0 ? { A: of("A"), AAAA: of("AAAA").map(canonicalAddress), CNAME: of("CNAME") } : undefined;
}
