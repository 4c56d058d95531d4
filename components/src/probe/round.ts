// One round of checks, in the order in which a cause comes before its consequences: names, every address by the scheme of
// the links, then all questions to one of them, each through the edge and straight at the endpoint. The first check that
// doesn't pass ends the round. Where links are http, plain http comes first, and https may fail.
import { randomBytes } from "node:crypto";
import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { covers } from "../hostname";
import type { Clock } from "../process/poll";
import { type Agent, keptWarning, Unmet, wordsFor } from "./findings";
import { get, type Network, NoReply, type Reply, saysNoCertificate, type Target } from "./get";
import type { Names } from "./names";
import { proxyNotUsed } from "./network";
import type { Passed, ProbeAnswer, ProbeCertificate, ProbeReport } from "./report";
import {
    compare,
    expected,
    isKept,
    judgeFollowed,
    notRedirected,
    type Question,
    redirectWarnings,
    type Verdict,
} from "./verdict";

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
    /** Seconds after which a click is repeated; 0 for never. */
    repeatAfter: number;
    names: Names;
    network: Network;
    clock: Clock;
}

/** Addresses of one host that are asked: more than CDNs give (CloudFront gives 4 and 8). */
const MOST_ADDRESSES = 32;

/** Runs one round; throws {@link Unmet} with the finding that keeps it from passing. */
export async function runRound(round: Round): Promise<Passed> {
    const warnings: string[] = [];
    const warn = (warning: string) => void warnings.push(warning);
    const addresses = await round.names.addressesOfHost(round.hostname, warn);
    const scheme = round.secure ? "https" : "http";
    const looks = await lookAtAll(round, addresses.slice(0, MOST_ADDRESSES), scheme);
    const { address, asked: browser } = looks.working;
    const scanner = await ask(round, address, scheme, "none");
    const https = round.secure ? browser : await askHttps(round, address, warn);
    const http = round.secure ? await ask(round, address, "http", "browser") : browser;
    warnings.push(...new Set([browser, scanner, https, http].flatMap((verdict) => verdict?.warnings ?? [])));
    if (addresses.length > MOST_ADDRESSES) {
        warn(
            `Not looked at: ${addresses.length - MOST_ADDRESSES} of the ${addresses.length} addresses of ${round.hostname}.`,
        );
    }
    if (looks.unseen.length > 0) {
        warn(`Not looked at, because this machine has no way to IPv6 addresses: ${looks.unseen.join(", ")}.`);
    }
    const repeat = round.redirects ? undefined : await repeatClicks(round, address, [https ?? browser, scanner], warn);
    const certificate = https?.edge.certificate;
    const strength = weakest(browser.strength, scanner.strength);
    const passed: Passed = {
        strength: repeat === "kept" && strength === "strong" ? "weak" : strength,
        scheme,
        address,
        ...(looks.others.length > 0 && { others: looks.others }),
        certificate: certificate && shortened(certificate),
        edge: { https: https && answerOf(https.edge), http: answerOf(http.edge) },
        direct: { https: https && answerOf(https.direct), http: answerOf(http.direct) },
        ...(repeat && { repeat }),
        warnings,
    };
    if (looks.failing.length > 0) {
        throw new Unmet({ kind: "addresses-fail", failing: looks.failing, of: addresses.length }, passed);
    }
    return passed;
}

/** The first question, at every address. */
interface Looks {
    /** The first address that works. */
    working: { address: string; asked: Asked };
    /** The others that do. */
    others: string[];
    failing: { address: string; finding: Unmet["finding"] }[];
    /** Those that this machine can't reach, whatever is there. */
    unseen: string[];
}

type Look = { address: string; asked: Asked } | { address: string; error: Unmet };

