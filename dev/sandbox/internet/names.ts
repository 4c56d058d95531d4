/**
 * DNS: the authoritative servers of every zone, and one caching resolver that recipients and SparkPost share, unless a
 * recipient asks another one, with a cache of its own.
 * Both speak UDP on 127.0.0.1; which address an answer carries is never 127.0.0.1, see machine.ts.
 */
import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import {
    type Answer,
    AUTHORITATIVE_ANSWER,
    CHECKING_DISABLED,
    decode,
    encode,
    RECURSION_AVAILABLE,
    RECURSION_DESIRED,
} from "dns-packet";
import type { Faults } from "../options.ts";
import { type NameRecord, toAnswer } from "./records.ts";
import type { Timeline } from "./timeline.ts";

export type { NameRecord } from "./records.ts";

/** A zone as its authoritative servers have it now. */
export interface NameZone {
    origin: string;
    /** Of a customer's zone; SparkPost's names and servers' own have none, and no faults. */
    nameServers?: string[];
    /** Empty for one that isn't delegated here. */
    records(): NameRecord[];
    /** Whether it is; default yes. One that isn't hides nothing of a zone above it. */
    isDelegated?(): boolean;
}

export interface Names {
    /** "127.0.0.1:port" of the authoritative servers. */
    authoritative: string;
    /** "127.0.0.1:port" of the caching resolver. */
    resolver: string;
    /** The names that a name is an alias of, one after the other, through the resolver's cache. */
    aliases(name: string): string[];
    /**
     * IPv4 addresses of a name, aliases followed, through the resolver's cache, or that of another resolver by its name.
     * @throws an Error with code ENOTFOUND if there are none.
     */
    addresses(name: string, resolver?: string): string[];
    /** The same as the authoritative servers know it. */
    authoritativeAddresses(name: string): string[];
    /** What the authoritative servers answer, aliases followed; empty if there is nothing. */
    authoritativeAnswers(name: string, type: string): Answer[];
    close(): Promise<void>;
}

interface Reply {
    rcode: "NOERROR" | "SERVFAIL" | "NXDOMAIN" | "REFUSED";
    answers: Answer[];
    authorities: Answer[];
}

const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };
/** docs: `"No such name" is cached for up to 1,800 s (the SOA minimum)`. */
const NEGATIVE_TTL = 1800;
/** RFC 1035, 2.3.4. */
const LONGEST_NAME = 255;
/** Longer chains of aliases are a loop. */
const LONGEST_CHAIN = 8;

