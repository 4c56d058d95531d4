// Does the edge relay what the endpoint answers? Pure: two answers in, a verdict out.
import { isCdnError } from "./cdnErrors";
import { type Agent, type Subject, Unmet } from "./findings";
import type { Reply } from "./get";
import type { ProbeReport } from "./report";

/** The edge works for this request; `warnings` when it does so in a way that costs something. */
export interface Verdict {
    strength: ProbeReport["strength"];
    warnings: string[];
}

/** What was asked: by which scheme, as whom, of whom. */
export interface Question extends Subject {
    scheme: "https" | "http";
    agent: Agent;
    /** Path and query. */
    path: string;
    /** The endpoint that the host redirected to when it was probed last, in mode redirect. */
    lastRedirect?: string;
}

/** Compares status, `Location` (literally) and length of the two answers; throws {@link Unmet} with what is wrong. */
export function compare(edge: Reply, direct: Reply, question: Question): Verdict {
    const { scheme, agent, hostname, path, lastRedirect } = question;
    if (edge.mitigated !== undefined) {
        throw new Unmet({ kind: "challenged", agent, action: edge.mitigated });
    }
    refuseUnfit(edge, direct);
    if (isRelayed(edge, direct)) {
        return isMarked(edge) ? { strength: "strong", warnings: [] } : weak(edge, question);
    }
    if (edge.errorText !== undefined) {
        throw new Unmet({ kind: "edge-error", status: edge.status, said: edge.errorText });
    }
    if (isCdnError(edge)) {
        throw new Unmet({ kind: "cdn-error", status: edge.status, errorCode: edge.errorCode });
    }
    if (isRedirect(edge)) {
        if (scheme === "http" && edge.location?.startsWith(`https://${hostname}/`)) {
            return { strength: "weak", warnings: upgradeWarnings(edge, question) };
        }
        if (lastRedirect !== undefined && edge.location === `https://${lastRedirect}${path}`) {
            return { strength: "pending", warnings: [pendingWarning(hostname, lastRedirect)] };
        }
        throw new Unmet({ kind: "redirected", scheme, status: edge.status, location: edge.location ?? "" });
    }
    throw new Unmet({ kind: "stranger", scheme, agent, edge, direct });
}

/** Throws {@link Unmet} for answers that say nothing about the edge. */
export function refuseUnfit(edge: Reply, direct: Reply): void {
    // The tracker's 403 means excessive requests: relayed or not, it says nothing about the edge.
    if (isForbidding(direct)) {
        throw new Unmet({ kind: "tracker-forbids", side: "endpoint", status: direct.status });
    }
    if (isForbidding(edge) && isTracker(edge)) {
        throw new Unmet({ kind: "tracker-forbids", side: "edge", status: edge.status });
    }
    if (direct.status >= 500) {
        throw new Unmet({ kind: "endpoint-failing", answer: direct });
    }
}

/** The edge's answer is the endpoint's. */
export function isRelayed(edge: Reply, direct: Reply): boolean {
    return (
        edge.status === direct.status &&
        edge.location === direct.location &&
        edge.contentLength === direct.contentLength
    );
}

/** A mark that a stranger's 404 lacks; the vendor documents both for a registered host. */
export function isMarked(answer: Reply): boolean {
    return isTracker(answer) || (answer.status === 302 && answer.contentLength === 0);
}

function isTracker(answer: Reply): boolean {
    return answer.server === "msys-http";
}

export function isForbidding(answer: Reply): boolean {
    return answer.status === 403 || answer.status === 429;
}

export function isRedirect(answer: Reply): boolean {
    return answer.status >= 300 && answer.status < 400;
}

/** What to say of plain http that is sent to https; throws {@link Unmet} where links are http. */
export function upgradeWarnings({ status, location = "" }: Reply, { hostname, secure }: Question): string[] {
    if (secure === false) {
        throw new Unmet({ kind: "upgraded", status, location });
    }
    return [
        `http://${hostname} is redirected to https ("Always Use HTTPS" or a rule of the zone). Links work, but every one in ` +
            "older mail costs a hop, and the domain can't go back to http. Leave this host out of that redirect.",
    ];
}

function weak(edge: Reply, { endpoint }: Question): Verdict {
    const warning =
        `The edge relays what ${endpoint} answers (${edge.status}), but a stranger could answer the same: ` +
        "SparkPost's own check decides.";
    return { strength: "weak", warnings: [warning] };
}

function pendingWarning(hostname: string, lastRedirect: string): string {
    return (
        `${hostname} still redirects to ${lastRedirect}, as before. Where that is a page rule which the stack has had, of mode redirect, Pulumi deletes it at the end of this \`up\`, after the probe. ` +
        "Links work by it until then. That nothing else redirects, and that the edge relays them afterwards, is not proven yet: run the probe once more, " +
        '`pulumi up --replace "**:Command::<name of the domain>"`.'
    );
}
