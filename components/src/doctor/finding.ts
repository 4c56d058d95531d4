// A finding of the probe's as a check: the same kind and the same words.
import { type Finding, type Subject, wordsFor } from "../probe/findings";
import type { Check } from "./check";

/** Findings by which nobody can tell whether links work: it is the network here, or too many requests. */
const UNJUDGED = ["resolver-silent", "name-servers-silent", "endpoint-unreachable", "rate-limited"];

/** What keeps the probe from passing, as a check. */
export function checkOf(finding: Finding, heading: Check["heading"], subject: Subject, means?: string): Check {
    const { what, remedy } = wordsFor(finding, subject);
    const isUnseen = UNJUDGED.includes(finding.kind) || isCutOff(finding);
    return { heading, kind: finding.kind, state: isUnseen ? "unseen" : "broken", seen: what, means, remedy };
}

/** Whether it was given up at the end of doctor's time. */
function isCutOff(finding: Finding): boolean {
    return "code" in finding && finding.code === "ECANCELLED";
}

/** What is wrong with https alone is a warning where links are http: those of mail already sent may be https. */
export function ofHttps(check: Check, { secure }: Subject): Check {
    return secure === false && check.state === "broken" ? { ...check, state: "warning" } : check;
}

/** Of a host without an address there is nothing more to see. */
export function notLookedAt(heading: Check["heading"], { hostname }: Subject): Check {
    return {
        heading,
        kind: "not-asked",
        state: "unseen",
        seen: `not looked at, because ${hostname} has no address here`,
    };
}
