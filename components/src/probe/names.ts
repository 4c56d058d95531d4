// Names. The zone's own servers are asked first, and a recursive resolver for the host only after they know it: a
// resolver that is asked too early remembers "no such name" for as long as the zone says, which is up to 1,800 s at
// Cloudflare.
import { askGiven, askZone, type Testimony } from "../dns/authorities";
import { addressesAt, isAbsence, type Resolver, resolverOf, silence } from "../dns/resolver";
import { Unmet } from "./findings";
import type { ProbeOptions } from "./request";

/** Looks names up, by the user's options. */
export interface Names {
    /**
     * The address of the tracking host, the first that the resolver gives.
     *
     * Every authoritative server that answers must know the host, since a resolver may ask any of them. When none that
     * was found can be reached (some networks block port 53), the resolver is asked after all, and `warn` is told.
     * Throws {@link Unmet}.
     */
    addressOf(hostname: string, warn: (warning: string) => void): Promise<string>;
    /** The addresses of another name, from the resolver. Throws the resolver's error, with its `code`. */
    addressesOf(name: string): Promise<string[]>;
}

/**
 * Names by the resolver and the name servers of these options.
 *
 * @param port The port of the authoritative servers that are found through the resolver.
 */
export function namesOf({ resolver, nameServers = [] }: NameOptions, port = 53): Names {
    const recursive = resolverOf(resolver);
    return {
        async addressOf(hostname, warn) {
            if (nameServers.length > 0) {
                return confirmed(hostname, recursive, await askGiven(nameServers, hostname));
            }
            const testimony = await askZone(hostname, recursive, port);
            if (testimony.presence === "silent") {
                return unconfirmed(hostname, recursive, testimony, warn);
            }
            return confirmed(hostname, recursive, testimony);
        },
        addressesOf: (name) => addressesAt(recursive, name),
    };
}

type NameOptions = Pick<ProbeOptions, "resolver" | "nameServers">;

/** Asks the resolver if, and only if, the authoritative servers know the host. */
async function confirmed(hostname: string, recursive: Resolver, { servers, presence }: Testimony): Promise<string> {
    if (presence === "silent") {
        throw new Unmet({ kind: "name-servers-silent", servers });
    }
    if (presence !== "present") {
        throw new Unmet({ kind: "no-such-name", servers });
    }
    return ask(recursive, hostname, "absence-remembered");
}

async function unconfirmed(
    hostname: string,
    recursive: Resolver,
    { servers }: Testimony,
    warn: (warning: string) => void,
): Promise<string> {
    warn(
        `The zone's name servers (${servers.join(", ")}) can't be reached from this machine, so the resolver was asked at once. ` +
            "A resolver that is asked too early remembers for up to 30 minutes that there is no such name.",
    );
    return ask(recursive, hostname, "no-such-name");
}

async function ask(
    recursive: Resolver,
    hostname: string,
    absence: "absence-remembered" | "no-such-name",
): Promise<string> {
    try {
        const [address = ""] = await addressesAt(recursive, hostname);
        return address;
    } catch (error) {
        if (isAbsence(error)) {
            throw new Unmet({ kind: absence, servers: recursive.getServers() });
        }
        throw silence(recursive, hostname, error);
    }
}
