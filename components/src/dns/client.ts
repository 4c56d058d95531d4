// Asks DNS: a recursive resolver, or the servers of the zone that holds a name. An answer is data; the caller says what it
// means.
//
// Ask only the zone's own servers about a name that may not exist yet. A resolver that is asked too early remembers "no such
// name" for as long as the zone says: at Cloudflare up to 1,800 s.
import { isIPv6 } from "node:net";
import type { Answer as Resource } from "dns-packet";
import { isWithin, registrableDomain } from "../hostname";
import { plainText } from "../othersWords";
import { askServer, type DnsServer, dnsServer, NoReply, type ServerReply, serverAt, systemServers } from "./server";

/** Which DNS servers to ask. The probe has options with the same names. */
export interface LookUpOptions {
    /**
     * The recursive resolver: an IP address with or without a port, `HOST:PORT`, or the URL of DNS over HTTPS.
     *
     * @default the system's resolver
     * @example "https://dns.google/dns-query"
     */
    resolver?: string;
    /**
     * The authoritative name servers of the hostname's zone: IP addresses with or without a port.
     *
     * @default those that DNS names
     */
    nameServers?: string[];
}

/** Which DNS servers to ask, and for how long. */
export interface DnsClientOptions extends LookUpOptions {
    /** Ends every question: the answer is `silent` then. */
    signal?: AbortSignal;
    /**
     * The port of the servers that are found by name.
     *
     * @default 53
     */
    port?: number;
    /** How long a server has to answer in each try, in milliseconds. */
    timeouts?: readonly number[];
}

/** The content of a record of each type. Names are in lower case and without a trailing dot. */
export interface RecordsByType {
    A: string;
    AAAA: string;
    CAA: { critical: boolean; flags: number; tag: string; value: string };
    CNAME: string;
    MX: { priority: number; exchange: string };
    NS: string;
    SRV: { priority: number; weight: number; port: number; target: string };
    /** The strings of one record, joined. */
    TXT: string;
}

export type RecordType = keyof RecordsByType;

/**
 * The answer to one question.
 *
 * - `records`: the name has some, or the end of its aliases has.
 * - `empty`: the name exists without records of this type, or is an alias of such a name.
 * - `absent`: the name doesn't exist.
 * - `undelegated`: DNS knows no name servers for its zone.
 * - `failed`: an error: SERVFAIL, REFUSED, aliases without end.
 * - `silent`: no answer.
 */
export type Answer<R> = Asked &
    /** `ttl`: seconds for which a resolver may keep the answer, the least of all its records. */
    (
        | { kind: "records"; records: R[]; ttl: number }
        | { kind: "empty" | "absent" | "undelegated" }
        | { kind: "failed" | "silent"; code: string }
    );

interface Asked {
    /** The name that the answer is about: the one asked for, or a zone on the way to its servers. */
    name: string;
    by: "resolver" | "authorities";
    /** The servers that were asked, by name or address. */
    servers: string[];
    /** The names of the alias chain (CNAME), in order, as far as those servers know them. */
    aliases: string[];
    /** The servers of a zone below, if the servers refer to them for the name. */
    delegatedTo?: string[];
}

/** The answer of each server of a name's zone. */
export interface ServerAnswers<R> {
    /** The zone that they serve; empty if the user gave the servers. */
    zone: string;
    answers: { server: string; answer: Answer<R> }[];
}

/** No server gave a usable answer, so the records aren't known. */
export class LookUpFailed extends Error {}

