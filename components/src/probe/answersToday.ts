// What a host answers to a click path today, before a stack takes it over. It asks once and waits for nothing.

import { hostOfUrl } from "../hostname";
import type { ProbeOptions } from "./arguments";
import { get, type Network, PATH, type Reply } from "./get";
import { namesOf } from "./names";
import { networkOf } from "./network";
import { isForbidding, isRedirect, isRelayed } from "./verdict";

/** How long one request may take, in milliseconds. An update waits for it, and the endpoint isn't that slow. */
const TIMEOUT = 5_000;

/** The host to ask, and the endpoint that should be behind it. */
interface AskedToday {
    hostname: string;
    /** The SparkPost host with whose answers the host's are compared. */
    endpoint: string;
    /** Whether a name is another endpoint of SparkPost's. */
    isEndpoint(name: string): boolean;
    /** How to reach the network. */
    options: ProbeOptions;
}

/**
 * What the host answers: the same as the endpoint, a redirect to an endpoint, something else, or nothing. It asks by https, then
 * by http, because a host in use may have only http links. The name must exist, because a resolver is asked for it.
 */
export async function answersToday(asked: AskedToday): Promise<"endpoint" | "redirect" | "other" | "silent"> {
    const { hostname, endpoint, isEndpoint, options } = asked;
    const network = { ...networkOf(options), timeout: TIMEOUT };
    const { addressesOf } = namesOf(options);
    let seen: "other" | "silent" = "silent";
    for (const scheme of ["https", "http"] as const) {
        const edge = await answer(scheme, hostname, hostname);
        if (!edge) {
            continue;
        }
        const to = isRedirect(edge) ? hostOfUrl(edge.location ?? "") : undefined;
        if (to !== undefined && (to === endpoint || isEndpoint(to))) {
            return "redirect";
        }
        const direct = await answer(scheme, endpoint, hostname);
        if (direct && !isForbidding(direct) && isRelayed(edge, direct)) {
            return "endpoint";
        }
        // Something else answers by this scheme. The other one may still answer as the endpoint does.
        seen = "other";
    }
    return seen;

    async function answer(scheme: "https" | "http", name: string, host: string): Promise<Reply | undefined> {
        return addressesOf(name)
            .then(([address = ""]) => ask(network, { scheme, address, name, host }))
            .catch(() => undefined);
    }
}

function ask(network: Network, target: { scheme: "https" | "http"; address: string; name: string; host: string }) {
    return get({ ...target, userAgent: "Mozilla/5.0", path: `${PATH}?probe=today` }, network);
}
