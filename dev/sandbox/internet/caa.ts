/**
 * CAA as a certificate authority reads it before it issues, RFC 8659.
 */
import type { CaaAnswer } from "dns-packet";
import type { Names } from "./names.ts";

/**
 * What forbids an authority to issue for a host; undefined if nothing does. The host's records count, aliases followed,
 * then those of the next name above it, and so on: the first that has any decides.
 * @param issuer the authority as CAA names it, `letsencrypt.org`.
 */
export function caaObstacle(host: string, issuer: string, names: Names): string | undefined {
    const labels = host.split(".");
    for (let from = 0; from < labels.length; from += 1) {
        const name = labels.slice(from).join(".");
        const answers = names.authoritativeAnswers(name, "CAA");
        const records = answers.filter((answer): answer is CaaAnswer => answer.type === "CAA").map(({ data }) => data);
        if (records.length) {
            const strange = records.find(({ flags, tag }) => Number(flags) >= 128 && !KNOWN.includes(tag));
            const issue = records.filter(({ tag }) => tag === "issue").map(({ value }) => domainOf(value));
            if (strange || (issue.length && !issue.includes(issuer))) {
                const allowed = issue.filter((domain) => domain).join(", ") || "nobody";
                return `CAA of ${name} doesn't allow ${issuer}, but ${allowed}`;
            }
            return undefined;
        }
    }
    return undefined;
}

/** Critical properties that aren't understood forbid too. */
const KNOWN = ["issue", "issuewild", "iodef"];

/** `letsencrypt.org; validationmethods=dns-01` is about letsencrypt.org, `;` about nobody. */
function domainOf(value: string): string {
    return (value.split(";")[0] ?? "").trim().toLowerCase();
}
