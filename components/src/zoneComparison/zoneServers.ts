// The name servers of a zone: how they are found and asked.
import { type DnsClient, describeFailure, type ZoneClient, zoneClient } from "../dns/client";
import { type DnsServer, serverAt } from "../dns/server";
import { registrableDomain } from "../hostname";
import { plainText } from "../othersWords";

/** Servers that are asked in turn until one answers. */
export interface ZoneServers {
    /** For messages. */
    labels: string[];
    ask: ZoneClient;
}

/** Servers of a zone by their addresses. */
export function serversAt(zone: string, servers: DnsServer[], signal?: AbortSignal): ZoneServers {
    const labels = servers.map(({ label }) => label);
    return { labels, ask: zoneClient(zone, servers, { labels, signal }) };
}

/** How servers are found and asked. */
export interface Finding {
    client: DnsClient;
    /** The port of name servers. */
    port: number;
    /** Ends all questions. */
    signal?: AbortSignal;
}

/** Servers of a zone by name, as far as the resolver has their addresses. Throws {@link NotComparable}. */
export async function serversNamed(
    zone: string,
    names: readonly string[],
    { client, port, signal }: Finding,
): Promise<ZoneServers> {
    const asked = names.slice(0, MAX_SERVERS);
    const found = await Promise.all(asked.map((name) => client.addresses(name)));
    // One address of each is enough: if it doesn't answer, the other servers are asked.
    const addresses = found.flatMap((each) => (each.kind === "records" ? each.records.slice(0, 1) : []));
    const labels = asked.map((name) => plainText(name, 253));
    if (addresses.length === 0) {
        throw new NotComparable(`The resolver has no address for the name servers ${labels.join(", ")}.`, {
            kind: "no-address",
        });
    }
    const servers = addresses.map((address) => serverAt(address, port));
    return { labels, ask: zoneClient(zone, servers, { labels, signal }) };
}

/** Servers of one zone that are asked: no registry takes more. */
const MAX_SERVERS = 13;

/** The servers that answer for a zone's names today. */
interface PresentServers {
    /** Sorted. */
    names: string[];
    /** Whether the zone is delegated to them. Otherwise they serve the zone above. */
    isOwn: boolean;
}

/** Finds the servers that answer for a zone's names today. Throws {@link NotComparable}. */
export async function presentServers(zone: string, client: DnsClient): Promise<PresentServers> {
    // The resolver knows a registrable domain's servers, even if those don't answer now.
    const known = zone === registrableDomain(zone) ? await client.recursive(zone, "NS") : undefined;
    const answer = known === undefined || known.kind === "empty" ? await client.authoritative(zone, "NS") : known;
    if (answer.kind === "records") {
        return { names: answer.records.sort(), isOwn: true };
    }
    if (answer.by === "authorities" && !("code" in answer)) {
        return { names: answer.servers.sort(), isOwn: false };
    }
    const why =
        "code" in answer ? describeFailure(answer) : `DNS knows no name servers for ${plainText(answer.name, 253)}`;
    throw new NotComparable(`The name servers of ${zone} can't be found: ${why}.`, { kind: "no-servers" });
}

/** Whether two lists name the same servers. */
export function areSameServers(one: readonly string[], other: readonly string[]): boolean {
    const sorted = (names: readonly string[]) =>
        names
            .map((name) => name.toLowerCase())
            .sort()
            .join();
    return sorted(one) === sorted(other);
}

/** Why a zone can't be compared. The caller adds the remedy. */
export type Obstacle =
    | { kind: "no-servers" }
    | { kind: "no-address" }
    /** `code`: ETIMEOUT, EREFUSED, … */
    | { kind: "no-answer"; side: "old" | "new"; code: string };

/** The message is a whole sentence. */
export class NotComparable extends Error {
    override readonly name = "NotComparable";

    constructor(
        message: string,
        readonly obstacle: Obstacle,
    ) {
        super(message);
    }
}
