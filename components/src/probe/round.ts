// One round of checks, in the order in which a cause comes before its consequences: names, https through the edge and
// straight at the endpoint, their comparison, then plain http. The first check that doesn't pass ends the round.
import { covers, saysNoCertificate } from "./certificates";
import { compare, type Verdict } from "./compare";
import { type Agent, Unmet } from "./findings";
import { get, type Network, NoReply, type Reply } from "./get";
import type { Names } from "./names";
import type { ProbeAnswer, ProbeCertificate, ProbeReport } from "./report";

/** What a round needs. */
export interface Round {
    hostname: string;
    endpoint: string;
    names: Names;
    network: Network;
}

/** What a round that passed saw. */
export type Passed = Pick<ProbeReport, "strength" | "address" | "certificate" | "edge" | "direct" | "warnings">;

/** Runs one round; throws {@link Unmet} with the finding that keeps it from passing. */
export async function runRound(round: Round): Promise<Passed> {
    const warnings: string[] = [];
    const address = await round.names.addressOf(round.hostname, (warning) => warnings.push(warning));
    const browser = await ask(round, address, "https", "browser");
    const scanner = await ask(round, address, "https", "none");
    const plain = await ask(round, address, "http", "browser");
    const strength = browser.strength === "strong" && scanner.strength === "strong" ? "strong" : "weak";
    if (strength === "weak") {
        warnings.push(
            `The edge relays what ${round.endpoint} answers (${browser.edge.status}), but a stranger could answer the same: ` +
                "SparkPost's own check decides.",
        );
    }
    if (plain.warning !== undefined) {
        warnings.push(plain.warning);
    }
    return {
        strength,
        address,
        certificate: shortened(browser.edge.certificate as ProbeCertificate),
        edge: { https: answerOf(browser.edge), http: answerOf(plain.edge) },
        direct: { https: answerOf(browser.direct), http: answerOf(plain.direct) },
        warnings,
    };
}

type Scheme = "https" | "http";

/** The user agents to ask with: a recipient's browser, and none, as some mail scanners have. */
const USER_AGENTS: Record<Agent, string | undefined> = {
    browser:
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    none: undefined,
};

async function ask(
    round: Round,
    address: string,
    scheme: Scheme,
    agent: Agent,
): Promise<Verdict & { edge: Reply; direct: Reply }> {
    const { hostname, endpoint } = round;
    const edge = await askEdge(round, address, scheme, USER_AGENTS[agent]);
    const direct = await askEndpoint(round, scheme, USER_AGENTS[agent], edge.status);
    return { edge, direct, ...compare(edge, direct, { hostname, endpoint, scheme, agent }) };
}

async function askEdge(round: Round, address: string, scheme: Scheme, userAgent: string | undefined): Promise<Reply> {
    const { hostname, network } = round;
    try {
        return await get({ scheme, address, name: hostname, host: hostname, userAgent }, network);
    } catch (error) {
        throw error instanceof NoReply ? await explain(error, round, address, scheme) : error;
    }
}

async function askEndpoint(
    round: Round,
    scheme: Scheme,
    userAgent: string | undefined,
    edgeStatus: number,
): Promise<Reply> {
    const { hostname, endpoint, names, network } = round;
    try {
        const [address = ""] = await names.addressesOf(endpoint);
        return await get({ scheme, address, name: endpoint, host: hostname, userAgent }, network);
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? String(error);
        throw new Unmet({ kind: "endpoint-silent", scheme, code, edgeStatus });
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