export interface DnsClient {
    /** The resolver's address or URL, for messages. */
    readonly resolver: string[];
    /**
     * What the resolver answers, aliases followed. For names that are known to exist.
     *
     * @param isUnchecked The resolver shouldn't check DNSSEC (RFC 4035, 3.2.2). Default: false.
     */
    recursive<Type extends RecordType>(
        name: string,
        type: Type,
        isUnchecked?: boolean,
    ): Promise<Answer<RecordsByType[Type]>>;
    /**
     * What all servers of the name's zone answer together. The worst answer counts, because a resolver may ask any of them.
     * Servers that don't answer count only if none does. Aliases that leave the zone are in the answer, but not followed.
     */
    authoritative<Type extends RecordType>(name: string, type: Type): Promise<Answer<RecordsByType[Type]>>;
    /** The answer of each server. If no server of the zone is known, one answer that says why. */
    servers<Type extends RecordType>(
        name: string,
        type: Type,
    ): Promise<ServerAnswers<RecordsByType[Type]> | Answer<never>>;
    /** Every address that the resolver has for a name, IPv4 first. */
    addresses(name: string): Promise<Answer<string>>;
    /**
     * The records of these types: from the zone's own servers, or from the resolver if those can't be reached. Empty if the
     * name doesn't exist. Throws {@link LookUpFailed}.
     */
    look<Type extends RecordType>(name: string, ...types: Type[]): Promise<{ [Each in Type]: RecordsByType[Each][] }>;
}

/** Asks the servers of one zone. The answer says to whom they delegate the name, and what it is an alias of. */
export type ZoneClient = <Type extends RecordType>(name: string, type: Type) => Promise<Answer<RecordsByType[Type]>>;

/** How long a server has to answer, in milliseconds: in the first try and in the second. */
const TIMEOUTS = [2_500, 5_000];
/** Milliseconds for all questions of one call of the client. */
const MAX_CALL = 60_000;
/** Aliases, and delegations, that are followed. */
const MAX_STEPS = 16;
/** Name servers of one zone that are asked, and addresses of each. */
const MAX_SERVERS = 13;
const MAX_SERVER_ADDRESSES = 4;
/** Addresses of one name. */
const MAX_ADDRESSES = 64;

