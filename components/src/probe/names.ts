// Looks up the names that the probe needs. The zone's own servers are asked first. The resolver is asked for the host only when
// they know it: a resolver that is asked too early remembers "no such name" for as long as the zone says. At Cloudflare that is
// up to 1,800 s.
import { type Answer, type DnsClient, dnsClient } from "../dns/client";
import { plainText } from "../othersWords";
import type { ProbeOptions } from "./arguments";
import { Unmet } from "./findings";

/** Looks names up, as the user's options say. */
export interface Names {
    /**
     * Every address that the resolver has for the tracking host, IPv4 first. Never empty: otherwise it throws {@link Unmet}.
     *
     * Every authoritative server that answers must know the host, because a resolver may ask any of them. If none of them can
     * be reached (some networks block port 53), the resolver is asked all the same, with a warning.
     */
    addressesOfHost(hostname: string, warn: (warning: string) => void): Promise<string[]>;
    /** Every address that the resolver has for another name, IPv4 first. Never empty: otherwise it throws an error with a `code`. */
    addressesOf(name: string): Promise<string[]>;
}

/** @param client Default: one that asks the servers of these options. */
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

/** What the zone's servers answer for the host's IPv4 addresses, or else for its IPv6 addresses. */
async function presenceOf(hostname: string, client: DnsClient): Promise<Answer<string>> {
    const ipv4 = await client.authoritative(hostname, "A");
    return ipv4.kind === "empty" && !isPresent(ipv4) ? client.authoritative(hostname, "AAAA") : ipv4;
}

/** Whether the host has an address or an alias. */
export function isPresent({ kind, aliases }: Answer<string>): boolean {
    return kind === "records" || (kind === "empty" && aliases.length > 0);
}

/** Why the resolver must not be asked for the host yet, by what the zone's servers answered. `undefined` if it may be asked. */
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

/** The warning that the zone's own servers couldn't be asked. */
function silenceWords(presence: Answer<string>): string {
    const servers = presence.servers.map((server) => plainText(server, 253)).join(", ");
    return (
        `The zone's name servers (${servers}) ${presence.kind === "failed" ? `give no answer (${presence.code})` : "can't be reached from this machine"}, so the probe asked the resolver at once. ` +
        "A resolver that is asked too early remembers for up to 30 minutes that the name doesn't exist."
    );
}

/**
 * The addresses in the resolver's answer. Throws {@link Unmet} if there are none.
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
