// What doctor says about one thing. The terminal, the JSON and the page show only checks.
import { type Finding, type Subject, wordsFor } from "../probe/findings";

/** The headings, in the order of a click's way. The last one needs keys. */
export const HEADINGS = {
    dns: "DNS",
    certificate: "Certificate",
    way: "Way through",
    browser: "Browser",
    accounts: "CDN and SparkPost",
} as const;

/** A check of the heading that is being looked at. */
export type Found = Omit<Check, "heading">;

export interface Check {
    heading: keyof typeof HEADINGS;
    /** What was found. If the probe has a finding for it, the finding's kind. */
    kind: string;
    /** `broken`: links don't work, or soon won't. `unseen`: doctor couldn't look, and `seen` says why. */
    state: "ok" | "warning" | "broken" | "unseen";
    /** What was seen: one sentence without its full stop. */
    seen: string;
    /** What it means for links, in whole sentences. */
    means?: string;
    /** What to do, in whole sentences. */
    remedy?: string;
}

/** Findings that leave open whether links work: the cause is the network here, or too many requests. */
const UNJUDGED = ["resolver-silent", "name-servers-silent", "endpoint-unreachable", "rate-limited"];

/** A finding of the probe's as a check, of the same kind and in the same words. */
export function checkOf(finding: Finding, heading: Check["heading"], subject: Subject, means?: string): Check {
    const { what, remedy } = wordsFor(finding, subject);
    const isUnseen = UNJUDGED.includes(finding.kind) || isCutOff(finding);
    return { heading, kind: finding.kind, state: isUnseen ? "unseen" : "broken", seen: what, means, remedy };
}

/** Whether doctor's deadline ended it. */
function isCutOff(finding: Finding): boolean {
    return "code" in finding && finding.code === "ECANCELLED";
}

/** If links are http, a fault of https is only a warning. Links in mail already sent may be https. */
export function ofHttps(check: Check, { secure }: Subject): Check {
    return secure === false && check.state === "broken" ? { ...check, state: "warning" } : check;
}

/** The check for a host without an address. */
export function notLookedAt(heading: Check["heading"], { hostname }: Subject): Check {
    return {
        heading,
        kind: "not-asked",
        state: "unseen",
        seen: `not looked at, because ${hostname} has no address here`,
    };
}
