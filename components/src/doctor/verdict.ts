// Sums a host's checks up in one sentence and one word. Pure.
import type { Looks, Scheme } from "../probe/ask";
import type { Check } from "./check";
import type { Subject } from "./world";

/** `broken` if a check is; `unseen` if links that matter couldn't be tried. */
export function stateOf(subject: Subject, checks: readonly Check[]): Check["state"] {
    const has = (state: Check["state"]) => checks.some((check) => check.state === state);
    const needed: Scheme[] = subject.secure === false ? ["http"] : ["https", "http"];
    const isUnseen = needed.some((scheme) => !works(subject, scheme));
    return has("broken") ? "broken" : isUnseen ? "unseen" : has("warning") ? "warning" : "ok";
}

/** One sentence without its full stop. */
export function verdictOf(subject: Subject, checks: readonly Check[]): string {
    const broken = checks.filter(({ state }) => state === "broken");
    const unseen = checks.find(({ state, kind }) => state === "unseen" && kind !== "not-asked");
    const [https, http] = [works(subject, "https"), works(subject, "http")];
    if (!https && !http) {
        return broken[0]
            ? `Links don't work: ${broken[0].seen}`
            : `It couldn't be looked at: ${unseen?.seen ?? "nobody answers"}`;
    }
    if (!https || !http) {
        const [good, bad] = https ? ["https", "http"] : ["http", "https"];
        const heading = https ? "way" : "certificate";
        const causes = [...broken, ...checks.filter(({ state }) => state === "warning")];
        const cause = causes.find((check) => check.heading === heading) ?? broken[0];
        return cause
            ? `Links work over ${good}; ${bad} links are broken: ${cause.seen}`
            : `Links work over ${good}; ${bad} couldn't be looked at: ${unseen?.seen ?? "nobody answers"}`;
    }
    const warnings = checks.filter(({ state }) => state === "warning").length;
    const worst = broken.find(({ kind }) => kind === "addresses-fail") ?? broken[0];
    const but = worst
        ? `, but not for everybody: ${worst.seen}`
        : warnings > 0
          ? `; ${warnings === 1 ? "one thing" : `${warnings} things`} could be better`
          : "";
    return `Links work over https and http${but}`;
}

/** Whether links of this scheme reach their targets at one address or more. If http redirects to https, https must work. */
export function works({ answers }: Pick<Subject, "answers">, scheme: Scheme): boolean {
    const reached = answers?.[scheme].working ?? [];
    return (
        reached.some((look) => !leadsToHttps(look)) ||
        (scheme === "http" && reached.length > 0 && works({ answers }, "https"))
    );
}

/** Whether http redirects to https there. */
export function leadsToHttps({ asked }: Looks["working"][number]): boolean {
    return asked.warnings.some(({ kind }) => kind === "http-to-https");
}
