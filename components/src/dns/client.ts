// Asks DNS: a recursive resolver, or the servers of the zone that holds a name. An answer is data; who asked says what it
// means.
//
// A name that may not exist yet is asked of its zone's own servers only: a resolver that is asked too early remembers "no
// such name" for as long as the zone says, which is up to 1,800 s at Cloudflare.
import { isIPv6 } from "node:net";
import type { Answer as Resource } from "dns-packet";
import { isWithin, registrableDomain } from "../hostname";
import { plainText } from "../othersWords";
import { askServer, type DnsServer, dnsServer, NoReply, type ServerReply, serverAt, systemServers } from "./server";

/** Whom to ask; the probe's options of the same names. */
export interface LookUpOptions {
    /**
     * The recursive resolver: an IP address with or without a port, `HOST:PORT`, or the URL of DNS over HTTPS.
     *
     * @default the system's
     */
    resolver?: string;
    /**
     * Authoritative name servers of the host's zone, addresses with or without a port.
     *
     * @default those that DNS names
     */
    nameServers?: string[];
}

/** Whom to ask, and for how long. */
export interface DnsClientOptions extends LookUpOptions {
    /** Ends every question: what is asked then is silent. */
    signal?: AbortSignal;
    /**
     * The port of the servers that are found.
     *
     * @default 53
     */
    port?: number;
    /** Milliseconds that a server has for an answer, the first time and each further time. */
    patience?: readonly number[];
}

/** What is known of a record of each type. Names are in lower case and without a trailing dot. */
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
 * What DNS says to one question.
 *
 * - `records`: there are some, at the name itself or at the end of its aliases.
 * - `empty`: the name is there, without records of this type, or is an alias of one that has none.
 * - `absent`: there is no such name.
 * - `undelegated`: DNS knows no name servers for its zone.
 * - `failed`: an answer that is none: SERVFAIL, REFUSED, aliases without end.
 * - `silent`: no answer.
 */
export type Answer<R> = Asked &
    /** `ttl`: seconds for which it may be kept, of all records on the way the least. */
    (
        | { kind: "records"; records: R[]; ttl: number }
        | { kind: "empty" | "absent" | "undelegated" }
        | { kind: "failed" | "silent"; code: string }
    );

interface Asked {
    /** The name that this is about: the one asked for, or on the way to its servers that of a zone. */
    name: string;
    by: "resolver" | "authorities";
    /** Those who were asked, by name or address. */
    servers: string[];
    /** The names that the name is an alias of, one after the other, as far as those servers tell. */
    aliases: string[];
    /** The servers of a zone below, where those who were asked refer to them for the name. */
    delegatedTo?: string[];
}

/** What each server of a name's zone says by itself. */
export interface ServerAnswers<R> {
    /** The zone that they serve; empty where the servers were given. */
    zone: string;
    answers: { server: string; answer: Answer<R> }[];
}

/** Nobody could be asked: what the records are isn't known. */
export class LookUpFailed extends Error {}

export interface DnsClient {
    /** The resolver's address or URL, for messages. */
    readonly resolver: string[];
    /**
     * What the resolver says, aliases followed; for names that are known to exist.
     *
     * @param isUnchecked It is not to look at DNSSEC's signatures (RFC 4035, 3.2.2). Default false.
     */
    recursive<Type extends RecordType>(
        name: string,
        type: Type,
        isUnchecked?: boolean,
    ): Promise<Answer<RecordsByType[Type]>>;
    /**
     * What all servers of the name's zone say together: the worst answer counts, since a resolver may ask any of them, and
     * those that don't answer count only if nobody does. Aliases that lead out of the zone are told, and not followed.
     */
    authoritative<Type extends RecordType>(name: string, type: Type): Promise<Answer<RecordsByType[Type]>>;
    /** The same, of each server by itself; one answer where no server of the zone is known, which says why. */
    servers<Type extends RecordType>(
        name: string,
        type: Type,
    ): Promise<ServerAnswers<RecordsByType[Type]> | Answer<never>>;
    /** Every address that the resolver has for a name, IPv4 first. */
    addresses(name: string): Promise<Answer<string>>;
    /**
     * The records of these types that the zone's own servers have, or the resolver where those can't be reached. None
     * where there is no such name. Throws {@link LookUpFailed}.
     */
    look<Type extends RecordType>(name: string, ...types: Type[]): Promise<{ [Each in Type]: RecordsByType[Each][] }>;
}

/** Asks servers of one zone: of a name below another one's they tell who has that, of an alias where it leads. */
export type ZoneClient = <Type extends RecordType>(name: string, type: Type) => Promise<Answer<RecordsByType[Type]>>;

/** Milliseconds that a server has for an answer, the first time and the second. */
const PATIENCE = [2_500, 5_000];
/** Milliseconds for everything that one call of the client asks. */
const LONGEST_CALL = 60_000;
/** Aliases that are followed, and delegations. */
const MOST_STEPS = 16;
/** Name servers of one zone that are asked, and addresses of each. */
const MOST_SERVERS = 13;
const MOST_SERVER_ADDRESSES = 4;
/** Addresses of one host. */
const MOST_ADDRESSES = 64;

