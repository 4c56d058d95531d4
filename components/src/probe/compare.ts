// Does the edge relay what the endpoint answers? Pure: two answers in, a verdict out.
import { isCdnError } from "./cdnErrors";
import { type Agent, type Subject, Unmet } from "./findings";
import type { Reply } from "./get";
import type { ProbeReport } from "./report";

/** The edge works for this request; `warning` when it does so in a way that costs something. */
export interface Verdict {
    strength: ProbeReport["strength"];
    warning?: string;
}

/** What was asked: by which scheme, as whom, of whom. */
export interface Question extends Subject {
    scheme: "https" | "http";
    agent: Agent;
}

/** Compares status, `Location` (literally) and length of the two answers; throws {@link Unmet} with what is wrong. */
export function compare(edge: Reply, direct: Reply, question: Question): Verdict {
    const { scheme, agent, hostname } = question;
    if (edge.mitigated !== undefined) {
        throw new Unmet({ kind: "challenged", agent, action: edge.mitigated });
    }
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
    if (isRelayed(edge, direct)) {
        return { strength: isMarked(edge) ? "strong" : "weak" };
    }
    if (isCdnError(edge)) {
        throw new Unmet({ kind: "cdn-error", status: edge.status, errorCode: edge.errorCode });
    }
    if (isRedirect(edge)) {
        if (scheme === "http" && edge.location?.startsWith(`https://${hostname}/`)) {
            return { strength: "weak", warning: httpsRedirectWarning(hostname) };
        }
        throw new Unmet({ kind: "redirected", scheme, status: edge.status, location: edge.location ?? "" });
    }
    throw new Unmet({ kind: "stranger", scheme, agent, edge, direct });
}

function isRelayed(edge: Reply, direct: Reply): boolean {
    return (
        edge.status === direct.status &&
        edge.location === direct.location &&
        edge.contentLength === direct.contentLength
    );
}

/** A mark that a stranger's 404 lacks; the vendor documents both for a registered host. */
function isMarked(answer: Reply): boolean {
    return isTracker(answer) || (answer.status === 302 && answer.contentLength === 0);
}

function isTracker(answer: Reply): boolean {
    return answer.server === "msys-http";
}

function isForbidding(answer: Reply): boolean {
    return answer.status === 403 || answer.status === 429;
}

function isRedirect(answer: Reply): boolean {
    return answer.status >= 300 && answer.status < 400;
}

function httpsRedirectWarning(hostname: string): string {
    return (
        `http://${hostname} is redirected to https ("Always Use HTTPS" or a rule of the zone). Links work, but every one in ` +
        "older mail costs a hop, and the domain can't go back to http. Leave this host out of that redirect."
    );
}
