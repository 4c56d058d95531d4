// The authoritative servers of a host's zone: finds them without asking the resolver for the host, and asks them.
import type { CaaRecord } from "node:dns";
import { registrableDomain } from "../hostname";
import { Unmet } from "../probe/findings";
import { serverAddress } from "./oldServerAddress";
import { addressesAt, isMissingName, isMissingType, type Resolver, resolverAt, silence } from "./resolver";

/**
 * What servers say about a name. `empty`: it is there, but without records of the types asked for, or as a zone of its
 * own. `silent`: nobody answered.
 */
export type Presence = "present" | "empty" | "absent" | "silent";

/** What was asked, and who by name. */
export interface Testimony {
    servers: string[];
    presence: Presence;
}

/** Asks the given name servers (IP addresses with or without a port) for the host. */
export async function askGiven(addresses: string[], hostname: string): Promise<Testimony> {
    const servers = addresses.map((address) => nameServer(address, serverAddress(address)));
    return askFor(hostname, servers);
}

/**
 * Finds the servers of the host's zone, and asks them for the host.
 *
 * @param port The port of name servers.
 */
export async function askZone(hostname: string, resolver: Resolver, port: number): Promise<Testimony> {
    const { servers, missing } = await zoneServers(hostname, resolver, port);
    if (missing) {
        return testimony(servers, missing);
    }
    const answer = await askFor(hostname, servers);
    // A zone can be named like the host itself: then the servers above only refer to the host's own.
    const own = answer.presence === "empty" ? await namesOfServers(hostname, resolver) : undefined;
    return own ? askFor(hostname, await reachable(own, resolver, port)) : answer;
}

/**
 * The names of the servers that answer for a zone to be today: its own where it is delegated already, else those of the
 * zone that holds its name. Undefined where that one's servers don't answer; throws {@link Unmet} where DNS knows none.
 */
export async function delegationOf(
    zone: string,
    resolver: Resolver,
    port: number,
): Promise<{ names: string[]; isOwn: boolean } | undefined> {
    const top = registrableDomain(zone) ?? zone;
    if (zone === top) {
        return { names: await topNames(zone, resolver), isOwn: true };
    }
    const { servers, missing } = await zoneServers(zone, resolver, port);
    const own: { names?: string[]; missing?: Presence } = missing
        ? { missing }
        : await delegationBelow(servers, zone, resolver);
    if (own.missing === "silent") {
        return undefined;
    }
    return { names: own.names ?? servers.map(({ name }) => name), isOwn: own.names !== undefined };
}

/**
 * The records of one type that all authoritative servers of a name have, in the form Node's resolver gives them; none
 * where one of them has none, and undefined where nobody answers. Without `nameServers` they are found.
 */
export async function recordsAt<Type extends keyof RecordsByType>(
    name: string,
    type: Type,
    { resolver, nameServers, port }: { resolver: Resolver; nameServers: string[]; port: number },
): Promise<RecordsByType[Type][] | undefined> {
    const found: { servers: NameServer[]; missing?: Presence } =
        nameServers.length > 0
            ? { servers: nameServers.map((address) => nameServer(address, serverAddress(address))) }
            : await zoneServers(name, resolver, port);
    if (found.missing) {
        return found.missing === "absent" ? [] : undefined;
    }
    const answers = await Promise.all(
        found.servers.map(({ questions }) =>
            (questions.resolve(name, type) as Promise<RecordsByType[Type][]>).catch((error: unknown) =>
                isMissingType(error) || isMissingName(error) ? [] : undefined,
            ),
        ),
    );
    const given = answers.filter((answer) => answer !== undefined);
    return given.find((answer) => answer.length === 0) ?? given[0];
}

/** What Node's resolver gives for a record of each type. */
export interface RecordsByType {
    A: string;
    AAAA: string;
    CNAME: string;
    CAA: CaaRecord;
}

/**
 * The servers of the zone that holds a name, or why none can be asked about it.
 *
 * Goes down from the registrable domain, always asking the servers found so far whether the next name is there before
 * the resolver is asked for that name's own servers: "no such name" for a parent would hide the host as well.
 */
