// A finding of the probe's as a check: the same kind and the same words.
import { type Finding, type Subject, wordsFor } from "../probe/findings";
import type { Check } from "./check";

/** A finding that keeps the probe from passing. */
export function brokenBy(finding: Finding, heading: Check["heading"], subject: Subject): Check {
    const { what, remedy } = wordsFor(finding, subject);
    return { heading, kind: finding.kind, state: "broken", seen: what, remedy };
}