/** Makes a client. */
export function dnsClient(options: DnsClientOptions = {}): DnsClient {
    const { nameServers = [], port = 53, signal, timeouts = TIMEOUTS } = options;
    const resolvers = (options.resolver === undefined ? systemServers() : [dnsServer(options.resolver)]).filter(
        (server) => server !== undefined,
    );
    const given = nameServers.flatMap((text) => dnsServer(text) ?? []).slice(0, MAX_SERVERS);
    const resolver = resolvers.map(({ label }) => label);
    const call = (): AbortSignal => AbortSignal.any([AbortSignal.timeout(MAX_CALL), ...(signal ? [signal] : [])]);

    async function recursive<Type extends RecordType>(
        name: string,
        type: Type,
        end = call(),
        isUnchecked = false,
    ): Promise<Answer<RecordsByType[Type]>> {
        const asked: Asked = { name, by: "resolver", servers: resolver, aliases: [] };
        for (let last = canonicalName(name); ; ) {
            const question = { name: last, type, recursion: true, isUnchecked };
            const reply = await askInTurn(resolvers, question, timeouts, end);
            const answer = answerIn<Type>(reply, { ...asked, aliases: [] }, last, type);
            asked.aliases.push(...answer.aliases);
            const next = answer.aliases.at(-1);
            if (answer.kind !== "empty" || next === undefined || type === "CNAME") {
                return { ...answer, ...asked };
            }
            // This resolver doesn't follow aliases itself.
            if (asked.aliases.length > MAX_STEPS || new Set(asked.aliases).size < asked.aliases.length) {
                return { ...asked, kind: "failed", code: "ELOOP" };
            }
            last = next;
        }
    }

    /** Finds servers even if their zone's DNSSEC is broken, because their own answer counts. */
    async function unchecked<Type extends "A" | "AAAA" | "NS">(
        name: string,
        type: Type,
        end: AbortSignal,
    ): Promise<Answer<RecordsByType[Type]>> {
        const answer = await recursive(name, type, end);
        const isRefused = answer.kind === "failed" && answer.code === "ESERVFAIL";
        return isRefused ? recursive(name, type, end, true) : answer;
    }

    /** The addresses of name servers, each with its name. */
    async function reachable(names: string[], end: AbortSignal): Promise<Authority[]> {
        const found = await Promise.all(
            names.slice(0, MAX_SERVERS).map(async (name) => {
                // Machines that run `pulumi up` often have no IPv6.
                const ipv4 = await unchecked(name, "A", end);
                const answer = ipv4.kind === "empty" ? await unchecked(name, "AAAA", end) : ipv4;
                const known = answer.kind === "records" ? answer.records.slice(0, MAX_SERVER_ADDRESSES) : [];
                return { name, servers: known.map((address) => serverAt(address, port)) };
            }),
        );
        return found.filter(({ servers }) => servers.length > 0);
    }

    /** The zone to start from, with its servers' names: the registrable domain's, or the next above that has servers. */
    async function findTopZone(name: string, end: AbortSignal): Promise<ZoneCut | Answer<never>> {
        const top = registrableDomain(name) ?? name;
        for (let zone = top; zone.includes("."); zone = zone.slice(zone.indexOf(".") + 1)) {
            const answer = await unchecked(zone, "NS", end);
            if (answer.kind === "records") {
                return { zone, names: answer.records };
            }
            if (answer.kind !== "empty") {
                return answer.kind === "absent" ? { ...answer, kind: "undelegated" } : answer;
            }
        }
        return { name: top, by: "resolver", servers: resolver, aliases: [], kind: "undelegated" };
    }

    /** Asks the servers of the name's zone, going down from one to the next as they refer to each other. */
    async function servers<Type extends RecordType>(
        name: string,
        type: Type,
        end = call(),
    ): Promise<ServerAnswers<RecordsByType[Type]> | Answer<never>> {
        const start = given.length > 0 ? undefined : await findTopZone(name, end);
        if (start && "kind" in start) {
            return start;
        }
        let authorities = start
            ? await reachable(start.names, end)
            : given.map((server) => ({ name: server.label, servers: [server] }));
        let zone = start?.zone ?? "";
        let names = start?.names ?? authorities.map((authority) => authority.name);
        for (let step = 0; ; step++) {
            const asked = { name, by: "authorities", servers: names.sort(), aliases: [] } as const;
            const question = { name: canonicalName(name), type, recursion: false };
            const replies = await Promise.all(
                authorities.map(async (authority) => {
                    const reply = rejectLame(await askInTurn(authority.servers, question, timeouts, end), name, zone);
                    const answer = answerIn<Type>(reply, { ...asked, aliases: [] }, name, type);
                    return { server: authority.name, answer, referral: referralIn(reply, name, zone) };
                }),
            );
            const cut = start && replies.find(({ referral }) => referral !== undefined)?.referral;
            const isAbsent = replies.some(({ answer }) => answer.kind === "absent");
            if (!cut || isAbsent || step === MAX_STEPS) {
                const answers = replies.map(({ server, answer }) => ({ server, answer }));
                return answers.length > 0
                    ? { zone, answers }
                    : { ...asked, aliases: [], kind: "silent", code: "ENOSERVER" };
            }
            authorities = await reachable(cut.names, end);
            ({ zone, names } = cut);
        }
    }

    async function authoritative<Type extends RecordType>(
        name: string,
        type: Type,
    ): Promise<Answer<RecordsByType[Type]>> {
        const asked = await servers(name, type);
        return "answers" in asked ? together(asked) : asked;
    }

    async function addresses(name: string, end = call()): Promise<Answer<string>> {
        const answers = await Promise.all([recursive(name, "A", end), recursive(name, "AAAA", end)]);
        return addressesTogether(answers);
    }

    return {
        resolver,
        recursive: (name, type, isUnchecked) => recursive(name, type, call(), isUnchecked),
        authoritative,
        servers: (name, type) => servers(name, type),
        addresses: (name) => addresses(name),
        async look(name, ...types) {
            const found = types.map(async (type) => {
                const known = await authoritative(name, type);
                const isKnown = known.by === "resolver" || (known.kind !== "failed" && known.kind !== "silent");
                return [type, recordsIn(isKnown ? known : await recursive(name, type))];
            });
            return Object.fromEntries(await Promise.all(found));
        },
    };
}

/**
 * Asks these servers of a zone, one after the other until one answers.
 *
 * @param labels The servers' names for messages.
 */
