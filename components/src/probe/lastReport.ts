// What the probe knows of its last run: Pulumi's Command hands a program that runs again what it printed before.
import type { ProbeReport } from "./report";

/** The variable that @pulumi/command sets: "the previous command's stdout … injected into the environment". */
export const LAST_REPORT_VARIABLE = "PULUMI_COMMAND_STDOUT";

/** The endpoint that this host redirected to when it was probed last; undefined if it didn't, or nothing is known. */
export function lastRedirectOf(hostname: string, text: string | undefined): string | undefined {
    let last: Partial<ProbeReport> | null;
    try {
        last = JSON.parse(text ?? "null");
    } catch {
        return undefined;
    }
    return last?.redirects === true && last.hostname === hostname ? last.endpoint : undefined;
}
