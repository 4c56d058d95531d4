// What a failed SparkPost call says: the call, the answer, what to do. The first line carries the essence, for a
// resource's row shows no more.
import type { AxiosError } from "axios";
import { retryAfter } from "axios-retry";

/** A call that SparkPost refused, or that never reached it. */
export class SparkPostError extends Error {
    override readonly name = "SparkPostError";

    constructor(
        /** The call, such as `PUT /tracking-domains/track.example.com`. */
        readonly call: string,
        /** HTTP status; 0 when there was no answer. */
        readonly status: number,
        /** What SparkPost (or the network) said, in its own words. */
        readonly said: string,
        remedy?: string,
        /** Milliseconds after which SparkPost wants to be asked again; 0 when it doesn't say. */
        readonly retryAfter = 0,
    ) {
        super(describe(call, status, said) + (remedy ? `\n${remedy}` : ""));
        // The plugin prints the stack of what `read` and `delete` throw; ours would only point into itself.
        this.stack = "";
    }
}

/** An error whose message is meant for the user as it stands: no stack. */
export class OperationError extends Error {
    override readonly name = "OperationError";

    constructor(message: string) {
        super(message);
        this.stack = "";
    }
}

/** Whether SparkPost says that the thing isn't there. */
export function isNotFound(error: unknown): boolean {
    return error instanceof SparkPostError && error.status === 404;
}

/** Whether asking again later can help: no answer, too many calls, a fault on SparkPost's side. */
export function isTransient(error: unknown): boolean {
    return error instanceof SparkPostError && (error.status === 0 || error.status === 429 || error.status >= 500);
}

/**
 * Turns what axios threw into our error. `key` is cut out of whatever text comes back; anything that isn't a call's
 * failure passes through untouched.
 */
export function fromAxios(
    error: unknown,
    { call, key, apiUrl }: { call: string; key: string; apiUrl: string },
): unknown {
    if (!isAxiosError(error)) {
        return error;
    }
    const status = error.response?.status ?? 0;
    const said = error.response ? messageOf(error.response.data, key) : networkMessage(error, apiUrl);
    const wait = retryAfter(error);
    const remedy =
        status === 429 && wait > 0
            ? `SparkPost limits the rate of calls, and asks to wait ${Math.ceil(wait / 1_000)} s. Run the command again after that.`
            : remedyFor(status, call, apiUrl, said);
    return new SparkPostError(call, status, redact(said, key), remedy, wait);
}

function isAxiosError(error: unknown): error is AxiosError {
    return typeof error === "object" && error !== null && "isAxiosError" in error;
}

function describe(call: string, status: number, said: string): string {
    const answer = status === 0 ? "got no answer" : `was answered with ${status}`;
    return said ? `${call} ${answer}: ${said}` : `${call} ${answer}, without a message.`;
}

function networkMessage(error: AxiosError, apiUrl: string): string {
    const host = new URL(apiUrl).host;
    switch (error.code) {
        case "ENOTFOUND":
            return `${host} isn't known to DNS`;
        case "ECONNREFUSED":
            return `${host} refused the connection`;
        case "ECONNABORTED":
        case "ETIMEDOUT":
            return `${host} didn't answer in time (${(error.config?.timeout ?? 0) / 1000} s)`;
        default:
            return error.message || `${error.code ?? "the connection failed"}`;
    }
}

/** SparkPost's message from any of its three error shapes; a body of no known shape as it came. */
export function messageOf(body: unknown, key: string): string {
    const errors = (body as { errors?: unknown } | null)?.errors;
    const parts = (Array.isArray(errors) ? errors : errors ? [errors] : []).map(partOf).filter((part) => part !== "");
    if (parts.length > 0) {
        return parts.join("; ");
    }
    return excerpt(typeof body === "string" ? body.trim() : body ? JSON.stringify(body) : "", key);
}

/** Whole, unless it is a page that something between here and SparkPost made. */
export function excerpt(text: string, key: string): string {
    // The key goes first: a cut through the middle of it would leave a part that nobody recognises.
    const safe = redact(text, key);
    return safe.length > 600 ? `${safe.slice(0, 600)}…` : safe;
}

function redact(text: string, key: string): string {
    return text.replaceAll(key, "[api key]");
}

function partOf(error: unknown): string {
    if (typeof error === "string") {
        return error;
    }
    const { message, description, code, param, value } = (error ?? {}) as Record<string, unknown>;
    const text = [message, description].filter((part) => typeof part === "string" && part !== "").join(": ");
    const details = [
        param !== undefined && `field ${param}`,
        value !== undefined && `value ${JSON.stringify(value)}`,
        code !== undefined && `code ${code}`,
    ].filter(Boolean);
    return text && details.length > 0 ? `${text} (${details.join(", ")})` : text || JSON.stringify(error);
}

/** What is probably wrong where something other than SparkPost's API answers. */
export function notAnApi(apiUrl: string): string {
    return `${apiUrl} doesn't answer like SparkPost's API: check region, tenant or apiUrl.`;
}

function grantFor(call: string): string {
    const of = call.includes("/sending-domains/") ? "sending_domains" : "tracking_domains";
    return call.startsWith("GET") ? `${of}/view` : `${of}/manage`;
}

function remedyFor(status: number, call: string, apiUrl: string, said: string): string | undefined {
    const host = new URL(apiUrl).host;
    switch (status) {
        case 0:
            return `Check the network, a proxy, and the account's region, tenant or apiUrl (now ${apiUrl}).`;
        case 400:
            return /blacklist/i.test(said)
                ? "Have the name taken off the list by whoever keeps it, or choose another host."
                : undefined;
        case 401:
            return (
                `The API key isn't valid at ${host}. US, EU and Enterprise keys are unknown to each other: check the account's region, and the key. ` +
                "A refresh or destroy uses the key of the last `pulumi up`: after a change of the key run `pulumi up` first, or add `--run-program`."
            );
        case 403: {
            return `The API key lacks the grant ${grantFor(call)}, or its list of allowed IPs leaves this machine out. Both are edited under API keys in SparkPost's UI.`;
        }
        case 404:
            if (call.includes("/sending-domains/")) {
                return "There is no such sending domain in this account and subaccount. Add it in SparkPost's UI, or mend the name or the subaccount.";
            }
            // The collection itself is always there.
            return /\/tracking-domains(\?|$)/.test(call)
                ? notAnApi(apiUrl)
                : "The domain isn't registered in this account and subaccount. Run `pulumi up --refresh`, so that what was deleted elsewhere is made again. One of another subaccount is reached by that one's `account: { subaccount }`, and its key.";
        case 409:
            return "The name is registered already.";
        case 422:
            return call.startsWith("POST")
                ? "SparkPost takes a subdomain with valid labels, such as track.example.com."
                : undefined;
        case 429:
            return "SparkPost limits the rate of calls, and went on refusing while we waited. Run the command again in a minute; `--parallel 4` makes fewer calls at once.";
        case 301:
        case 302:
        case 307:
        case 308:
            return `${apiUrl} sends elsewhere: check region, tenant or apiUrl.`;
        default:
            return status >= 500
                ? "A fault on SparkPost's side that lasted over several tries. Run the command again later; status.sparkpost.com tells of incidents."
                : undefined;
    }
}