/** Asks every address one question by this scheme. Throws {@link Unmet} where none works. */
async function lookAtAll(round: Round, [first = "", ...rest]: string[], scheme: Scheme): Promise<Looks> {
    const found: Omit<Looks, "working"> = { others: [], failing: [], unseen: [] };
    const attempt = async (address: string, look: (address: string) => Promise<Asked>): Promise<Look> => {
        try {
            return { address, asked: await look(address) };
        } catch (error) {
            if (!(error instanceof Unmet)) {
                throw error;
            }
            if (hasNoRoute(address, error)) {
                found.unseen.push(address);
            } else {
                found.failing.push({ address, finding: error.finding });
            }
            return { address, error };
        }
    };
    const full = (address: string) => ask(round, address, scheme, "browser");
    const one = await attempt(first, full);
    if ("error" in one && !isOfAddress(one.error)) {
        throw one.error;
    }
    // One that works is compared with the endpoint; the others then have to answer alike.
    const alike = (address: string) => ("asked" in one ? askAlike(round, address, one.asked) : full(address));
    const more = await Promise.all(rest.map((address) => attempt(address, alike)));
    const [working, ...others] = [one, ...more].filter((look) => "asked" in look);
    if (!working) {
        const obstacle = [one, ...more].find((look) => "error" in look && !found.unseen.includes(look.address)) ?? one;
        throw "error" in obstacle ? obstacle.error : new Error("an address neither works nor fails");
    }
    return { ...found, working, others: others.map(({ address }) => address) };
}

/** Whether another address of the host may work all the same; else the others aren't asked, which spares the endpoint. */
function isOfAddress({ finding: { kind } }: Unmet): boolean {
    return !["endpoint-silent", "endpoint-failing", "tracker-forbids"].includes(kind);
}

/** Asks another address what the first one was asked, with a path and target of its own. */
async function askAlike(round: Round, address: string, { question, direct }: Asked): Promise<Asked> {
    const another = { ...question, ...click() };
    const edge = await askEdge(round, address, another);
    const answered = { question: another, edge, direct, at: round.clock.now() };
    if (round.redirects) {
        const warnings = redirectWarnings(edge, another);
        if (!warnings) {
            throw notRedirected(edge, direct, another);
        }
        return { ...answered, strength: "strong", warnings };
    }
    const { scheme, hostname: host } = question;
    const bare = () => askEndpoint(round, { ...another, path: withoutQuery(another.path) }, edge, { scheme, host });
    return { ...answered, ...(await compare(edge, expected(direct, question, another), another, bare)) };
}

/** Codes of a connection for which this machine knows no way. */
const NO_ROUTE = ["ENETUNREACH", "EADDRNOTAVAIL", "EAFNOSUPPORT"];

/** Whether an IPv6 address wasn't reached because this machine has no IPv6, or one that ends in its own network. */
function hasNoRoute(address: string, { finding }: Unmet): boolean {
    if (!isIPv6(address) || finding.kind !== "unconnected") {
        return false;
    }
    const isLost = ["EHOSTUNREACH", "ETIMEDOUT"].includes(finding.code);
    return NO_ROUTE.includes(finding.code) || (isLost && !hasGlobalIpv6());
}

