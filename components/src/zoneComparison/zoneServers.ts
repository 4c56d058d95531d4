// The name servers of a zone, as those who are asked about it.
import { addressesAt, isAbsence, type Resolver, resolverAt } from "../probe/resolver";
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

/** The names of the servers that a zone is delegated to now, sorted. Throws {@link NotComparable}. */
export async function delegationOf(zone: string, resolver: Resolver): Promise<string[]> {
    try {
        return (await resolver.resolveNs(zone)).map((name) => name.toLowerCase()).sort();
    } catch (error) {
        const why = isAbsence(error)
            ? "DNS names none"
            : `the resolver didn't answer (${(error as { code?: string }).code})`;
        throw new NotComparable(`The name servers of ${zone} can't be found: ${why}.`, { kind: "no-servers" });
    }
}
