// One question to a tracking host, asked through its edge and straight to the endpoint, and what the two answers mean: at one
// address, at all of them, and again some seconds later. The probe and doctor both use it.
import { randomBytes } from "node:crypto";
import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { APP_FILES, type AppMaker, LONGEST_FILE } from "../appLinks";
import { covers } from "../hostname";
import type { Clock } from "../process/poll";
import { type Agent, type Finding, Unmet } from "./findings";
import { get, type Network, NoReply, type Reply, type ShownCertificate, saysNoCertificate, type Target } from "./get";
import type { Names } from "./names";
import { proxyNotUsed } from "./network";
import type { ProbeCertificate } from "./report";
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

/** Which host to ask, and how. */
export interface Asking {
    hostname: string;
    endpoint: string;
    /** What terminates TLS, as `Edge.kind`. */
    edge?: string;
    /** Whether the host's links are https. If so, https must work. */
    secure: boolean;
    /** Whether the edge must redirect to the endpoint instead of relaying. */
    redirects: boolean;
    /** In mode redirect: the endpoint to which the host redirected at the last probe. */
    lastRedirect?: string;
    names: Names;
    network: Network;
    clock: Clock;
}

export type Scheme = "https" | "http";

/** The user agents to ask with. */
const USER_AGENTS: Record<Agent, string | undefined> = {
    browser:
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    none: undefined,
    assistant:
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0; +https://openai.com/bot",
};

/** A verdict with its question and both answers. `at`: when the edge's answer came. */
export interface Asked extends Verdict {
    question: Question;
    edge: Reply;
    direct: Reply;
    at: number;
}

/** Asks one address with a test click. Throws {@link Unmet}. */
export async function ask(asking: Asking, address: string, scheme: Scheme, agent: Agent): Promise<Asked> {
    const { hostname, endpoint, edge: kind, secure, lastRedirect, clock } = asking;
    const question: Question = { hostname, endpoint, edge: kind, secure, scheme, agent, lastRedirect, ...click() };
    const edge = await askEdge(asking, address, question);
    const at = clock.now();
    if (asking.redirects) {
        return { question, edge, at, ...(await judgeRedirecting(asking, edge, question)) };
    }
    const target = { scheme, host: hostname };
    const direct = await askEndpoint(asking, question, edge, target);
    const bare = () => askEndpoint(asking, { ...question, path: withoutQuery(question.path) }, edge, target);
    return { question, edge, direct, at, ...(await compare(edge, direct, question, bare)) };
}

/**
 * A test click: the path of SparkPost's smoke test with a random end. So no cache has an answer to it, not even one that
 * ignores scheme, sender or query.
 */
function click(): Pick<Question, "path" | "target"> {
    const { target, query } = newTarget();
    return { target, path: `/f/a/b/c/${randomBytes(8).toString("hex")}?${query}` };
}

/**
 * A target that shows two faults of an edge: one that takes the click's query apart cuts the target's own query off, and one
 * that lowers letters changes the capitals.
 */
function newTarget(): { target: string; query: string } {
    const target = `https://example.com/X${randomBytes(4).toString("hex")}?a=1&B=2`;
    return { target, query: `target=${encodeURIComponent(target)}` };
}

function withoutQuery(path: string): string {
    return path.split("?", 1)[0] ?? path;
}

/** Follows the edge's redirect to the endpoint, as a recipient's browser does. */
async function judgeRedirecting(asking: Asking, edge: Reply, question: Question): Promise<Verdict & { direct: Reply }> {
    const warnings = redirectWarnings(edge, question);
    if (!warnings) {
        const { scheme, hostname } = question;
        const direct = await askEndpoint(asking, question, edge, { scheme, host: hostname });
        throw notRedirected(edge, direct, question);
    }
    const direct = await askEndpoint(asking, question, edge, { scheme: "https", host: asking.endpoint });
    const verdict = judgeFollowed(edge, direct, question);
    return { direct, ...verdict, warnings: [...verdict.warnings, ...warnings] };
}

