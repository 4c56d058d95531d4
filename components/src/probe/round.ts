// One round of checks. It looks the names up, then asks every address by the scheme of the links, then asks one address all
// other questions. Each question goes through the edge and straight to the endpoint. The first check that fails ends the round:
// so a cause is found before its consequences. If links are http, https may fail.
import type { AppMaker } from "../appLinks";
import { appFileFinding } from "./appFiles";
import { type Asked, type Asking, areKept, ask, askAddresses, askAppFile, type Looks } from "./ask";
import { type Finding, keptWarning, lossOf, Unmet, wordsFor } from "./findings";
import type { Reply } from "./get";
import type { Passed, ProbeAnswer, ProbeCertificate, ProbeReport } from "./report";
import type { Verdict } from "./verdict";

interface Round extends Asking {
    /** Seconds after which a click is repeated; 0 for never. */
    repeatAfter: number;
    /** The files of app links that the edge serves, with what each has to name. */
    appLinks?: Partial<Record<AppMaker, string[]>>;
}

/** How many addresses of a host are asked. CDNs have fewer: CloudFront has 4 and 8. */
export const MOST_ADDRESSES = 32;

/** Runs one round. Throws {@link Unmet} with the first finding. */
export async function runRound(round: Round): Promise<Passed> {
    const warnings: string[] = [];
    const warn = (warning: string) => void warnings.push(warning);
    const addresses = await round.names.addressesOfHost(round.hostname, warn);
    const scheme = round.secure ? "https" : "http";
    const looks = await askAddresses(round, addresses.slice(0, MOST_ADDRESSES), scheme);
    const [working, ...others] = looks.working;
    if (!working) {
        throw obstacleOf(looks);
    }
    const { address, asked: browser } = working;
    const scanner = await ask(round, address, scheme, "none");
    const https = round.secure ? browser : await askHttps(round, address, warn);
    const http = round.secure ? await ask(round, address, "http", "browser") : browser;
    warnings.push(
        ...new Set(
            [browser, scanner, https, http].flatMap((verdict) => verdict?.warnings.map(({ text }) => text) ?? []),
        ),
    );
    if (addresses.length > MOST_ADDRESSES) {
        warn(
            `The probe didn't ask ${addresses.length - MOST_ADDRESSES} of the ${addresses.length} addresses of ${round.hostname}.`,
        );
    }
    if (looks.unseen.length > 0) {
        warn(
            `The probe didn't ask these addresses, because this machine has no IPv6: ${looks.unseen.map((look) => look.address).join(", ")}.`,
        );
    }
    const withoutApps = https && (await lookAtAppFiles(round, address));
    const repeat = round.redirects ? undefined : await repeatClicks(round, address, [https ?? browser, scanner], warn);
    const certificate = https?.edge.certificate;
    const strength = weakest(browser.strength, scanner.strength);
    const passed: Passed = {
        strength: repeat === "kept" && strength === "strong" ? "weak" : strength,
        scheme,
        address,
        ...(others.length > 0 && { others: others.map((look) => look.address) }),
        certificate: certificate && shortened(certificate),
        edge: { https: https && answerOf(https.edge), http: answerOf(http.edge) },
        direct: { https: https && answerOf(https.direct), http: answerOf(http.direct) },
        ...(repeat && { repeat }),
        ...(round.appLinks && !withoutApps && https && { appLinks: Object.keys(round.appLinks) as AppMaker[] }),
        warnings,
    };
    if (looks.failing.length > 0) {
        const failing = looks.failing.map((look) => ({ address: look.address, finding: look.error.finding }));
        throw new Unmet({ kind: "addresses-fail", failing, of: addresses.length }, passed);
    }
    if (withoutApps && round.secure) {
        throw new Unmet(withoutApps, passed);
    }
    if (withoutApps) {
        const { what, remedy } = wordsFor(withoutApps, round);
        warn(`${lossOf(withoutApps, round)}: ${what}. ${remedy}`);
    }
    return passed;
}

/** Why no address works. An address that this machine can't reach counts only if it can reach none. */
function obstacleOf({ failing, unseen }: Looks): Error {
    return [...failing, ...unseen][0]?.error ?? new Error("an address neither works nor fails");
}

/** Asks by https, for a host whose links are http. If https doesn't work, that is a warning. */
async function askHttps(round: Round, address: string, warn: (warning: string) => void): Promise<Asked | undefined> {
    try {
        return await ask(round, address, "https", "browser");
    } catch (error) {
        if (!(error instanceof Unmet)) {
            throw error;
        }
        const { what, remedy } = wordsFor(error.finding, round);
        warn(`https links in sent mail don't work: ${what}. ${remedy}`);
        return undefined;
    }
}

/** What is wrong with the files of app links. Clicks work all the same: links open in a browser. */
async function lookAtAppFiles(round: Round, address: string): Promise<Finding | undefined> {
    for (const [maker, names] of Object.entries(round.appLinks ?? {}) as [AppMaker, string[]][]) {
        try {
            const finding = appFileFinding(maker, await askAppFile(round, address, maker), names);
            if (finding) {
                return finding;
            }
        } catch (error) {
            if (!(error instanceof Unmet)) {
                throw error;
            }
            const { finding } = error;
            // The edge has just answered clicks at this address, so no click is lost.
            return {
                kind: "app-links",
                maker,
                fault: "silent",
                detail: "code" in finding ? finding.code : finding.kind,
            };
        }
    }
    return undefined;
}

async function repeatClicks(
    round: Round,
    address: string,
    clicks: [Asked, Asked],
    warn: (warning: string) => void,
): Promise<ProbeReport["repeat"]> {
    const { repeatAfter } = round;
    if (repeatAfter === 0) {
        return "not tried";
    }
    try {
        const isAnyKept = await areKept(round, address, clicks, repeatAfter);
        if (isAnyKept) {
            warn(keptWarning(repeatAfter, round));
        }
        return isAnyKept ? "kept" : "arrived";
    } catch (error) {
        if (!(error instanceof Unmet)) {
            throw error;
        }
        warn(`The probe couldn't repeat a click: ${wordsFor(error.finding, round).what}.`);
        return "not tried";
    }
}

/** What is proven for both kinds of clients. */
function weakest(...strengths: Verdict["strength"][]): Verdict["strength"] {
    return (["pending", "weak"] as const).find((strength) => strengths.includes(strength)) ?? "strong";
}

/** How many characters of a `Location` the report has. */
const LONGEST_LOCATION = 300;

/** The part of an answer that the report has, with the keys in its order. */
function answerOf({ status, location, contentLength, server }: Reply): ProbeAnswer {
    return { status, location: location?.slice(0, LONGEST_LOCATION), contentLength, server };
}

/** The certificate for the report. It may have hundreds of names. */
function shortened({ issuer, validTo, names }: ProbeCertificate): ProbeCertificate {
    return { issuer, validTo, names: names.slice(0, 10) };
}
