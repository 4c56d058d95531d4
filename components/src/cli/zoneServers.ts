// The name servers of a zone: those that the user gave, or those of these names.
import { serverAddress } from "../probe/request";
import { addressesAt, isAbsence, type Resolver, resolverAt } from "../probe/resolver";
import { exitCodes, Failure, UsageError } from "./io";

/** Servers that are asked in turn until one answers. */
export interface ZoneServers {
    /** For messages. */
    labels: string[];
    questions: Resolver;
}

/** The resolver of the option, or the system's. */
export function resolverOf(option: string | undefined): Resolver {
    return resolverAt(option === undefined ? undefined : addressOf("resolver", option));
}

/** Servers by address. */
export function serversAt(option: string, addresses: string[]): ZoneServers {
    return { labels: addresses, questions: resolverAt(addresses.map((address) => addressOf(option, address))) };
}

/** Servers by name, those whose address is known. */
export async function serversNamed(names: string[], resolver: Resolver, port: number): Promise<ZoneServers> {
    const found = await Promise.allSettled(names.map((name) => addressesAt(resolver, name)));
    const addresses = found.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
    if (addresses.length === 0) {
        throw new Failure(
            `No address of the name servers ${names.join(", ")} is known to the resolver. Check it (--resolver), or give addresses (--old-server, --new-server).`,
            exitCodes.silent,
        );
    }
    const at = addresses.map((address) => (address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`));
    return { labels: names, questions: resolverAt(at) };
}

/** The names of the servers that a zone is delegated to now, sorted. */
export async function delegationOf(zone: string, resolver: Resolver): Promise<string[]> {
    try {
        return (await resolver.resolveNs(zone)).map((name) => name.toLowerCase()).sort();
    } catch (error) {
        const why = isAbsence(error)
            ? "DNS names none"
            : `the resolver didn't answer (${(error as { code?: string }).code})`;
        throw new Failure(
            `The name servers of ${zone} can't be found: ${why}. Check the name, or give them with --old-server.`,
            exitCodes.silent,
        );
    }
}

function addressOf(option: string, text: string): string {
    const address = serverAddress(text);
    if (address === undefined) {
        throw new UsageError(
            `--${option} (${JSON.stringify(text)}): give an IP address with or without a port, such as 192.0.2.53 or 127.0.0.1:5300`,
        );
    }
    return address;
}
