// Asks old and new name servers for the same names, and for those that the answers name in turn.
import { plain, plainAddress, type RecordsByType } from "../dns/client";
import { isWithin } from "../hostname";
import type { Answers, NameAnswers, RecordType } from "./compareZone";
import { NotComparable } from "./notComparable";
import { answersByRecords, type RecordAtCloudflare } from "./recordAnswers";
import type { ZoneServers } from "./zoneServers";

export interface ZoneSides {
    zone: string;
    old: ZoneServers;
    /** Left out, Cloudflare's records stand for what its name servers will answer. */
    new?: ZoneServers;
    /** Cloudflare's records of the zone, where a token may read them; needed without `new`. */
    records?: readonly RecordAtCloudflare[];
    /** Ends the asking: what isn't asked by then is told. */
    signal?: AbortSignal;
}

/** Both sides of a zone's names. */
export interface BothSides {
    answers: NameAnswers[];
    /** Names that weren't asked for any more: answers lead to too many, or the time is over. */
    unasked: string[];
}

/** Names asked for at once. */
const AT_ONCE = 16;
/** Names that answers lead to: a zone whose records name each other without end ends here. */
const MOST_FOLLOWED = 100;
/** Records of one type that are compared. */
const MOST_RECORDS = 200;

/** Both sides of the names, and of the hosts within the zone that their records name. Throws {@link NotComparable}. */
export async function askBoth(names: readonly string[], sides: ZoneSides): Promise<BothSides> {
    const asked = new Map<string, NameAnswers>();
    let next = [...new Set(names)];
    const most = next.length + MOST_FOLLOWED;
    while (next.length > 0 && asked.size < most) {
        // The first one, the apex, alone: servers that don't answer are told by it, after one wait.
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
    const delegation = (records ?? []).filter(({ type }) => type === "NS").map(({ content }) => plain(content));
    if (name !== sides.zone && delegation.length > 0) {
        now.NS = delegation;
    }
    return { name, old, new: now, proxied: proxiedIn(records ?? []) };
}

function byRecords(name: string, { zone, records = [] }: ZoneSides): Answers {
    return answersByRecords(name, typesFor(name, zone), zone, records);
}

/** An alias tolerates no other record; a name that isn't there has none; of a delegated one others have the records. */
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
        const records = answer.kind === "records" ? answer.records.slice(0, MOST_RECORDS) : [];
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

/** Names with an underscore are of services, not of hosts. */
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

/** The hosts that mail and aliases lead to. */
function targetsOf({ CNAME = [], MX = [], SRV = [] }: Answers): string[] {
    const after = (count: number) => (record: string) => record.split(" ").slice(count).join(" ");
    return [...CNAME, ...MX.map(after(1)), ...SRV.map(after(3))];
}

/** A record may lead to anything; more than host names no zone has. */
function canBeAsked(name: string): boolean {
    return name.length <= 253 && /^[a-z0-9*_.-]+$/.test(name);
}

function proxiedIn(records: readonly RecordAtCloudflare[]): Answers | undefined {
    const proxied = records.filter((record) => record.proxied);
    const of = (wanted: RecordType) =>
        proxied.filter(({ type }) => type === wanted).map(({ content }) => plain(content));
    return proxied.length > 0 ? { A: of("A"), AAAA: of("AAAA").map(plainAddress), CNAME: of("CNAME") } : undefined;
}
