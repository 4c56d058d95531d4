// The names that the probe needs. The zone's own servers are asked first, and a recursive resolver for the host only
// after they know it: a resolver that is asked too early remembers "no such name" for as long as the zone says, which is
// up to 1,800 s at Cloudflare.
import { type Answer, type DnsClient, dnsClient } from "../dns/client";
import { plainText } from "../othersWords";
import type { ProbeOptions } from "./arguments";
import { Unmet } from "./findings";

/** Looks names up, by the user's options. */
export interface Names {
    /**
     * Every address of the tracking host that the resolver gives, IPv4 first; never empty.
     *
     * Every authoritative server that answers must know the host, since a resolver may ask any of them. When none that
     * was found can be reached (some networks block port 53), the resolver is asked after all, and `warn` is told.
     * Throws {@link Unmet}.
     */
    addressesOfHost(hostname: string, warn: (warning: string) => void): Promise<string[]>;
    /** The addresses of another name, from the resolver, IPv4 first; never empty. Throws an error with a `code`. */
    addressesOf(name: string): Promise<string[]>;
}

/**
 * Names by the resolver and the name servers of these options.
 *
 * @param client Whom to ask. Default: as the options say.
 */
export function namesOf(options: NameOptions, client: DnsClient = dnsClient(options)): Names {
    return {
        async addressesOfHost(hostname, warn) {
            const presence = await presenceOf(hostname, client);
            const isSilent = presence.kind === "silent" || presence.kind === "failed";
            if (presence.by === "resolver" && isSilent) {
                throw silence(presence);
            }
            if (presence.kind === "undelegated") {
                throw new Unmet({ kind: "zone-unknown", zone: presence.name });
            }
            const { servers } = presence;
            if (isSilent && (options.nameServers ?? []).length > 0) {
                throw new Unmet({ kind: "name-servers-silent", servers });
            }
            if (isSilent) {
                warn(
                    `The zone's name servers (${servers.map((server) => plainText(server, 253)).join(", ")}) ${presence.kind === "failed" ? `give no answer (${presence.code})` : "can't be reached from this machine"}, so the resolver was asked at once. ` +
                        "A resolver that is asked too early remembers for up to 30 minutes that there is no such name.",
                );
                return addressesBy(client, hostname, "no-such-name");
            }
            if (!isPresent(presence)) {
                throw new Unmet({ kind: "no-such-name", servers });
            }
            return addressesBy(client, hostname, "absence-remembered");
        },
        async addressesOf(name) {
            const answer = await client.addresses(name);
            if (answer.kind === "records") {
                return answer.records;
            }
            const code = "code" in answer ? answer.code : answer.kind === "empty" ? "ENODATA" : "ENOTFOUND";
            throw Object.assign(new Error(`${code} ${name}`), { code });
        },
    };
}

type NameOptions = Pick<ProbeOptions, "resolver" | "nameServers">;

/** What the zone's servers say of the host: an address of one kind or the other, or an alias. */
async function presenceOf(hostname: string, client: DnsClient): Promise<Answer<string>> {
    const ipv4 = await client.authoritative(hostname, "A");
    return ipv4.kind === "empty" && !isPresent(ipv4) ? client.authoritative(hostname, "AAAA") : ipv4;
}

function isPresent({ kind, aliases }: Answer<string>): boolean {
    return kind === "records" || (kind === "empty" && aliases.length > 0);
}

/** Asks the resolver, which may say that there is no such name (as `absence`), or that it has no address. */
async function addressesBy(
    client: DnsClient,
    hostname: string,
    absence: "absence-remembered" | "no-such-name",
): Promise<string[]> {
    const answer = await client.addresses(hostname);
    switch (answer.kind) {
        case "records":
            return answer.records;
        case "empty":
            throw new Unmet({ kind: "no-address", servers: answer.servers, aliases: answer.aliases });
        case "silent":
        case "failed":
            throw silence(answer);
        default:
            throw new Unmet({ kind: absence, servers: answer.servers });
    }
}

function silence({ servers, name, code }: Extract<Answer<string>, { code: string }>): Unmet {
    return new Unmet({ kind: "resolver-silent", servers, name, code });
}
