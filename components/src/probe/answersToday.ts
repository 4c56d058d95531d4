// What a host answers to a click path today, before a stack takes it: one look, without waiting for anything to change.

import { hostOfUrl } from "../hostname";
import type { ProbeOptions } from "./arguments";
import { get, type Network, PATH, type Reply } from "./get";
import { namesOf } from "./names";
import { networkOf } from "./network";
import { isForbidding, isRedirect, isRelayed } from "./verdict";

/** Milliseconds that one request may take: an update waits for it, and a host that is so slow isn't the endpoint. */
const TIMEOUT = 5_000;

/** Whom to ask, and who would have to answer. */
interface AskedToday {
    hostname: string;
    /** The SparkPost host that the host's answers are held against. */
    endpoint: string;
    /** Whether a name is one of SparkPost's endpoints too. */
    isEndpoint(name: string): boolean;
    /** How the network is reached. */
    options: ProbeOptions;
}

/**
 * As the endpoint does, a redirect to an endpoint, something else; `silent` where no answer came. By https, and where that
 * doesn't work by http: a host in use may have http links only. The name must be known to exist, for a resolver is asked.
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
        // Plain http that is sent to https says nothing of its own.
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
