// "Way through": whether each address answers as the endpoint does, by https and by http, for browsers and others, and again
// some seconds later.

import { areKept, ask, type Scheme } from "../probe/ask";
import { type Agent, type Finding, keptWarning, Unmet } from "../probe/findings";
import { isOfCertificate } from "./certificate";
import { type Check, checkOf, notLookedAt, ofHttps } from "./check";
import { leadsToHttps, works } from "./verdict";
import { type Answers, askingOf, type Look, type Subject, type World } from "./world";

export const lookAtWay: Look = async (subject, world) => {
    const { answers } = subject;
    if (!answers) {
        return [notLookedAt("way", subject)];
    }
    const https = ofScheme("https", answers, subject).map((check) => ofHttps(check, subject));
    const http = ofScheme("http", answers, subject);
    const [agents, repeated] = await Promise.all([
        ofAgents(subject, answers, world),
        ofRepetition(subject, answers, world),
    ]);
    return [...https, ...http, ...unseenAddresses(answers), ...ofWarnings(answers), ...agents, ...repeated];
};

const SCHEMES = ["https", "http"] as const;

/** One check for all addresses by one scheme. */
function ofScheme(scheme: Scheme, answers: Answers, subject: Subject): Check[] {
    const { working, failing } = answers[scheme];
    const { hostname, endpoint } = subject;
    const of = working.length + failing.length;
    if (working.length > 0 && failing.length > 0) {
        const some = failing.map(({ address, error }) => ({ address, finding: error.finding }));
        const finding: Finding = { kind: "addresses-fail", failing: some, of };
        const means = `Some clicks on ${scheme} links of ${hostname} are lost: which address is used is chance.`;
        return [checkOf(finding, "way", subject, means)];
    }
    const [first] = failing;
    if (first) {
        const { finding } = first.error;
        if (scheme === "https" && isOfCertificate(finding)) {
            const seen = "https wasn't asked any more, because of its certificate";
            return [{ heading: "way", kind: scheme, state: "unseen", seen }];
        }
        return [checkOf(finding, "way", subject, `${scheme} links of ${hostname} don't lead to their targets.`)];
    }
    const addresses = working.map(({ address }) => address).join(", ");
    const where = working.length > 1 ? `each of the ${working.length} addresses (${addresses})` : addresses;
    const seen = answers.redirects
        ? `${scheme} redirects to ${endpoint} with path and query, at ${where}`
        : `${scheme} answers as ${endpoint} does, at ${where}`;
    // A warning of its own says that plain http is redirected to https.
    return working.every(leadsToHttps) ? [] : [{ heading: "way", kind: scheme, state: "ok", seen }];
}

/** Addresses that this machine has no way to reach. */
function unseenAddresses({ https, http }: Answers): Check[] {
    const addresses = new Set([...https.unseen, ...http.unseen].map(({ address }) => address));
    return addresses.size > 0
        ? [
              {
                  heading: "way",
                  kind: "addresses-unseen",
                  state: "unseen",
                  seen: `${[...addresses].join(", ")} wasn't looked at, because this machine has no way to IPv6 addresses`,
                  remedy: "Run doctor on a machine with IPv6 to see them.",
              },
          ]
        : [];
}

/** What works, but could be better. The first sentence says what was seen, the rest what it means. */
function ofWarnings(answers: Answers): Check[] {
    const warnings = [answers.https, answers.http].flatMap(({ working }) =>
        working.flatMap(({ asked }) => asked.warnings),
    );
    const each = new Map(warnings.map((warning) => [warning.kind, warning]));
    return [...each.values()].map(({ kind, text }) =>
        kind === "http-to-https" && !works({ answers }, "https")
            ? {
                  heading: "way",
                  kind,
                  state: "broken",
                  ...split(text),
                  means: "http links lead to https, which doesn't work.",
              }
            : { heading: "way", kind, state: kind === "query-unproven" ? "unseen" : "warning", ...split(text) },
    );
}

function split(text: string): Pick<Check, "seen" | "means"> {
    const [, seen = text, means] = /^(.*?)\.(?:\s+(.*))?$/s.exec(text) ?? [];
    return { seen, ...(means && { means }) };
}

/** Who clicks besides browsers. */
const OTHERS: [agent: Agent, state: Check["state"], means: string][] = [
    ["none", "broken", "Mail scanners that follow links find them broken, and may hold the mail back."],
    ["assistant", "warning", "Links that such an agent opens for somebody don't work, and aren't counted."],
];

/** Asks as those, if a browser gets through. */
async function ofAgents(subject: Subject, answers: Answers, world: World): Promise<Check[]> {
    const scheme = SCHEMES.find((one) => answers[one].working.length > 0);
    const address = scheme && answers[scheme].working[0]?.address;
    if (!scheme || address === undefined) {
        return [];
    }
    const asking = askingOf(subject, answers.redirects, world);
    const found = await Promise.all(
        OTHERS.map(async ([agent, state, means]): Promise<Check[]> => {
            const finding = await findingOf(() => ask(asking, address, scheme, agent));
            const check = finding && checkOf(finding, "way", subject, means);
            return check ? [{ ...check, state: check.state === "broken" ? state : check.state }] : [];
        }),
    );
    const seen = "a mail scanner without User-Agent and an AI agent get the same answer as a browser";
    return found.flat().length > 0 ? found.flat() : [{ heading: "way", kind: "agents", state: "ok", seen }];
}

/** Whether a cache answers a repeated click, as in the probe. */
async function ofRepetition(subject: Subject, answers: Answers, world: World): Promise<Check[]> {
    const { https, http, redirects } = answers;
    const [first] = [...https.working, ...http.working];
    const { repeatAfter } = world;
    if (repeatAfter === 0 || redirects || !first) {
        return [];
    }
    const asking = askingOf(subject, redirects, world);
    let isKept = false;
    const finding = await findingOf(async () => {
        const { scheme } = first.asked.question;
        const second = await ask(asking, first.address, scheme, "browser");
        world.tell(`repeating clicks after ${repeatAfter} s`);
        isKept = await areKept(asking, first.address, [first.asked, second], repeatAfter);
    });
    if (finding) {
        const { seen } = checkOf(finding, "way", subject);
        return [{ heading: "way", kind: "repeat", state: "unseen", seen: `a click couldn't be repeated: ${seen}` }];
    }
    const seen = `a click that is repeated after ${repeatAfter} s reaches ${subject.endpoint}`;
    return isKept
        ? [{ heading: "way", kind: "kept", state: "warning", ...split(keptWarning(repeatAfter, subject)) }]
        : [{ heading: "way", kind: "repeat", state: "ok", seen }];
}

/** The finding that this throws; `undefined` if it passes. */
async function findingOf(asking: () => Promise<unknown>): Promise<Finding | undefined> {
    try {
        await asking();
        return undefined;
    } catch (error) {
        if (!(error instanceof Unmet)) {
            throw error;
        }
        return error.finding;
    }
}