async function zoneServers(
    hostname: string,
    resolver: Resolver,
    port: number,
): Promise<{ servers: NameServer[]; missing?: Presence }> {
    const zone = registrableDomain(hostname) ?? hostname;
    let servers = await reachable(await topNames(zone, resolver), resolver, port);
    for (const name of namesBetween(zone, hostname)) {
        const { names, missing } = await delegationBelow(servers, name, resolver);
        if (missing) {
            return { servers, missing };
        }
        servers = names ? await reachable(names, resolver, port) : servers;
    }
    return { servers };
}

/**
 * The names of the servers that a name below these servers' zone is delegated to; without `names` it isn't a zone of its
 * own. The servers are asked first whether it is there.
 */
async function delegationBelow(
    servers: NameServer[],
    name: string,
    resolver: Resolver,
): Promise<{ names?: string[]; missing?: "absent" | "silent" }> {
    const presence = await presenceAt(servers, name, ["NS"]);
    if (presence === "absent" || presence === "silent") {
        return { missing: presence };
    }
    // The resolver would answer for what an alias leads to, whose servers know nothing of this zone.
    const isAlias = (await presenceAt(servers, name, ["CNAME"])) === "present";
    return { names: isAlias ? undefined : await namesOfServers(name, resolver) };
}

/** One server: its name for messages, and a resolver that asks it alone. */
interface NameServer {
    name: string;
    questions: Resolver;
}

/** A host that is there has one of these; a proxied CNAME shows as addresses. */
const HOST_TYPES = ["A", "CNAME", "AAAA"];

async function askFor(hostname: string, servers: NameServer[]): Promise<Testimony> {
    return testimony(servers, await presenceAt(servers, hostname, HOST_TYPES));
}

/** What all servers say together: the worst answer counts, and who doesn't answer only if nobody does. */
async function presenceAt(servers: NameServer[], name: string, types: string[]): Promise<Presence> {
    const answers = await Promise.all(servers.map(({ questions }) => presence(questions, name, types)));
    return (["absent", "empty", "present"] as const).find((each) => answers.includes(each)) ?? "silent";
}

async function presence(server: Resolver, name: string, types: string[]): Promise<Presence> {
    for (const type of types) {
        try {
            await server.resolve(name, type);
            return "present";
        } catch (error) {
            if (!isMissingType(error)) {
                return isMissingName(error) ? "absent" : "silent";
            }
        }
    }
    return "empty";
}

/** The names of a registrable domain's servers, or of those of the zone above where the domain has none of its own. */
async function topNames(zone: string, resolver: Resolver): Promise<string[]> {
    for (let name = zone; name.includes("."); name = name.slice(name.indexOf(".") + 1)) {
        const names = await namesOfServers(name, resolver);
        if (names) {
            return names;
        }
    }
    throw new Unmet({ kind: "zone-unknown", zone });
}

/** The names of a zone's servers, sorted; undefined if the name is there, but isn't a zone. */
async function namesOfServers(zone: string, resolver: Resolver): Promise<string[] | undefined> {
    try {
        return (await resolver.resolveNs(zone)).sort();
    } catch (error) {
        if (isMissingType(error)) {
            return undefined;
        }
        throw isMissingName(error) ? new Unmet({ kind: "zone-unknown", zone }) : silence(resolver, zone, error);
    }
}

/** The servers whose address is known. */
async function reachable(names: string[], resolver: Resolver, port: number): Promise<NameServer[]> {
    const servers = await Promise.allSettled(
        names.map(async (name) => {
            const [address = ""] = await addressesAt(resolver, name);
            return nameServer(name, address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`);
        }),
    );
    return servers.flatMap((server) => (server.status === "fulfilled" ? [server.value] : []));
}

/** `track.eu.mail.example.com` below `example.com`: `mail.example.com`, then `eu.mail.example.com`. */
function namesBetween(zone: string, hostname: string): string[] {
    const labels = hostname.split(".");
    const between = labels.length - zone.split(".").length - 1;
    return Array.from({ length: Math.max(0, between) }, (_, index) => labels.slice(between - index).join("."));
}

function nameServer(name: string, address: string | undefined): NameServer {
    return { name, questions: resolverAt(address) };
}

function testimony(servers: NameServer[], presence: Presence): Testimony {
    return { servers: servers.map(({ name }) => name), presence };
}
