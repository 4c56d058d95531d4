// A click of nobody at every address of the host, by both schemes, and what it was held against: which endpoint is behind the
// host, and what kind of edge stands before it.
import { isSparkPost } from "../hostToday/today";
import { type Asking, askAddresses, type Looks } from "../probe/ask";
import { MOST_ADDRESSES } from "../probe/round";
import { resolveAccount } from "../sparkpost/account";
import type { Answers, Request, Subject, World } from "./world";

/** Asks, and gives the host with all that is known of it then. */
export async function answersOf(
    { hostname, account, links }: Request,
    aliases: string[],
    addresses: string[],
    world: World,
): Promise<Subject> {
    const implied = resolveAccount(account).endpoint;
    const isTold = Object.keys(account).length > 0;
    const endpoint = (isTold ? implied : aliases.find(isSparkPost)) ?? implied ?? "spgo.io";
    const known = { hostname, account, aliases, addresses, ...(links && { secure: links === "https" }) };
    if (addresses.length === 0) {
        return { ...known, endpoint };
    }
    const asking = (one: Pick<Asking, "endpoint" | "redirects">): Asking => ({
        ...one,
        hostname,
        secure: links !== "http",
        names: world.names,
        network: world.network,
        clock: world.clock,
    });
    const answers = await askBoth(asking({ endpoint, redirects: false }), addresses);
    const { https, http } = answers;
    return { ...known, endpoint, edge: edgeOf(aliases, [https, http]), answers };
}

async function askBoth(asking: Asking, addresses: string[]): Promise<Answers> {
    const some = addresses.slice(0, MOST_ADDRESSES);
    const [https, http] = await Promise.all([askAddresses(asking, some, "https"), askAddresses(asking, some, "http")]);
    return { https, http, redirects: asking.redirects };
}

/** What terminates TLS, as `Edge.kind`, as far as it shows from outside; it chooses the words. */
function edgeOf(aliases: string[], looks: Looks[]): string | undefined {
    const servers = looks.flatMap(({ working }) => working.map(({ asked }) => asked.edge.server));
    return servers.includes("cloudflare")
        ? "cloudflare"
        : aliases.some((alias) => alias.endsWith(".fastly.net"))
          ? "fastly"
          : aliases.some((alias) => isSparkPost(alias))
            ? "managed"
            : undefined;
}
