// Sends a test click to every address of the host, by both schemes. The answers show which endpoint is behind the host, and what
// kind of edge is in front of it.

import { hostOfUrl, isWithin } from "../hostname";
import { isSparkPost } from "../hostToday/today";
import { askAddresses, type Looks } from "../probe/ask";
import type { Finding } from "../probe/findings";
import { MOST_ADDRESSES } from "../probe/round";
import { type AccountArgs, resolveAccount } from "../sparkpost/account";
import { type Answers, askingOf, type Request, type Subject, type World } from "./world";

/** The host with everything that its answers show. */
export async function answersOf(
    { hostname, account, links }: Request,
    aliases: string[],
    addresses: string[],
    world: World,
): Promise<Subject> {
    const known = {
        asker: "doctor" as const,
        hostname,
        account,
        aliases,
        addresses,
        ...(links && { secure: links === "https" }),
    };
    const [first = "", ...others] = endpointsOf(account, aliases);
    if (addresses.length === 0) {
        return { ...known, endpoint: first };
    }
    let endpoint = first;
    const askBoth = async (redirects: boolean): Promise<Answers> => {
        const asking = askingOf({ ...known, endpoint }, redirects, world);
        const some = addresses.slice(0, MOST_ADDRESSES);
        const [https, http] = await Promise.all([
            askAddresses(asking, some, "https"),
            askAddresses(asking, some, "http"),
        ]);
        return { https, http, redirects };
    };
    let answers = await askBoth(false);
    for (const other of others) {
        if (!findingsIn(answers).some(isOtherAnswer)) {
            break;
        }
        endpoint = other;
        const again = await askBoth(false);
        answers = again.https.working.length + again.http.working.length > 0 ? again : answers;
        endpoint = again === answers ? other : first;
    }
    const to = findingsIn(answers)
        .map(redirectionOf)
        .find((name) => name !== undefined);
    if (to !== undefined) {
        endpoint = others.length > 0 ? to : endpoint;
        answers = await askBoth(true);
    }
    return { ...known, endpoint, edge: edgeOf(aliases, answers), answers };
}

/**
 * The endpoints that may be behind the host, the likeliest first. If the options name an endpoint or its account, only that one.
 * Otherwise the one to which the host points, or those of both regions.
 */
function endpointsOf(account: AccountArgs, aliases: string[]): string[] {
    const isTold = Object.keys(account).some((field) => field !== "subaccount");
    const told = isTold ? [resolveAccount(account).endpoint].filter((name) => name !== undefined) : [];
    const led = aliases.filter(isSparkPost).slice(0, 1);
    const regions = (["us", "eu"] as const).map((region) => resolveAccount({ region }).endpoint ?? "");
    return [told, led, regions].find((names) => names.length > 0) ?? [];
}

function findingsIn({ https, http }: Answers): Finding[] {
    return [https, http].flatMap(({ failing }) => failing.map(({ error }) => error.finding));
}

/** Whether something other than this endpoint answers. */
function isOtherAnswer({ kind }: Finding): boolean {
    return ["wrong-answer", "redirected", "query-changed", "query-dropped"].includes(kind);
}

/** The endpoint that the host redirects to, as in SparkPost's guide of 2020. */
function redirectionOf(finding: Finding): string | undefined {
    const name = finding.kind === "redirected" ? hostOfUrl(finding.location) : undefined;
    return name !== undefined && isSparkPost(name) ? name : undefined;
}

/** What terminates TLS, as in `Edge.kind`, if that shows from outside. The words depend on it. */
function edgeOf(aliases: string[], answers: Answers): string | undefined {
    const looks: Looks[] = [answers.https, answers.http];
    const replies = looks.flatMap(({ working }) => working.map(({ asked }) => asked.edge));
    const servers = findingsIn(answers).map((finding) =>
        finding.kind === "cdn-error" || finding.kind === "challenged"
            ? "cloudflare"
            : "server" in finding
              ? finding.server
              : "edge" in finding
                ? finding.edge.server
                : undefined,
    );
    if ([...replies.map(({ server }) => server), ...servers].includes("cloudflare")) {
        return "cloudflare";
    }
    const leadsTo = (...zones: string[]) => aliases.some((alias) => zones.some((zone) => isWithin(alias, zone)));
    return leadsTo("fastly.net", "fastlylb.net")
        ? "fastly"
        : leadsTo("v2.spgo.io", "eu.v2.spgo.io")
          ? "managed"
          : undefined;
}