/** A client by these options. */
export function dnsClient(options: DnsClientOptions = {}): DnsClient {
    const { nameServers = [], port = 53, signal, patience = PATIENCE } = options;
    const resolvers = (options.resolver === undefined ? systemServers() : [dnsServer(options.resolver)]).filter(
        (server) => server !== undefined,
    );
    const given = nameServers.flatMap((text) => dnsServer(text) ?? []).slice(0, MOST_SERVERS);
    const resolver = resolvers.map(({ label }) => label);
    const call = (): AbortSignal => AbortSignal.any([AbortSignal.timeout(LONGEST_CALL), ...(signal ? [signal] : [])]);

    async function recursive<Type extends RecordType>(
        name: string,
        type: Type,
        end = call(),
        isUnchecked = false,
    ): Promise<Answer<RecordsByType[Type]>> {
        const asked: Asked = { name, by: "resolver", servers: resolver, aliases: [] };
        for (let last = plain(name); ; ) {
            const question = { name: last, type, recursion: true, isUnchecked };
            const reply = await askInTurn(resolvers, question, patience, end);
            const answer = answerIn<Type>(reply, { ...asked, aliases: [] }, last, type);
            asked.aliases.push(...answer.aliases);
            const next = answer.aliases.at(-1);
            if (answer.kind !== "empty" || next === undefined || type === "CNAME") {
                return { ...answer, ...asked };
            }
            // A resolver that leaves following to whoever asks.
            if (asked.aliases.length > MOST_STEPS || new Set(asked.aliases).size < asked.aliases.length) {
                return { ...asked, kind: "failed", code: "ELOOP" };
            }
            last = next;
        }
    }

    /** To find servers, whose own answer is what counts, also where their zone's signatures don't fit. */
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
            names.slice(0, MOST_SERVERS).map(async (name) => {
                // Machines that run `pulumi up` often have no IPv6.
                const ipv4 = await unchecked(name, "A", end);
                const answer = ipv4.kind === "empty" ? await unchecked(name, "AAAA", end) : ipv4;
                const known = answer.kind === "records" ? answer.records.slice(0, MOST_SERVER_ADDRESSES) : [];
                return { name, servers: known.map((address) => serverAt(address, port)) };
            }),
        );
        return found.filter(({ servers }) => servers.length > 0);
    }

    /** The zone that the resolver knows to hold a name, and its servers' names: the registrable domain's, or one above. */
    async function topOf(name: string, end: AbortSignal): Promise<Cut | Answer<never>> {
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
        const start = given.length > 0 ? undefined : await topOf(name, end);
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
            const question = { name: plain(name), type, recursion: false };
            const replies = await Promise.all(
                authorities.map(async (authority) => {
                    const reply = orLame(await askInTurn(authority.servers, question, patience, end), name, zone);
                    const answer = answerIn<Type>(reply, { ...asked, aliases: [] }, name, type);
                    return { server: authority.name, answer, referral: referralIn(reply, name, zone) };
                }),
            );
            const cut = start && replies.find(({ referral }) => referral !== undefined)?.referral;
            const isAbsent = replies.some(({ answer }) => answer.kind === "absent");
            if (!cut || isAbsent || step === MOST_STEPS) {
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
 * Asks these servers for names of their zone, one after the other until one answers.
 *
 * @param labels What messages call them.
 */
export function zoneClient(
    zone: string,
    servers: readonly DnsServer[],
    { signal, patience = PATIENCE, labels }: { signal?: AbortSignal; patience?: readonly number[]; labels: string[] },
): ZoneClient {
    const silent = new Set<DnsServer>();
    return async (name, type) => {
        const end = AbortSignal.any([AbortSignal.timeout(LONGEST_CALL), ...(signal ? [signal] : [])]);
        // Whoever didn't answer is asked last from then on.
        const order = [...servers].sort((one, other) => Number(silent.has(one)) - Number(silent.has(other)));
        const question = { name: plain(name), type, recursion: false };
        const reply = orLame(await askInTurn(order, question, patience, end, silent), name, zone);
        const asked: Asked = { name, by: "authorities", servers: labels, aliases: [] };
        return { ...answerIn(reply, asked, name, type), delegatedTo: referralIn(reply, name, zone)?.names };
    };
}

/** The records of an answer; none where there is no such name. Throws {@link LookUpFailed}. */
export function recordsIn<R>(answer: Answer<R>): R[] {
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

/** One server of a zone: its name for messages, and where it is asked, in turn until one answers. */
interface Authority {
    name: string;
    servers: DnsServer[];
}

/** A zone, and the names of its servers. */
interface Cut {
    zone: string;
    names: string[];
}

/** What a server answered, or why there is no answer. */
type Reply = ServerReply | { code: string; isSilent: boolean };

/** The first reply that answers, else why there is none. A server that says that it can't isn't asked again. */
async function askInTurn(
    servers: readonly DnsServer[],
    question: Parameters<typeof askServer>[1],
    patience: readonly number[],
    end: AbortSignal,
    unanswering = new Set<DnsServer>(),
): Promise<Reply> {
    let failure = { code: "ENOSERVER", isSilent: true };
    let left = servers;
    for (const milliseconds of patience) {
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
    const at = (owner: string) => answers.filter((each) => plain(each.name) === owner);
    const aliases: string[] = [];
    let last = plain(name);
    for (;;) {
        const alias = type === "CNAME" ? undefined : at(last).find((each) => each.type === "CNAME");
        if (alias?.type !== "CNAME") {
            break;
        }
        last = plain(alias.data);
        if (aliases.length === MOST_STEPS || aliases.includes(last)) {
            return { ...asked, aliases, kind: "failed", code: "ELOOP" };
        }
        aliases.push(last);
    }
    const found = at(last).filter((each) => each.type === type);
    if (found.length > 0) {
        const records = found.map((each) => recordOf(each) as RecordsByType[Type]);
        const onTheWay = [name, ...aliases].map(plain).flatMap(at);
        const ttl = Math.min(...onTheWay.map((each) => ("ttl" in each ? (each.ttl ?? 0) : 0)));
        return { ...asked, aliases, kind: "records", records, ttl };
    }
    return { ...asked, aliases, kind: reply.rcode === "NXDOMAIN" ? "absent" : "empty" };
}

/** The zone below this one, on the way to the name, that a server refers to. */
function referralIn(reply: Reply, name: string, zone: string): Cut | undefined {
    const owners = nameServersIn(reply);
    const below = [...owners.keys()].find(
        (owner) => isWithin(plain(name), owner) && owner !== zone && (zone === "" || isWithin(owner, zone)),
    );
    return below === undefined ? undefined : { zone: below, names: owners.get(below) ?? [] };
}

/** A server that refers to the root, or to where one came from, doesn't serve the zone. */
function orLame(reply: Reply, name: string, zone: string): Reply {
    const isLame = nameServersIn(reply).size > 0 && !referralIn(reply, name, zone);
    return isLame ? { code: "ELAME", isSilent: false } : reply;
}

/** The zones that a referral names, each with its servers. */
function nameServersIn(reply: Reply): Map<string, string[]> {
    const owners = new Map<string, string[]>();
    if (!("code" in reply) && !reply.flag_aa && reply.rcode === "NOERROR" && reply.answers?.length === 0) {
        for (const each of reply.authorities ?? []) {
            if (each.type === "NS") {
                const owner = plain(each.name);
                owners.set(owner, owners.get(owner) ?? []);
                owners.get(owner)?.push(plain(each.data));
            }
        }
    }
    return owners;
}

/** What the servers of a zone say together: the worst answer counts, since a resolver may ask any of them. */
export function together<R>({ answers }: ServerAnswers<R>): Answer<R> {
    return worstOf(answers.map(({ answer }) => answer)) as Answer<R>;
}

/** What a resolver says of IPv4 and of IPv6, together. */
export function addressesTogether(answers: [Answer<string>, Answer<string>]): Answer<string> {
    const [first] = answers;
    const found = answers.filter((answer) => answer.kind === "records");
    if (found.length > 0) {
        const records = [...new Set(found.flatMap((answer) => answer.records))].slice(0, MOST_ADDRESSES);
        const ttl = Math.min(...found.map((answer) => answer.ttl));
        return { ...first, kind: "records", records, ttl, aliases: found[0]?.aliases ?? [] };
    }
    // Without an address of one kind the other question decides: who failed may have had one.
    return worstOf(answers.filter(({ kind }) => kind !== "empty")) ?? first;
}

/** What several servers say together. */
function worstOf<R>(answers: Answer<R>[]): Answer<R> | undefined {
    const order: string[] = ["absent", "undelegated", "empty", "records", "failed", "silent"];
    const rank = ({ kind, aliases }: Answer<R>) => (kind === "empty" && aliases.length === 0 ? 1 : order.indexOf(kind));
    return [...answers].sort((one, other) => rank(one) - rank(other))[0];
}

function recordOf(record: Resource): RecordsByType[RecordType] | undefined {
    switch (record.type) {
        case "A":
            return record.data;
        case "AAAA":
            return plainAddress(record.data);
        case "CNAME":
        case "NS":
            return plain(record.data);
        case "MX":
            return { priority: record.data.preference ?? 0, exchange: plain(record.data.exchange) };
        case "SRV": {
            const { priority = 0, weight = 0, port, target } = record.data;
            return { priority, weight, port, target: plain(target) };
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

/** A name in the one form in which names are compared. */
export function plain(name: string): string {
    return name.toLowerCase().replace(/\.$/, "") || ".";
}

/** The one way to write an IPv6 address (RFC 5952). */
export function plainAddress(address: string): string {
    return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
