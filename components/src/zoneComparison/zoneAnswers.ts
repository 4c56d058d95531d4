// Asks old and new name servers for the same names, and for those that the answers name in turn.
import type { CaaRecord, MxRecord, SrvRecord } from "node:dns";
import { isMissingName, isMissingType, type Resolver } from "../dns/resolver";
import { isWithin } from "../hostname";
import type { Answers, NameAnswers, RecordType } from "./compareZone";
import { NotComparable } from "./notComparable";
import { answersByRecords, type RecordAtCloudflare } from "./recordAnswers";
import { plainAddress, plainName } from "./recordTexts";
import type { ZoneServers } from "./zoneServers";

export interface ZoneSides {
    zone: string;
    old: ZoneServers;
    /** Left out, Cloudflare's records stand for what its name servers will answer. */
    new?: ZoneServers;
    /** Knows the delegations that are public now, which an authoritative server's referral hides from a client. */
    resolver: Resolver;
    /** Cloudflare's records of the zone, where a token may read them; needed without `new`. */
    records?: readonly RecordAtCloudflare[];
}

/** Names asked for at once. */
const AT_ONCE = 16;

/** Both sides of the names, and of the hosts within the zone that their records name. Throws {@link NotComparable}. */
export async function askBoth(names: readonly string[], sides: ZoneSides): Promise<NameAnswers[]> {
    const asked = new Map<string, NameAnswers>();
    let next = [...new Set(names)];
    while (next.length > 0) {
        // The first one, the apex, alone: servers that don't answer are told by it, after one wait.
        const count = asked.size === 0 ? 1 : AT_ONCE;
        const [now, later] = [next.slice(0, count), next.slice(count)];
        const answers = await Promise.all(now.map((name) => askForName(name, sides)));
        for (const each of answers) {
            asked.set(each.name, each);
        }
        const targets = answers.flatMap((each) => [...targetsOf(each.old), ...targetsOf(each.new)]);
        const within = targets.filter((name) => isWithin(name, sides.zone));
        next = [...new Set([...later, ...within])].filter((name) => !asked.has(name));
    }
    return [...asked.values()];
}

async function askForName(name: string, sides: ZoneSides): Promise<NameAnswers> {
    const [old, now] = await Promise.all([
        askServers("old", name, sides.zone, sides.old),
        sides.new ? askServers("new", name, sides.zone, sides.new) : byRecords(name, sides),
    ]);
    if (name !== sides.zone && old.isThere && isEmpty(old.answers)) {
        old.answers.NS = await publicDelegation(name, sides.resolver);
    }
    const records = sides.records?.filter((record) => record.name.toLowerCase() === name);
    const delegation = (records ?? []).filter(({ type }) => type === "NS").map(({ content }) => plainName(content));
    if (name !== sides.zone && delegation.length > 0) {
        now.answers.NS = delegation;
    }
    return {
        name,
        old: old.answers,
        new: now.answers,
        proxied: proxiedIn(records ?? []),
        // With Cloudflare's own list it is known.
        maybeDelegated: records === undefined && now.isThere && isEmpty(now.answers),
    };
}

function byRecords(name: string, { zone, records = [] }: ZoneSides): Told {
    return { answers: answersByRecords(name, typesFor(name, zone), zone, records), isThere: true };
}

interface Told {
    answers: Answers;
    isThere: boolean;
}

/** An alias tolerates no other record; a name that isn't there has none. */
async function askServers(side: "old" | "new", name: string, zone: string, servers: ZoneServers): Promise<Told> {
    const ask = (type: RecordType) => askServer(side, name, type, servers);
    const alias = await ask("CNAME");
    if (alias === undefined) {
        return { answers: {}, isThere: false };
    }
    if (alias.length > 0) {
        return { answers: { CNAME: alias }, isThere: true };
    }
    const types = typesFor(name, zone);
    const found = await Promise.all(types.map(async (type) => [type, (await ask(type)) ?? []] as const));
    return { answers: Object.fromEntries(found.filter(([, records]) => records.length > 0)), isThere: true };
}

/** The records as texts; `undefined` where there is no such name. */
async function askServer(
    side: "old" | "new",
    name: string,
    type: RecordType,
    { labels, questions }: ZoneServers,
): Promise<string[] | undefined> {
    try {
        return ((await questions.resolve(name, type)) as unknown[]).map((record) => textOf(type, record));
    } catch (error) {
        if (isMissingType(error)) {
            return [];
        }
        if (isMissingName(error)) {
            return undefined;
        }
        const { code = String(error) } = error as NodeJS.ErrnoException;
        throw new NotComparable(
            `The ${side} name servers (${labels.join(", ")}) gave no answer for ${type} ${name} (${code}).`,
            { kind: "no-answer", side, code },
        );
    }
}

/** Names with an underscore are of services, not of hosts. */
function typesFor(name: string, zone: string): RecordType[] {
    if (name.startsWith("_") || name.includes("._")) {
        return ["SRV", "TXT"];
    }
    const types: RecordType[] = ["A", "AAAA", "CAA", "MX", "TXT"];
    return name === zone ? types : [...types, "NS"];
}

function textOf(type: RecordType, record: unknown): string {
    switch (type) {
        case "MX": {
            const { priority, exchange } = record as MxRecord;
            return `${priority} ${plainName(exchange)}`;
        }
        case "SRV": {
            const { priority, weight, port, name } = record as SrvRecord;
            return `${priority} ${weight} ${port} ${plainName(name)}`;
        }
        case "CAA": {
            const { critical, type: _, ...property } = record as CaaRecord & { type?: string };
            const [[tag, value] = []] = Object.entries(property);
            return `${critical} ${tag} ${value}`;
        }
        case "TXT":
            return (record as string[]).join("");
        case "AAAA":
            return plainAddress(record as string);
        default:
            return plainName(record as string);
    }
}

/** The hosts that mail and aliases lead to. */
function targetsOf({ CNAME = [], MX = [], SRV = [] }: Answers): string[] {
    return [...CNAME, ...MX, ...SRV].map((record) => record.split(" ").at(-1) ?? "");
}

async function publicDelegation(name: string, resolver: Resolver): Promise<string[]> {
    try {
        return (await resolver.resolveNs(name)).map(plainName);
    } catch {
        return [];
    }
}

function proxiedIn(records: readonly RecordAtCloudflare[]): Answers | undefined {
    const proxied = records.filter((record) => record.proxied);
    const of = (wanted: RecordType) =>
        proxied.filter(({ type }) => type === wanted).map(({ content }) => plainName(content));
    return proxied.length > 0 ? { A: of("A"), AAAA: of("AAAA").map(plainAddress), CNAME: of("CNAME") } : undefined;
}

function isEmpty(answers: Answers): boolean {
    return Object.keys(answers).length === 0;
}
