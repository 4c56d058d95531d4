// A host's checks in one sentence, and in one word. Pure.
import type { Check } from "./check";
import type { Subject } from "./world";

/** `broken` where any check is; `unseen` where the way itself couldn't be looked at. */
export function stateOf(checks: readonly Check[]): Check["state"] {
    const has = (state: Check["state"]) => checks.some((check) => check.state === state);
    return has("broken") ? "broken" : has("warning") ? "warning" : "ok";
}

export function verdictOf({ answers }: Subject, checks: readonly Check[]): string {
    const cause = (scheme: "https" | "http") => answers?.[scheme].working.length === 0;
    const broken = checks.find(({ state }) => state === "broken");
    const [https, http] = [!cause("https"), !cause("http")];
    return !answers || (!https && !http)
        ? `Links don't work: ${broken?.seen}`
        : https && http
          ? "Links work over https and http"
          : `Links work over ${https ? "https" : "http"}; ${https ? "http" : "https"} links are broken: ${broken?.seen}`;
}