/** Starts the name servers. `zones` may grow and shrink while they run. `ttlScale` shortens what the resolver keeps, see SandboxOptions. */
export async function startNames(
    zones: NameZone[],
    timeline: Timeline,
    faults: Faults,
    ttlScale: number,
): Promise<Names> {
    const caches = new Map<string, Map<string, { reply: Reply; until: number }>>();
    const cacheOf = (resolver: string) => {
        const cache = caches.get(resolver) ?? new Map();
        caches.set(resolver, cache);
        return cache;
    };

    function ask(name: string, type: string): Reply {
        const zone = zones
            .filter(({ origin }) => isWithin(name, origin))
            .sort((one, other) => rankOf(other) - rankOf(one))[0];
        if (!zone) {
            return { rcode: "REFUSED", answers: [], authorities: [] };
        }
        const authority = startOfAuthority(zone.origin);
        if (type === "SOA" && name === zone.origin) {
            return { rcode: "NOERROR", answers: [authority], authorities: [] };
        }
        const records = zone.records();
        const own = records.filter((record) => record.name === name);
        // RFC 1034: an alias has no other records. DNS hides those that a vendor allows beside it.
        const alias = own.filter((record) => record.type === "CNAME");
        const answers = alias.length ? alias : own.filter((record) => record.type === type);
        if (answers.length) {
            return { rcode: "NOERROR", answers: answers.map(toAnswer), authorities: [] };
        }
        // RFC 8020: a name above an existing one exists, without records of its own.
        const exists = records.some((record) => isWithin(record.name, name));
        return { rcode: exists ? "NOERROR" : "NXDOMAIN", answers: [], authorities: [authority] };
    }

    function askCached(name: string, type: string, resolver = ""): Reply {
        const cache = cacheOf(resolver);
        // RFC 2308: "no such name" holds for every type.
        for (const key of [`${name} ${type}`, `${name} *`]) {
            const kept = cache.get(key);
            if (kept && kept.until > timeline.now()) {
                return withTtl(kept.reply, (kept.until - timeline.now()) / 1000);
            }
        }
        const asked = ask(name, type);
        const reply =
            asked.rcode === "REFUSED"
                ? { rcode: "NXDOMAIN" as const, answers: [], authorities: [startOfAuthority("")] }
                : asked;
        const ttls = reply.answers.map((answer) => ("ttl" in answer ? (answer.ttl ?? 0) : 0));
        const seconds = ttls.length ? Math.min(...ttls) : NEGATIVE_TTL;
        const key = reply.rcode === "NXDOMAIN" ? `${name} *` : `${name} ${type}`;
        cache.set(key, { reply, until: timeline.now() + seconds * 1000 * ttlScale });
        return reply;
    }

    function follow(name: string, type: string, askOne: (name: string, type: string) => Reply): Reply {
        const reply = askOne(name, type);
        const answers = [...reply.answers];
        let last = reply;
        for (let alias = aliasIn(last, type); alias; alias = aliasIn(last, type)) {
            if (answers.length > LONGEST_CHAIN) {
                return { rcode: "NOERROR", answers: [], authorities: [] };
            }
            last = askOne(alias, type);
            answers.push(...last.answers);
        }
        return { ...last, answers };
    }

    const serve = (
        server: string,
        flags: number,
        answer: (name: string, type: string, isUnchecked: boolean) => Reply,
    ) =>
        listen((message) => {
            const query = decode(message);
            const question = query.questions?.[0];
            if (!question) {
                return undefined;
            }
            const name = question.name.toLowerCase();
            const { rcode, answers, authorities } = answer(
                name,
                question.type,
                ((query.flags ?? 0) & CHECKING_DISABLED) !== 0,
            );
            const what = `${server} answered ${question.type} ${name} with ${rcode}, ${answers.length} records`;
            timeline.add("dns", "dns-query", what, { host: name, type: question.type, server, rcode });
            const { id, questions } = query;
            return encode({ type: "response", id, flags: flags | RCODES[rcode], questions, answers, authorities });
        });
    const [authoritative, resolver] = await Promise.all([
        serve("authoritative", AUTHORITATIVE_ANSWER, ask),
        serve("resolver", RECURSION_DESIRED | RECURSION_AVAILABLE, (name, type, isUnchecked) => {
            // RFC 4035, 5.5, and 3.2.2 for who checks for himself.
            const isOfZone = zones.some(({ origin, nameServers }) => nameServers && isWithin(name, origin));
            const fails = (faults.signaturesDontFit && !isUnchecked) || (faults.ipv6QuestionsFail && type === "AAAA");
            return isOfZone && fails
                ? { rcode: "SERVFAIL", answers: [], authorities: [] }
                : follow(name, type, askCached);
        }),
    ]);
    return {
        authoritative: authoritative.at,
        resolver: resolver.at,
        aliases: (name) =>
            follow(name, "A", askCached).answers.flatMap((answer) => (answer.type === "CNAME" ? [answer.data] : [])),
        addresses: (name, resolver) =>
            addressesIn(
                name,
                follow(name, "A", (one, type) => askCached(one, type, resolver)),
            ),
        authoritativeAddresses: (name) => addressesIn(name, follow(name, "A", ask)),
        authoritativeAnswers: (name, type) => follow(name, type, ask).answers,
        close: async () => void (await Promise.all([authoritative.close(), resolver.close()])),
    };
}

function addressesIn(name: string, { answers }: Reply): string[] {
    const found = answers.flatMap((answer) => (answer.type === "A" ? [answer.data] : []));
    if (found.length) {
        return found;
    }
    throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: "ENOTFOUND" });
}

/** Whether a name is another one or below it. */
export function isWithin(name: string, origin: string): boolean {
    return name === origin || name.endsWith(`.${origin}`);
}

/** The longest name answers, of those that are delegated if there are any. */
function rankOf(zone: NameZone): number {
    return zone.origin.length + (zone.isDelegated?.() === false ? 0 : LONGEST_NAME);
}

function aliasIn(reply: Reply, type: string): string | undefined {
    const last = reply.answers.at(-1);
    return last?.type === "CNAME" && type !== "CNAME" ? last.data : undefined;
}

function withTtl(reply: Reply, seconds: number): Reply {
    const aged = (answer: Answer) => ({ ...answer, ttl: Math.ceil(seconds) }) as Answer;
    return { ...reply, answers: reply.answers.map(aged), authorities: reply.authorities.map(aged) };
}

function startOfAuthority(origin: string): Answer {
    const data = { mname: "ns.invalid", rname: "dns.invalid", serial: 1, minimum: NEGATIVE_TTL };
    return { type: "SOA", name: origin || ".", ttl: NEGATIVE_TTL, data };
}

/** A UDP server; what can't be read gets no answer. */
async function listen(answer: (message: Buffer) => Buffer | undefined) {
    const socket = createSocket("udp4");
    socket.on("message", (message: Buffer, peer: RemoteInfo) => {
        let reply: Buffer | undefined;
        try {
            reply = answer(message);
        } catch (error) {
            console.error(`sandbox: a DNS query couldn't be answered: ${(error as Error).message}`);
        }
        if (reply) {
            socket.send(reply, peer.port, peer.address);
        }
    });
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return {
        at: `127.0.0.1:${socket.address().port}`,
        close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
    };
}