/** Of the addresses that the internet routes, 2000::/3 (RFC 4291). */
function hasGlobalIpv6(): boolean {
    const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    return own.some(({ family, address }) => family === "IPv6" && /^[23]/.test(address));
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

/**
 * Repeats two clicks some seconds after the first time: one with another target, by which a cache shows that doesn't look
 * at the query, and one as it was, by which any other shows that says how old its answer is. Each has a path of its own,
 * so that a cache has no answer to one from the other.
 */
async function repeatClicks(
    round: Round,
    address: string,
    [first, second]: [Asked, Asked],
    warn: (warning: string) => void,
): Promise<ProbeReport["repeat"]> {
    const { repeatAfter } = round;
    if (repeatAfter === 0) {
        return "not tried";
    }
    const { target, query } = newTarget();
    const other = { ...first.question, target, path: `${withoutQuery(first.question.path)}?${query}` };
    try {
        const isAnyKept =
            (await isAnsweredFromCache(round, address, first, other)) ||
            (await isAnsweredFromCache(round, address, second, second.question));
        if (isAnyKept) {
            warn(keptWarning(repeatAfter, round));
        }
        return isAnyKept ? "kept" : "arrived";
    } catch (error) {
        if (!(error instanceof Unmet)) {
            throw error;
        }
        warn(`A click couldn't be repeated: ${wordsFor(error.finding, round).what}.`);
        return "not tried";
    }
}

async function isAnsweredFromCache(round: Round, address: string, first: Asked, again: Question): Promise<boolean> {
    const { repeatAfter, clock } = round;
    await clock.sleep(Math.max(0, first.at + repeatAfter * 1000 - clock.now()));
    return isKept(await askEdge(round, address, again), first.edge, again.target, repeatAfter);
}

type Scheme = "https" | "http";

/** The user agents to ask with: a recipient's browser, and none, as some mail scanners have. */
const USER_AGENTS: Record<Agent, string | undefined> = {
    browser:
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    none: undefined,
};

/** A verdict, the question and the two answers that it is about, and when the edge's came. */
interface Asked extends Verdict {
    question: Question;
    edge: Reply;
    direct: Reply;
    at: number;
}

async function ask(round: Round, address: string, scheme: Scheme, agent: Agent): Promise<Asked> {
    const { hostname, endpoint, edge: kind, secure, lastRedirect, clock } = round;
    const question: Question = { hostname, endpoint, edge: kind, secure, scheme, agent, lastRedirect, ...click() };
    const edge = await askEdge(round, address, question);
    const at = clock.now();
    if (round.redirects) {
        return { question, edge, at, ...(await judgeRedirecting(round, edge, question)) };
    }
    const target = { scheme, host: hostname };
    const direct = await askEndpoint(round, question, edge, target);
    const bare = () => askEndpoint(round, { ...question, path: withoutQuery(question.path) }, edge, target);
    return { question, edge, direct, at, ...(await compare(edge, direct, question, bare)) };
}

/**
 * A click of nobody: the path of the vendor's smoke test, with a last part of its own, so that a cache that doesn't tell
 * http from https, one sender from another, or one query from another has nothing to answer it with.
 */
function click(): Pick<Question, "path" | "target"> {
    const { target, query } = newTarget();
    return { target, path: `/f/a/b/c/${randomBytes(8).toString("hex")}?${query}` };
}

/**
 * It has a query of its own, which an edge may take for the click's when it takes the click's apart, and capital letters,
 * which an edge may make small.
 */
function newTarget(): { target: string; query: string } {
    const target = `https://example.com/X${randomBytes(4).toString("hex")}?a=1&B=2`;
    return { target, query: `target=${encodeURIComponent(target)}` };
}

function withoutQuery(path: string): string {
    return path.split("?", 1)[0] ?? path;
}

/** Asks the endpoint as a recipient's browser does that follows an edge's redirect. */
async function judgeRedirecting(round: Round, edge: Reply, question: Question): Promise<Verdict & { direct: Reply }> {
    const warnings = redirectWarnings(edge, question);
    if (!warnings) {
        const { scheme, hostname } = question;
        const direct = await askEndpoint(round, question, edge, { scheme, host: hostname });
        throw notRedirected(edge, direct, question);
    }
    const direct = await askEndpoint(round, question, edge, { scheme: "https", host: round.endpoint });
    const verdict = judgeFollowed(edge, direct, question);
    return { direct, ...verdict, warnings: [...verdict.warnings, ...warnings] };
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
        const { scheme } = target;
        const code = (error as NodeJS.ErrnoException).code ?? String(error);
        const proxy = proxyNotUsed(`${scheme}://${endpoint}`);
        throw new Unmet({ kind: "endpoint-silent", scheme, code, edgeStatus: edge.status, proxy });
    }
}

/** Which finding it is that the edge gave no answer. */
async function explain(error: NoReply, round: Round, address: string, scheme: Scheme): Promise<Unmet> {
    const { step, code, certificate } = error;
    const proxy = proxyNotUsed(`${scheme}://${round.hostname}`);
    switch (step) {
        case "connect":
            return new Unmet({ kind: "unconnected", scheme, address, code, proxy });
        case "answer":
            return new Unmet({ kind: "unanswered", scheme, code });
    }
    if (await isEndpoint(round, address, certificate)) {
        return new Unmet({ kind: "dns-only", address });
    }
    if (certificate) {
        // Of all in the chain the host's own is the one that is told; it may be another one that has expired.
        const isIssuers = code === "CERT_HAS_EXPIRED" && Date.parse(certificate.validTo) > Date.now();
        return new Unmet({ kind: "certificate-refused", code, certificate, ...(isIssuers && { isIssuers }) });
    }
    return saysNoCertificate(code)
        ? new Unmet({ kind: "no-certificate", code })
        : new Unmet({ kind: "handshake-failed", code, proxy });
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

/** Characters of a `Location` in the report. */
const LONGEST_LOCATION = 300;

/** An answer without what only findings are made of, its keys in the report's order. */
function answerOf({ status, location, contentLength, server }: Reply): ProbeAnswer {
    return { status, location: location?.slice(0, LONGEST_LOCATION), contentLength, server };
}

/** A certificate may be for hundreds of names. */
function shortened({ issuer, validTo, names }: ProbeCertificate): ProbeCertificate {
    return { issuer, validTo, names: names.slice(0, 10) };
}
