// Judges whether the edge relays the endpoint's answer, or, in mode redirect, redirects to the endpoint. Pure.
import { hostOfUrl, isWithin } from "../hostname";
import { type Agent, type Subject, Unmet } from "./findings";
import type { Reply } from "./get";
import type { ProbeReport } from "./report";

/** The edge works for this request. The `warnings` say what that costs. */
export interface Verdict {
    strength: ProbeReport["strength"];
    warnings: Warning[];
}

/** What works, but could be better or isn't proven. */
interface Warning {
    kind: "pending" | "unproven" | "query-unproven" | "permanent-redirect" | "http-to-https";
    /** Whole sentences. */
    text: string;
}

/** The question: by which scheme, as which client, which host, and the click's target. */
export interface Question extends Subject {
    scheme: "https" | "http";
    agent: Agent;
    /** Path and query. Each question has its own path, so that no cache has an answer to it. */
    path: string;
    /** The target in the query, to which the endpoint redirects a click. */
    target: string;
    /** In mode redirect: the endpoint to which the host redirected at the last probe. */
    lastRedirect?: string;
}

/**
 * Compares status, `Location` (literally) and length of the two answers. Throws {@link Unmet} with the finding.
 *
 * @param bare Asks the endpoint the same without a query. An edge that drops the query gives the same answer.
 */
export async function compare(
    edge: Reply,
    direct: Reply,
    question: Question,
    bare: () => Promise<Reply>,
): Promise<Verdict> {
    const { scheme, hostname, path, target, lastRedirect } = question;
    refuseChallenge(edge, question);
    refuseUnfit(edge, direct);
    if (isRelayed(edge, direct)) {
        return isMarked(edge) ? strong(direct, question) : weak(edge, question);
    }
    refuseOwnErrors(edge, direct, question);
    const { status, location = "" } = edge;
    if (isRedirect(edge)) {
        if (scheme === "http" && location.startsWith(`https://${hostname}/`)) {
            return { strength: "weak", warnings: upgradeWarnings(edge, question) };
        }
        if (lastRedirect !== undefined && location === `https://${lastRedirect}${path}`) {
            return { strength: "pending", warnings: [{ kind: "pending", text: pendingWords(hostname, lastRedirect) }] };
        }
    }
    if (direct.location === target && isRelayed(edge, await bare())) {
        throw new Unmet({ kind: "query-dropped", scheme, edge });
    }
    if (direct.location === target && location !== target && isOfTarget(location, target)) {
        throw new Unmet({ kind: "query-changed", scheme, location, expected: target });
    }
    if (status === direct.status && location !== "" && location === direct.location) {
        throw new Unmet({ kind: "answer-rewritten", scheme, edge, direct });
    }
    throw isRedirect(edge) && edge.location !== direct.location
        ? new Unmet({ kind: "redirected", scheme, status, location })
        : new Unmet({ kind: "wrong-answer", scheme, agent: question.agent, edge, direct });
}

/** Whether a location is this target, but changed: lower-cased, encoded twice, without its query, or longer. */
function isOfTarget(location: string, target: string): boolean {
    const [start = ""] = target.toLowerCase().split("?", 1);
    return [location, decoded(location)].some((text) => text.toLowerCase().startsWith(start));
}