/** What each address of a host answered to the first question, in the order of the addresses. */
export interface Looks {
    working: { address: string; asked: Asked }[];
    failing: { address: string; error: Unmet }[];
    /** Addresses that this machine has no way to reach. */
    unseen: { address: string; error: Unmet }[];
}

type Look = { address: string; asked: Asked } | { address: string; error: Unmet };

/** Asks every address one question by this scheme. The first address may show that none can be judged: then it asks no more. */
export async function askAddresses(asking: Asking, addresses: string[], scheme: Scheme): Promise<Looks> {
    const [first = "", ...rest] = addresses;
    const attempt = async (address: string, look: (address: string) => Promise<Asked>): Promise<Look> => {
        try {
            return { address, asked: await look(address) };
        } catch (error) {
            if (!(error instanceof Unmet)) {
                throw error;
            }
            return { address, error };
        }
    };
    const full = (address: string) => ask(asking, address, scheme, "browser");
    const one = await attempt(first, full);
    // Only one that works is compared with the endpoint. The others must answer like that one.
    const alike = (address: string) => ("asked" in one ? askAlike(asking, address, one.asked) : full(address));
    const isSpared = "error" in one && !isOfAddress(one.error);
    const more = isSpared ? [] : await Promise.all(rest.map((address) => attempt(address, alike)));
    const looks = [one, ...more];
    const failing = looks.filter((look) => "error" in look);
    return {
        working: looks.filter((look) => "asked" in look),
        failing: failing.filter(({ address, error }) => !hasNoRoute(address, error)),
        unseen: failing.filter(({ address, error }) => hasNoRoute(address, error)),
    };
}

/** Whether another address may work all the same. If not, asking it would only burden the endpoint. */
function isOfAddress({ finding: { kind } }: Unmet): boolean {
    return !["endpoint-unreachable", "endpoint-failing", "rate-limited"].includes(kind);
}

/** Asks another address the question of the first one, with another path and target. */
async function askAlike(asking: Asking, address: string, { question, direct }: Asked): Promise<Asked> {
    const another = { ...question, ...click() };
    const edge = await askEdge(asking, address, another);
    const answered = { question: another, edge, direct, at: asking.clock.now() };
    if (asking.redirects) {
        const warnings = redirectWarnings(edge, another);
        if (!warnings) {
            throw notRedirected(edge, direct, another);
        }
        return { ...answered, strength: "strong", warnings };
    }
    const { scheme, hostname: host } = question;
    const bare = () => askEndpoint(asking, { ...another, path: withoutQuery(another.path) }, edge, { scheme, host });
    return { ...answered, ...(await compare(edge, expected(direct, question, another), another, bare)) };
}

/** Codes of a connection for which this machine has no route. */
const NO_ROUTE = ["ENETUNREACH", "EADDRNOTAVAIL", "EAFNOSUPPORT"];

/** Whether an IPv6 address can't be reached because this machine's IPv6 is missing or ends in its own network. */
function hasNoRoute(address: string, { finding }: Unmet): boolean {
    if (!isIPv6(address) || finding.kind !== "connection-failed") {
        return false;
    }
    const isLost = ["EHOSTUNREACH", "ETIMEDOUT"].includes(finding.code);
    return NO_ROUTE.includes(finding.code) || (isLost && !hasGlobalIpv6());
}

/** Whether this machine has an address that the internet routes: one of 2000::/3 (RFC 4291). */
function hasGlobalIpv6(): boolean {
    const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    return own.some(({ family, address }) => family === "IPv6" && /^[23]/.test(address));
}

/**
 * Whether the edge's cache answers a click that was asked `repeatAfter` seconds before. It repeats two clicks. The first has
 * another target: a cache that ignores the query answers with the old one. The second is unchanged: other caches say how old
 * their answer is. The two have different paths, so neither answers the other.
 */
