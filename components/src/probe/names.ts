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
            const obstacle = obstacleIn(presence, options);
            if (obstacle) {
                throw obstacle;
            }
            const isKnown = isPresent(presence);
            if (!isKnown) {
                warn(silenceWords(presence));
            }
            return addressesIn(await client.addresses(hostname), isKnown);
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

/** Whether the host has an address or an alias. */
export function isPresent({ kind, aliases }: Answer<string>): boolean {
    return kind === "records" || (kind === "empty" && aliases.length > 0);
}

/** Why a resolver isn't to be asked for a host of which the zone's servers say this; `undefined` where it is. */
export function obstacleIn(presence: Answer<string>, { nameServers = [] }: NameOptions): Unmet | undefined {
    const { servers } = presence;
    switch (presence.kind) {
        case "undelegated":
            return new Unmet({ kind: "zone-unknown", zone: presence.name });
        case "silent":
        case "failed":
            if (presence.by === "resolver") {
                return silence(presence);
            }
            return nameServers.length > 0 ? new Unmet({ kind: "name-servers-silent", servers }) : undefined;
        default:
            return isPresent(presence) ? undefined : new Unmet({ kind: "no-such-name", servers });
    }
}

/** What to say where the zone's own servers can't be asked. */
export function silenceWords(presence: Answer<string>): string {
    const servers = presence.servers.map((server) => plainText(server, 253)).join(", ");
    return (
        `The zone's name servers (${servers}) ${presence.kind === "failed" ? `give no answer (${presence.code})` : "can't be reached from this machine"}, so the probe asked the resolver at once. ` +
        "A resolver that is asked too early remembers for up to 30 minutes that the name doesn't exist."
    );
}

/**
 * The addresses in what the resolver says. Throws {@link Unmet}.
 *
 * @param isKnown Whether the zone's own servers know the host.
 */
export function addressesIn(answer: Answer<string>, isKnown: boolean): string[] {
    switch (answer.kind) {
        case "records":
            return answer.records;
        case "empty":
            throw new Unmet({ kind: "no-address", servers: answer.servers, aliases: answer.aliases });
        case "silent":
        case "failed":
            throw silence(answer);
        default:
            throw new Unmet({ kind: isKnown ? "negative-cache" : "no-such-name", servers: answer.servers });
    }
}

function silence({ kind, servers, name, code }: Extract<Answer<string>, { code: string }>): Unmet {
    return new Unmet({ kind: kind === "failed" ? "resolver-failed" : "resolver-silent", servers, name, code });
}
