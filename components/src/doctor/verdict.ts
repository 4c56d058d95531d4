// A host's checks in one sentence, and in one word. Pure.
import type { Check } from "./check";
import type { Subject } from "./world";

/** Kinds without which nobody knows whether links work. */
const NEEDED = ["resolver-silent", "name-servers-silent", "endpoint-unreachable", "rate-limited", "too-late"];

/** `broken` where any check is; `unseen` where the way itself couldn't be looked at. */
export function stateOf(checks: readonly Check[]): Check["state"] {
    const has = (state: Check["state"]) => checks.some((check) => check.state === state);
    const isUnseen = checks.some(({ state, kind }) => state === "unseen" && NEEDED.includes(kind));
    return has("broken") ? "broken" : isUnseen ? "unseen" : has("warning") ? "warning" : "ok";
}

/** One sentence without its full stop. */
export function verdictOf({ answers }: Subject, checks: readonly Check[]): string {
    const broken = checks.filter(({ state }) => state === "broken");
    const unseen = checks.find(({ state, kind }) => state === "unseen" && NEEDED.includes(kind));
    const works = (scheme: "https" | "http") => (answers?.[scheme].working.length ?? 0) > 0;
    if (!works("https") && !works("http")) {
        const [cause] = broken;
        return cause
            ? `Links don't work: ${cause.seen}`
            : `It couldn't be looked at: ${unseen?.seen ?? "nobody answers"}`;
    }
    const [good, bad] = works("https") ? ["https", "http"] : ["http", "https"];
    if (!works("https") || !works("http")) {
        const cause = broken.find(({ heading }) => heading === (bad === "https" ? "certificate" : "way")) ?? broken[0];
        return `Links work over ${good}; ${bad} links are broken${cause ? `: ${cause.seen}` : ""}`;
    }
    const warnings = checks.filter(({ state }) => state === "warning").length;
    const but = broken[0]
        ? `, but not for everybody: ${broken[0].seen}`
        : warnings > 0
          ? `; ${warnings === 1 ? "one thing" : `${warnings} things`} could be better`
          : "";
    return `Links work over https and http${but}`;
}
