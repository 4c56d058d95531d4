/**
 * CAA as a certificate authority reads it before it issues, RFC 8659 and 8657.
 */
import type { CaaAnswer } from "dns-packet";
import type { Names } from "./names.ts";

/** An order at an authority. */
export interface Order {
    /** The authority as CAA names it, `letsencrypt.org`. */
    issuer: string;
    /** The vendor's account there. */
    account: string;
    method: "dns-01" | "http-01";
}

/**
 * What forbids an authority to issue for a host; undefined if nothing does. The host's records count, aliases followed,
 * then those of the next name above it, and so on: the first that has any decides.
 */
export function caaObstacle(host: string, order: Order, names: Names): string | undefined {
    const labels = host.split(".");
    for (let from = 0; from < labels.length; from += 1) {
        const name = labels.slice(from).join(".");
        const answers = names.authoritativeAnswers(name, "CAA");
        const records = answers.filter((answer): answer is CaaAnswer => answer.type === "CAA").map(({ data }) => data);
        if (records.length) {
            const strange = records.find(({ flags, tag }) => Number(flags) >= 128 && !KNOWN.includes(tag));
            const issue = records.filter(({ tag }) => tag === "issue").map(({ value }) => value);
            if (strange || (issue.length && !issue.some((value) => allows(value, order)))) {
                const allowed = issue.filter((value) => domainOf(value)).join(", ") || "nobody";
                return `CAA of ${name} doesn't allow ${order.issuer}, but ${allowed}`;
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

function allows(value: string, { issuer, account, method }: Order): boolean {
    const parameters = new Map(
        value
            .split(";")
            .slice(1)
            .map((parameter) => parameter.split("=").map((part) => part.trim()))
            .map(([name = "", text = ""]) => [name.toLowerCase(), text]),
    );
    const methods = parameters.get("validationmethods")?.split(",");
    return (
        domainOf(value) === issuer &&
        (methods?.includes(method) ?? true) &&
        (parameters.get("accounturi") ?? account) === account
    );
}