function decoded(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

/** What an edge that relays must answer to another question, by the endpoint's answer to this one. */
export function expected(direct: Reply, asked: Question, another: Question): Reply {
    return direct.location === asked.target ? { ...direct, location: another.target } : direct;
}

/**
 * Whether the edge answered a click from its cache.
 *
 * @param first The edge's answer to an earlier click, `seconds` before.
 * @param target The target of the later click.
 */
export function isKept(again: Reply, first: Reply, target: string, seconds: number): boolean {
    const isOfThen = first.location !== undefined && again.location === first.location && first.location !== target;
    const isOld = again.age !== undefined && again.age >= Math.max(1, Math.floor(seconds) - 1);
    const isDatedThen = seconds >= 2 && again.date !== undefined && again.date === first.date;
    return isOfThen || isOld || isDatedThen || again.isHit === true;
}

/**
 * The warnings about a redirect to the endpoint. `undefined` for any other answer: compare it with the endpoint's. Throws
 * {@link Unmet}.
 */
export function redirectWarnings(edge: Reply, question: Question): Warning[] | undefined {
    const { scheme, hostname, endpoint, path } = question;
    refuseChallenge(edge, question);
    if (isCdnError(edge)) {
        throw new Unmet({ kind: "cdn-error", status: edge.status, errorCode: edge.errorCode });
    }
    if (!isRedirect(edge) || edge.location === undefined) {
        return undefined;
    }
    const { status, location } = edge;
    if ((status === 301 || status === 302) && location === redirectTarget(question)) {
        return status === 301 ? [{ kind: "permanent-redirect", text: permanentRedirectWords(hostname, endpoint) }] : [];
    }
    if (scheme === "http" && location === `https://${hostname}${path}`) {
        return upgradeWarnings(edge, question);
    }
    if (location.split("?", 1)[0] === `https://${endpoint}${path.split("?", 1)[0]}` && !location.endsWith(path)) {
        throw new Unmet({ kind: "query-lost", scheme, status, location });
    }
    return undefined;
}

/** The finding for an edge that doesn't redirect to the endpoint. */
export function notRedirected(edge: Reply, direct: Reply, question: Question): Unmet {
    const { scheme, agent } = question;
    refuseUnfit(edge, direct);
    if (isRelayed(edge, direct)) {
        return new Unmet({ kind: "not-redirected", scheme, edge });
    }
    refuseOwnErrors(edge, direct, question);
    if (isRedirect(edge)) {
        const { status, location = "" } = edge;
        return new Unmet({ kind: "wrong-redirect", scheme, status, location, expected: redirectTarget(question) });
    }
    return new Unmet({ kind: "wrong-answer", scheme, agent, edge, direct });
}

/** Judges the answer behind the redirect, as a browser gets it. */
export function judgeFollowed(edge: Reply, followed: Reply, { endpoint }: Question): Verdict {
    refuseUnfit(edge, followed);
    if (isMarked(followed)) {
        return { strength: "strong", warnings: [] };
    }
    const text =
        `The edge redirects to ${endpoint}, but its answer there (${followed.status}) could be another server's. ` +
        "SparkPost's own check decides.";
    return { strength: "weak", warnings: [{ kind: "unproven", text }] };
}

/** Where the edge must redirect to. */
function redirectTarget({ endpoint, path }: Question): string {
    return `https://${endpoint}${path}`;
}

function refuseChallenge({ mitigated }: Reply, { agent }: Question): void {
    if (mitigated !== undefined) {
        throw new Unmet({ kind: "challenged", agent, action: mitigated });
    }
}

/** Throws {@link Unmet} for answers that say nothing about the edge. */
function refuseUnfit(edge: Reply, direct: Reply): void {
    // The tracker's 403 means too many requests. It says nothing about the edge.
    if (isForbidding(direct)) {
        throw new Unmet({ kind: "rate-limited", side: "endpoint", status: direct.status });
    }
    if (isForbidding(edge) && isTracker(edge)) {
        throw new Unmet({ kind: "rate-limited", side: "edge", status: edge.status });
    }
    if (direct.status >= 500) {
        throw new Unmet({ kind: "endpoint-failing", answer: direct });
    }
}

/** The statuses of filters, firewalls and rate limits that refuse a client. */
const TURNED_AWAY = [401, 403, 406, 429, 451];

/** Throws {@link Unmet} if the edge answers itself, and its answer says why. */
function refuseOwnErrors(edge: Reply, direct: Reply, { scheme, agent }: Question): void {
    const { status, location = "", errorText, errorCode, server } = edge;
    if (errorText !== undefined) {
        throw new Unmet({ kind: "edge-error", status, said: errorText });
    }
    if (isCdnError(edge)) {
        throw new Unmet({ kind: "cdn-error", status, errorCode });
    }
    if (TURNED_AWAY.includes(status) && status !== direct.status) {
        throw new Unmet({ kind: "client-blocked", scheme, agent, status, server });
    }
    if (status === 502 || status === 503 || status === 504) {
        throw new Unmet({ kind: "origin-unreachable", scheme, status, server });
    }
    if (isLogin(location)) {
        throw new Unmet({ kind: "login-required", scheme, status, location });
    }
}

/** Whether a redirect leads to the login of Cloudflare Access. */
function isLogin(location: string): boolean {
    return isWithin(hostOfUrl(location) ?? "", "cloudflareaccess.com");
}

/** Whether an answer is Cloudflare's own error rather than the origin's. */
function isCdnError(answer: { status: number; errorCode?: number }): boolean {
    return answer.errorCode !== undefined || (answer.status >= 520 && answer.status <= 530);
}

/** Whether the edge's answer is the endpoint's. */
export function isRelayed(edge: Reply, direct: Reply): boolean {
    return (
        edge.status === direct.status &&
        edge.location === direct.location &&
        edge.contentLength === direct.contentLength
    );
}

/** Whether the answer has a mark that another server's 404 lacks. SparkPost documents both marks for a registered host. */
function isMarked(answer: Reply): boolean {
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

/** The warning about http that redirects to https. Throws {@link Unmet} if links are http. */
function upgradeWarnings({ status, location = "" }: Reply, { hostname, secure, edge }: Question): Warning[] {
    if (secure === false) {
        throw new Unmet({ kind: "http-to-https", status, location });
    }
    const text =
        `http://${hostname} redirects to https (${edge === "cloudflare" ? '"Always Use HTTPS" or a rule of the zone' : "a setting of the edge"}). Links work, but each http link in older mail takes one request more. ` +
        "The domain can't go back to http either. Exclude this host from that redirect.";
    return [{ kind: "http-to-https", text }];
}

function strong(direct: Reply, { endpoint, target }: Question): Verdict {
    const text = `${endpoint} didn't redirect a test click to its target. So it isn't proven that the edge passes on the query of a click.`;
    return { strength: "strong", warnings: direct.location === target ? [] : [{ kind: "query-unproven", text }] };
}

function weak(edge: Reply, { endpoint }: Question): Verdict {
    const text =
        `The edge gives the same answer as ${endpoint} (${edge.status}), but so could another server. ` +
        "SparkPost's own check decides. It isn't proven either that the edge passes on the query of a click.";
    return { strength: "weak", warnings: [{ kind: "unproven", text }] };
}

function permanentRedirectWords(hostname: string, endpoint: string): string {
    return (
        `${hostname} redirects with a 301, which browsers remember. A link that was opened once goes to ${endpoint} for good, ` +
        "whatever you change here later. If you don't want that, use `statusCode: 302`."
    );
}

function pendingWords(hostname: string, lastRedirect: string): string {
    return (
        `${hostname} still redirects to ${lastRedirect}, as before. If that is this stack's page rule of \`mode: redirect\`, Pulumi deletes it at the end of this \`up\`, after the probe. ` +
        "Links work until then. The proxy isn't proven yet. Run the probe once more: " +
        '`pulumi up --replace "**:Command::<name of the domain>-probe"`.'
    );
}
