// Does the edge redirect to the endpoint, path and query kept, and does the endpoint answer there? Pure: answers in, a
// verdict out.
import { isCdnError } from "./cdnErrors";
import { isMarked, isRedirect, isRelayed, type Question, refuseUnfit, upgradeWarnings, type Verdict } from "./compare";
import { Unmet } from "./findings";
import { PATH, type Reply } from "./get";

/** What is asked of a host that redirects: the smoke test with a query, so that losing the query is seen. */
export const PATH_WITH_QUERY = `${PATH}?probe=redirect`;

/** Where a redirect of that leads. */
export function redirectTarget(endpoint: string): string {
    return `https://${endpoint}${PATH_WITH_QUERY}`;
}

/**
 * The warnings about a redirect that leads to the endpoint; undefined for an answer that isn't one, which has to be
 * compared with the endpoint's. Throws {@link Unmet}.
 */
export function redirectWarnings(edge: Reply, question: Question): string[] | undefined {
    const { scheme, agent, hostname, endpoint } = question;
    if (edge.mitigated !== undefined) {
        throw new Unmet({ kind: "challenged", agent, action: edge.mitigated });
    }
    if (isCdnError(edge)) {
        throw new Unmet({ kind: "cdn-error", status: edge.status, errorCode: edge.errorCode });
    }
    if (!isRedirect(edge) || edge.location === undefined) {
        return undefined;
    }
    const { status, location } = edge;
    if ((status === 301 || status === 302) && location === redirectTarget(endpoint)) {
        return status === 301 ? [permanentWarning(hostname, endpoint)] : [];
    }
    if (scheme === "http" && location === `https://${hostname}${PATH_WITH_QUERY}`) {
        return upgradeWarnings(edge, question);
    }
    if (location.split("?", 1)[0] === `https://${endpoint}${PATH}` && !location.endsWith(PATH_WITH_QUERY)) {
        throw new Unmet({ kind: "query-lost", scheme, status, location });
    }
    return undefined;
}

/** What it is that the edge answers instead of a redirect to the endpoint. */
export function notRedirected(edge: Reply, direct: Reply, { scheme, agent, endpoint }: Question): Unmet {
    refuseUnfit(edge, direct);
    if (isRelayed(edge, direct)) {
        return new Unmet({ kind: "relayed", scheme, edge });
    }
    if (isRedirect(edge)) {
        const { status, location = "" } = edge;
        return new Unmet({ kind: "misdirected", scheme, status, location, expected: redirectTarget(endpoint) });
    }
    return new Unmet({ kind: "stranger", scheme, agent, edge, direct });
}

/** Judges what answers where the redirect leads, asked as a browser would that follows it. */
export function judgeFollowed(edge: Reply, followed: Reply, { endpoint }: Question): Verdict {
    refuseUnfit(edge, followed);
    if (isMarked(followed)) {
        return { strength: "strong", warnings: [] };
    }
    const warning =
        `The edge redirects to ${endpoint} as it should, but a stranger could answer there as it does (${followed.status}): ` +
        "SparkPost's own check decides.";
    return { strength: "weak", warnings: [warning] };
}

function permanentWarning(hostname: string, endpoint: string): string {
    return (
        `${hostname} redirects with a 301, which browsers keep practically for ever: a link that was opened once is bound to ${endpoint}, ` +
        "whatever is changed here later. Use 302 (`statusCode: 302`) unless that is wanted."
    );
}