export function zoneClient(
    zone: string,
    servers: readonly DnsServer[],
    { signal, timeouts = TIMEOUTS, labels }: { signal?: AbortSignal; timeouts?: readonly number[]; labels: string[] },
): ZoneClient {
    const silent = new Set<DnsServer>();
    return async (name, type) => {
        const end = AbortSignal.any([AbortSignal.timeout(MAX_CALL), ...(signal ? [signal] : [])]);
        // A server that didn't answer is asked last from then on.
        const order = [...servers].sort((one, other) => Number(silent.has(one)) - Number(silent.has(other)));
        const question = { name: canonicalName(name), type, recursion: false };
        const reply = rejectLame(await askInTurn(order, question, timeouts, end, silent), name, zone);
        const asked: Asked = { name, by: "authorities", servers: labels, aliases: [] };
        return { ...answerIn(reply, asked, name, type), delegatedTo: referralIn(reply, name, zone)?.names };
    };
}

/** The records of an answer; none if the name doesn't exist. Throws {@link LookUpFailed}. */
function recordsIn<R>(answer: Answer<R>): R[] {
    if (answer.kind === "failed" || answer.kind === "silent") {
        throw new LookUpFailed(describeFailure(answer));
    }
    return answer.kind === "records" ? answer.records : [];
}

/** One clause, such as "the resolver 192.0.2.53 gave no answer about track.example.com (ETIMEOUT)". */
export function describeFailure({ name, by, servers, code }: Extract<Answer<never>, { code: string }>): string {
    const who = by === "resolver" ? "the resolver" : "the name servers";
    const about = plainText(name, 253);
    const asked = `${who} ${servers.map((server) => plainText(server, 253)).join(", ")}`;
    return code === "ELOOP"
        ? `${asked} found aliases of ${about} (CNAME) without an end`
        : `${asked} gave no answer about ${about} (${code})`;
}

/** A name server of a zone: its name, and its addresses, asked in turn until one answers. */
interface Authority {
    name: string;
    servers: DnsServer[];
}

/** A zone, and the names of its servers. */
interface ZoneCut {
    zone: string;
    names: string[];
}

/** A server's answer, or why there is none. */
type Reply = ServerReply | { code: string; isSilent: boolean };

/** The first usable reply, or why there is none. A server that replied with an error isn't asked again. */
async function askInTurn(
    servers: readonly DnsServer[],
    question: Parameters<typeof askServer>[1],
    timeouts: readonly number[],
    end: AbortSignal,
    unanswering = new Set<DnsServer>(),
): Promise<Reply> {
    let failure = { code: "ENOSERVER", isSilent: true };
    let left = servers;
    for (const milliseconds of timeouts) {
        const silent: DnsServer[] = [];
        for (const server of left) {
            try {
                const limit = AbortSignal.any([end, AbortSignal.timeout(milliseconds)]);
                const reply = await askServer(server, question, limit);
                unanswering.delete(server);
                if (reply.rcode === "NOERROR" || reply.rcode === "NXDOMAIN") {
                    return reply;
                }
                failure = { code: `E${reply.rcode}`, isSilent: false };
            } catch (error) {
                if (!(error instanceof NoReply)) {
                    throw error;
                }
                silent.push(server);
                unanswering.add(server);
                failure = failure.isSilent ? { code: error.code, isSilent: true } : failure;
            }
        }
        left = silent;
    }
    return failure;
}

function answerIn<Type extends RecordType>(
    reply: Reply,
    asked: Asked,
    name: string,
    type: Type,
): Answer<RecordsByType[Type]> {
    if ("code" in reply) {
        return { ...asked, kind: reply.isSilent ? "silent" : "failed", code: reply.code };
    }
    const { answers = [] } = reply;
    const at = (owner: string) => answers.filter((each) => canonicalName(each.name) === owner);
    const aliases: string[] = [];
    let last = canonicalName(name);
    for (;;) {
        const alias = type === "CNAME" ? undefined : at(last).find((each) => each.type === "CNAME");
        if (alias?.type !== "CNAME") {
            break;
        }
        last = canonicalName(alias.data);
        if (aliases.length === MAX_STEPS || aliases.includes(last)) {
            return { ...asked, aliases, kind: "failed", code: "ELOOP" };
        }
        aliases.push(last);
    }
    const found = at(last).filter((each) => each.type === type);
    if (found.length > 0) {
        const records = found.map((each) => recordOf(each) as RecordsByType[Type]);
        const onTheWay = [name, ...aliases].map(canonicalName).flatMap(at);
        const ttl = Math.min(...onTheWay.map((each) => ("ttl" in each ? (each.ttl ?? 0) : 0)));
        return { ...asked, aliases, kind: "records", records, ttl };
    }
    return { ...asked, aliases, kind: reply.rcode === "NXDOMAIN" ? "absent" : "empty" };
}