export async function areKept(
    asking: Asking,
    address: string,
    [first, second]: [Asked, Asked],
    repeatAfter: number,
): Promise<boolean> {
    const { target, query } = newTarget();
    const other = { ...first.question, target, path: `${withoutQuery(first.question.path)}?${query}` };
    const isAnsweredFromCache = async ({ at, edge }: Asked, again: Question) => {
        await asking.clock.sleep(Math.max(0, at + repeatAfter * 1000 - asking.clock.now()));
        return isKept(await askEdge(asking, address, again), edge, again.target, repeatAfter);
    };
    return (await isAnsweredFromCache(first, other)) || (await isAnsweredFromCache(second, second.question));
}

/** Asks for a file of app links, as a phone does: by https. Throws {@link Unmet} where nobody answers. */
export function askAppFile(asking: Asking, address: string, maker: AppMaker): Promise<Reply> {
    const { path } = APP_FILES[maker];
    const keeps = LONGEST_FILE;
    return askEdge(asking, address, { scheme: "https", agent: "browser", hostname: asking.hostname, path, keeps });
}

async function askEdge(
    asking: Asking,
    address: string,
    {
        scheme,
        agent,
        hostname,
        path,
        keeps,
    }: Pick<Question, "scheme" | "agent" | "hostname" | "path"> & { keeps?: number },
): Promise<Reply> {
    const { network } = asking;
    const target = { scheme, address, name: hostname, host: hostname, userAgent: USER_AGENTS[agent], path, keeps };
    try {
        return await get(target, network);
    } catch (error) {
        throw error instanceof NoReply ? await explain(error, asking, address, scheme) : error;
    }
}

async function askEndpoint(
    { names, network }: Asking,
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
        throw new Unmet({ kind: "endpoint-unreachable", scheme, code, edgeStatus: edge.status, proxy });
    }
}

/** The finding for an edge that gave no answer. */
async function explain(error: NoReply, asking: Asking, address: string, scheme: Scheme): Promise<Unmet> {
    const { step, code, certificate } = error;
    const proxy = proxyNotUsed(`${scheme}://${asking.hostname}`);
    switch (step) {
        case "connect":
            return new Unmet({ kind: "connection-failed", scheme, address, code, proxy });
        case "answer":
            return new Unmet({ kind: "no-answer", scheme, code });
    }
    if (await isEndpoint(asking, address, certificate)) {
        return new Unmet({ kind: "dns-only", address });
    }
    if (certificate) {
        return new Unmet(refusedBecause(code, certificate));
    }
    return saysNoCertificate(code)
        ? new Unmet({ kind: "no-certificate", code })
        : new Unmet({ kind: "handshake-failed", code, proxy });
}

/** The finding for a certificate that is refused. */
function refusedBecause(code: string, certificate: ShownCertificate): Finding {
    if (code === "UNABLE_TO_VERIFY_LEAF_SIGNATURE" && certificate.isAlone) {
        return { kind: "intermediate-missing", certificate };
    }
    if (hasSmallKey(certificate)) {
        return { kind: "key-too-small", certificate, bits: certificate.key?.bits ?? 0 };
    }
    // The finding shows the host's own certificate. The expired one may be another of its chain.
    const isIssuers = code === "CERT_HAS_EXPIRED" && Date.parse(certificate.validTo) > Date.now();
    return { kind: "certificate-refused", code, certificate, ...(isIssuers && { isIssuers }) };
}

/** Whether public authorities sign no key that is so small (CA/Browser Forum, Baseline Requirements, 6.1.5). */
function hasSmallKey({ key }: ShownCertificate): boolean {
    return key !== undefined && key.bits < (key.type === "RSA" ? 2048 : 256);
}

/** Whether the host points to the endpoint itself. That refuses the host's name in SNI, or shows its own certificate. */
async function isEndpoint(
    { endpoint, names }: Asking,
    address: string,
    certificate?: ProbeCertificate,
): Promise<boolean> {
    if (certificate && covers(certificate.names, endpoint)) {
        return true;
    }
    const addresses = await names.addressesOf(endpoint).catch((): string[] => []);
    return addresses.includes(address);
}
