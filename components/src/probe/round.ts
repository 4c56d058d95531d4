// One round of checks, in the order in which a cause comes before its consequences: names, https through the edge and
// straight at the endpoint, their comparison, then plain http. The first check that doesn't pass ends the round. Where
// links are http, plain http comes first, and https may fail.
import { randomBytes } from "node:crypto";
import { covers, saysNoCertificate } from "./certificates";
import { compare, type Question, type Verdict } from "./compare";
import { type Agent, Unmet, wordsFor } from "./findings";
import { get, type Network, NoReply, PATH, type Reply, type Target } from "./get";
import type { Names } from "./names";
import { judgeFollowed, notRedirected, PATH_WITH_QUERY, redirectWarnings } from "./redirect";
import type { ProbeAnswer, ProbeCertificate, ProbeReport } from "./report";

/** What a round needs. */
export interface Round {
    hostname: string;
    endpoint: string;
    /** What terminates TLS, as `Edge.kind`. */
    edge?: string;
    /** Whether the host's links are https, so that https must work. */
    secure: boolean;
    /** The edge is to redirect to the endpoint instead of relaying. */
    redirects: boolean;
    /** The endpoint that the host redirected to when it was probed last, in mode redirect. */
    lastRedirect?: string;
    names: Names;
    network: Network;
}

/** What a round that passed saw. */
export type Passed = Pick<ProbeReport, "strength" | "address" | "certificate" | "edge" | "direct" | "warnings">;

/** Runs one round; throws {@link Unmet} with the finding that keeps it from passing. */
export async function runRound(round: Round): Promise<Passed> {
    const warnings: string[] = [];
    const [address = ""] = await round.names.addressesOfHost(round.hostname, (warning) => warnings.push(warning));
    const scheme = round.secure ? "https" : "http";
    const browser = await ask(round, address, scheme, "browser");
    const scanner = await ask(round, address, scheme, "none");
    const https = round.secure ? browser : await askHttps(round, address, (warning) => warnings.push(warning));
    const http = round.secure ? await ask(round, address, "http", "browser") : browser;
    warnings.push(...new Set([browser, scanner, https, http].flatMap((verdict) => verdict?.warnings ?? [])));
    const certificate = https?.edge.certificate;
    return {
        strength: weakest(browser.strength, scanner.strength),
        address,
        certificate: certificate && shortened(certificate),
        edge: { https: https && answerOf(https.edge), http: answerOf(http.edge) },
        direct: { https: https && answerOf(https.direct), http: answerOf(http.direct) },
        warnings,
    };
}

/** Asks by https where links are http; `undefined` where it doesn't work, which is told. */
async function askHttps(round: Round, address: string, warn: (warning: string) => void): Promise<Asked | undefined> {
    try {
        return await ask(round, address, "https", "browser");
    } catch (error) {
        if (!(error instanceof Unmet)) {
            throw error;
        }
        const { what, remedy } = wordsFor(error.finding, round);
        warn(`https links in mail already sent don't work: ${what}. ${remedy}`);
        return undefined;
    }
}

type Scheme = "https" | "http";

/** The user agents to ask with: a recipient's browser, and none, as some mail scanners have. */
const USER_AGENTS: Record<Agent, string | undefined> = {
    browser:
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    none: undefined,
};

/** A verdict and the two answers that it is about. */
interface Asked extends Verdict {
    edge: Reply;
    direct: Reply;
}

async function ask(round: Round, address: string, scheme: Scheme, agent: Agent): Promise<Asked> {
    const { hostname, endpoint, secure, lastRedirect } = round;
    const path = round.redirects ? PATH_WITH_QUERY : uncachedPath();
    const question: Question = { hostname, endpoint, secure, scheme, agent, path, lastRedirect };
    const edge = await askEdge(round, address, question);
    if (round.redirects) {
        return judgeRedirecting(round, edge, question);
    }
    const direct = await askEndpoint(round, question, edge, { scheme, host: hostname });
    return { edge, direct, ...compare(edge, direct, question) };
}

/** An edge's cache that doesn't tell http from https, or one sender from another, has nothing to answer this with. */
function uncachedPath(): string {
    return `${PATH}?probe=${randomBytes(8).toString("hex")}`;
}

/** Asks the endpoint as a recipient's browser does that follows an edge's redirect. */
async function judgeRedirecting(round: Round, edge: Reply, question: Question): Promise<Asked> {
    const warnings = redirectWarnings(edge, question);
    if (!warnings) {
        const { scheme, hostname } = question;
        const direct = await askEndpoint(round, question, edge, { scheme, host: hostname });
        throw notRedirected(edge, direct, question);
    }
    const direct = await askEndpoint(round, question, edge, { scheme: "https", host: round.endpoint });
    const verdict = judgeFollowed(edge, direct, question);
    return { edge, direct, ...verdict, warnings: [...verdict.warnings, ...warnings] };
}

/** What is proven of both kinds of clients. */
function weakest(...strengths: Verdict["strength"][]): Verdict["strength"] {
    return (["pending", "weak"] as const).find((strength) => strengths.includes(strength)) ?? "strong";
}

async function askEdge(round: Round, address: string, { scheme, agent, hostname, path }: Question): Promise<Reply> {
    const { network } = round;
    const target = { scheme, address, name: hostname, host: hostname, userAgent: USER_AGENTS[agent], path };
    try {
        return await get(target, network);
    } catch (error) {
        throw error instanceof NoReply ? await explain(error, round, address, scheme) : error;
    }
}

async function askEndpoint(
    { names, network }: Round,
    { endpoint, agent, path }: Question,
    edge: Reply,
    target: Pick<Target, "scheme" | "host">,
): Promise<Reply> {
    try {
        const [address = ""] = await names.addressesOf(endpoint);
        return await get({ ...target, address, name: endpoint, userAgent: USER_AGENTS[agent], path }, network);
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? String(error);
        throw new Unmet({ kind: "endpoint-silent", scheme: target.scheme, code, edgeStatus: edge.status });
    }
}

/** Which finding it is that the edge gave no answer. */
async function explain(error: NoReply, round: Round, address: string, scheme: Scheme): Promise<Unmet> {
    const { step, code, certificate } = error;
    switch (step) {
        case "connect":
            return new Unmet({ kind: "unconnected", scheme, address, code });
        case "answer":
            return new Unmet({ kind: "unanswered", scheme, code });
    }
    if (await isEndpoint(round, address, certificate)) {
        return new Unmet({ kind: "dns-only", address });
    }
    if (certificate) {
        return new Unmet({ kind: "certificate-refused", code, certificate });
    }
    return new Unmet({ kind: saysNoCertificate(code) ? "no-certificate" : "handshake-failed", code });
}

/** Whether the host leads to the endpoint itself, which refuses its name in SNI or shows a certificate of its own. */
async function isEndpoint(
    { endpoint, names }: Round,
    address: string,
    certificate?: ProbeCertificate,
): Promise<boolean> {
    if (certificate && covers(certificate.names, endpoint)) {
        return true;
    }
    const addresses = await names.addressesOf(endpoint).catch((): string[] => []);
    return addresses.includes(address);
}

/** An answer without what only findings are made of, its keys in the report's order. */
function answerOf({ status, location, contentLength, server }: Reply): ProbeAnswer {
    return { status, location, contentLength, server };
}

/** A certificate may be for hundreds of names. */
function shortened({ issuer, validTo, names }: ProbeCertificate): ProbeCertificate {
    return { issuer, validTo, names: names.slice(0, 10) };
}