/** The zone below this one to which a server refers for the name. */
function referralIn(reply: Reply, name: string, zone: string): ZoneCut | undefined {
    const owners = nameServersIn(reply);
    const below = [...owners.keys()].find(
        (owner) => isWithin(canonicalName(name), owner) && owner !== zone && (zone === "" || isWithin(owner, zone)),
    );
    return below === undefined ? undefined : { zone: below, names: owners.get(below) ?? [] };
}

/** Turns the reply of a server that doesn't serve the zone into an error: it refers to the root, or back up. */
function rejectLame(reply: Reply, name: string, zone: string): Reply {
    const isLame = nameServersIn(reply).size > 0 && !referralIn(reply, name, zone);
    return isLame ? { code: "ELAME", isSilent: false } : reply;
}

/** The zones that a referral names, each with its servers. */
function nameServersIn(reply: Reply): Map<string, string[]> {
    const owners = new Map<string, string[]>();
    if (!("code" in reply) && !reply.flag_aa && reply.rcode === "NOERROR" && reply.answers?.length === 0) {
        for (const each of reply.authorities ?? []) {
            if (each.type === "NS") {
                const owner = canonicalName(each.name);
                owners.set(owner, owners.get(owner) ?? []);
                owners.get(owner)?.push(canonicalName(each.data));
            }
        }
    }
    return owners;
}

/** What the servers of a zone say together: the worst answer counts, since a resolver may ask any of them. */
export function together<R>({ answers }: ServerAnswers<R>): Answer<R> {
    return worstAnswer(answers.map(({ answer }) => answer)) as Answer<R>;
}

/** What a resolver says of IPv4 and of IPv6, together. */
export function addressesTogether(answers: [Answer<string>, Answer<string>]): Answer<string> {
    const [first] = answers;
    const found = answers.filter((answer) => answer.kind === "records");
    if (found.length > 0) {
        const records = [...new Set(found.flatMap((answer) => answer.records))].slice(0, MAX_ADDRESSES);
        const ttl = Math.min(...found.map((answer) => answer.ttl));
        return { ...first, kind: "records", records, ttl, aliases: found[0]?.aliases ?? [] };
    }
    // Without an address of one kind the other question decides: who failed may have had one.
    return worstAnswer(answers.filter(({ kind }) => kind !== "empty")) ?? first;
}

/** What several servers say together. */
function worstAnswer<R>(answers: Answer<R>[]): Answer<R> | undefined {
    const order: string[] = ["absent", "undelegated", "empty", "records", "failed", "silent"];
    const rank = ({ kind, aliases }: Answer<R>) => (kind === "empty" && aliases.length === 0 ? 1 : order.indexOf(kind));
    return [...answers].sort((one, other) => rank(one) - rank(other))[0];
}

function recordOf(record: Resource): RecordsByType[RecordType] | undefined {
    switch (record.type) {
        case "A":
            return record.data;
        case "AAAA":
            return canonicalAddress(record.data);
        case "CNAME":
        case "NS":
            return canonicalName(record.data);
        case "MX":
            return { priority: record.data.preference ?? 0, exchange: canonicalName(record.data.exchange) };
        case "SRV": {
            const { priority = 0, weight = 0, port, target } = record.data;
            return { priority, weight, port, target: canonicalName(target) };
        }
        case "CAA": {
            const { flags = 0, tag, value } = record.data;
            return { critical: (flags & 128) !== 0, flags, tag, value };
        }
        case "TXT":
            return [record.data].flat().map(String).join("");
        default:
            return undefined;
    }
}

/** A name in the form in which names are compared. */
export function canonicalName(name: string): string {
    return name.toLowerCase().replace(/\.$/, "") || ".";
}

/** An IP address in its canonical form (RFC 5952 for IPv6). */
export function canonicalAddress(address: string): string {
    return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
