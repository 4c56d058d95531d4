// The name servers of a zone, as those who are asked about it.
import { delegationOf } from "../dns/authorities";
import { addressesAt, type Resolver, resolverAt } from "../dns/resolver";
import { Unmet, wordsFor } from "../probe/findings";
import { NotComparable } from "./notComparable";

/** Servers that are asked in turn until one answers. */
export interface ZoneServers {
    /** For messages. */
    labels: string[];
    questions: Resolver;
}

/** Servers by name, those whose address is known. Throws {@link NotComparable}. */
export async function serversNamed(names: string[], resolver: Resolver, port: number): Promise<ZoneServers> {
    const found = await Promise.allSettled(names.map((name) => addressesAt(resolver, name)));
    const addresses = found.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
    if (addresses.length === 0) {
        throw new NotComparable(`No address of the name servers ${names.join(", ")} is known to the resolver.`, {
            kind: "no-address",
        });
    }
    const at = addresses.map((address) => (address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`));
    return { labels: names, questions: resolverAt(at) };
}

/** The servers that answer for a zone's names today. */
export interface PresentServers {
    /** Sorted. */
    names: string[];
    /** The zone is delegated to them; else they are those of the zone that holds its name. */
    isOwn: boolean;
}

/** Finds the servers that answer for a zone's names today. Throws {@link NotComparable}. */
export async function presentServers(zone: string, resolver: Resolver, port: number): Promise<PresentServers> {
    const none = (why: string) =>
        new NotComparable(`The name servers of ${zone} can't be found: ${why}.`, { kind: "no-servers" });
    try {
        const found = await delegationOf(zone, resolver, port);
        if (found) {
            return { ...found, names: found.names.map((name) => name.toLowerCase()).sort() };
        }
    } catch (error) {
        if (error instanceof Unmet) {
            throw none(wordsFor(error.finding, { hostname: zone, endpoint: "" }).what);
        }
        throw error;
    }
    throw none("those of the zone above it don't answer");
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
