// Asks Cloudflare's API: one GET, lists with their pages, and the messages for refusals. What isn't in the form that is asked
// for is no answer.
import * as z from "zod/mini";
import { type ApiAnswer, apiClient, describeForeignAnswer, foreignAnswerRemedy, NoAnswer } from "../http/client";
import { isObject, plainText } from "../othersWords";
import type { Clock } from "../process/poll";
import { readOn } from "../readOn";

/** How to reach Cloudflare's API, as its provider's settings say. */
export interface CloudflareAccess {
    token: string;
    baseUrl: string;
    /** For the pauses between tries. Default: the system's. */
    clock?: Clock;
    /** Ends every call. */
    signal?: AbortSignal;
}

export const defaultBaseUrl = "https://api.cloudflare.com/client/v4";

/** One message of the API's answer. */
export interface CloudflareMessage {
    code?: number;
    message?: string;
}

/** What is read. */
export interface Reading {
    /** Below the API's base: `zones/{id}/dns_records`. */
    path: string;
    /** The permission that an API token needs for it. */
    permission: string;
}

/** A call that Cloudflare refused or didn't answer. Its texts don't contain the token. */
export class CloudflareError extends Error {
    override readonly name = "CloudflareError";

    constructor(
        { path, permission }: Reading,
        /** The status of Cloudflare's answer; 0 if Cloudflare didn't answer, even if something else did. */
        readonly status: number,
        readonly errors: readonly CloudflareMessage[],
        /** What Cloudflare or the network said, in its own words. */
        readonly said: string,
        /** What to do. */
        readonly remedy = remedyOf(status, errors, said, permission),
    ) {
        super(
            status === 0
                ? `Cloudflare didn't answer GET ${path}: ${said}\n${remedy}`
                : `Cloudflare answered GET ${path} with ${status}: ${said}`,
        );
        this.stack = "";
    }

    /** The message of a command. Its remedy comes first. */
    get explanation(): string {
        return this.status === 0
            ? readOn(this.message, "cloudflare-unreachable")
            : readOn(`${this.remedy}\n${this.message}`, "cloudflare-token");
    }
}

/** Entries of a page. Cloudflare allows at most 50 for zones. */
const PER_PAGE = 50;
/** No list that we read has more entries. A server might give pages without end. */
const MAX_ENTRIES = 20_000;

/** The result of one GET. Throws {@link CloudflareError}, also if the result doesn't have this form. */
export async function getResult<Form extends z.ZodMiniType>(
    access: CloudflareAccess,
    reading: Reading,
    form: Form,
): Promise<z.output<Form>> {
    return inForm(form, (await get(access, reading)).result, reading);
}

/** A whole list of such entries, page by page. Throws {@link CloudflareError}, also if the signal ends it. */
export async function getList<Form extends z.ZodMiniType>(
    access: CloudflareAccess,
    reading: Reading,
    form: Form,
    query: Record<string, string> = {},
): Promise<z.output<Form>[]> {
    const entries: z.output<Form>[] = [];
    for (let page = 1; ; page++) {
        const params = { ...query, page: String(page), per_page: String(PER_PAGE) };
        const { result, result_info: info } = await get(access, reading, params);
        const more = inForm(z.array(form), result, reading);
        entries.push(...more);
        if (entries.length > MAX_ENTRIES || page > MAX_ENTRIES / PER_PAGE) {
            throw new CloudflareError(reading, 0, [], `the list has no end: more than ${MAX_ENTRIES} entries or pages`);
        }
        const pages = info?.total_pages;
        if (more.length === 0 || (typeof pages === "number" && page >= pages)) {
            return entries;
        }
    }
}

function inForm<Form extends z.ZodMiniType>(form: Form, result: unknown, reading: Reading): z.output<Form> {
    const { data, error } = form.safeParse(result);
    if (error) {
        const where = plainText(["result", ...(error.issues[0]?.path ?? [])].join("."));
        const said = `what answered doesn't have the form that Cloudflare's API documents (${where})`;
        throw new CloudflareError(reading, 0, [], said, "Check the API's address (CLOUDFLARE_BASE_URL, if it is set).");
    }
    return data;
}

/** Cloudflare's messages as one text. */
function wordsOf(errors: readonly CloudflareMessage[]): string {
    return errors.map(({ code, message }) => `${message} (${code})`).join("; ") || "no message";
}

/** The remedy for a call that needs this permission. */
function remedyOf(status: number, errors: readonly CloudflareMessage[], said: string, permission: string): string {
    if (status === 0) {
        return "Check the network, its proxy if it has one, and the API's address (CLOUDFLARE_BASE_URL, if it is set).";
    }
    if (errors.some(({ code }) => code === 1011)) {
        return "Account-owned API tokens can't manage page rules. Use a user's token (My Profile, API Tokens).";
    }
    // 6003: the token has the wrong form.
    if (status === 401 || errors.some(({ code }) => code === 6003)) {
        return "The API token isn't valid. Create or roll one (My Profile, API Tokens), and set CLOUDFLARE_API_TOKEN to it.";
    }
    if (/suspend|locked|disabled/i.test(said)) {
        return "Cloudflare has suspended or locked the account or the zone. Check its state in Cloudflare's dashboard. Another token doesn't help.";
    }
    if (status === 403) {
        return `The API token isn't valid, has expired, or lacks the permission ${permission} for this zone (My Profile, API Tokens).`;
    }
    if (status === 429) {
        return "Cloudflare got too many calls. Run the command again in five minutes.";
    }
    return status >= 500
        ? "Cloudflare has a fault (www.cloudflarestatus.com). Run the command again later."
        : "Check the API's address (CLOUDFLARE_BASE_URL, if it is set) and the zone.";
}

/** A successful answer of Cloudflare's. */
interface Envelope {
    success: true;
    result?: unknown;
    result_info?: { total_pages?: unknown };
}

async function get(access: CloudflareAccess, reading: Reading, query?: Record<string, string>): Promise<Envelope> {
    const { token, baseUrl, clock, signal } = access;
    const api = apiClient({ baseUrl, headers: { Authorization: `Bearer ${token}` }, secrets: [token], clock });
    const answer = await api.call("GET", `/${reading.path}`, { query, signal }).catch((error) => {
        throw error instanceof NoAnswer ? new CloudflareError(reading, 0, [], error.said) : error;
    });
    const { status, body, isFromProxy, quote } = answer;
    const { success, errors } = isObject(body) ? body : {};
    if (!isFromProxy && status === 200 && success === true) {
        return body as Envelope;
    }
    const messages = messagesIn(errors);
    if (!isFromProxy && status !== 200 && messages.length > 0) {
        throw new CloudflareError(reading, status, messages, wordsOf(messages));
    }
    // A 429 or 5xx may come without Cloudflare's messages.
    if (!isFromProxy && (status === 429 || status >= 500)) {
        throw new CloudflareError(reading, status, [], quote || "no message");
    }
    throw foreignAnswer(access, reading, answer);
}

/** The error for an answer that isn't the API's. It says nothing about the zone. */
function foreignAnswer({ baseUrl }: CloudflareAccess, reading: Reading, answer: ApiAnswer): CloudflareError {
    const name = "Cloudflare's API";
    const whereSet = "check the API's address (CLOUDFLARE_BASE_URL, if it is set)";
    const remedy = foreignAnswerRemedy(answer, { name, baseUrl, whereSet });
    return new CloudflareError(reading, 0, [], describeForeignAnswer(answer, name), remedy);
}

/** The messages of a refusal, as harmless text. */
function messagesIn(errors: unknown): CloudflareMessage[] {
    return (Array.isArray(errors) ? errors.slice(0, 10) : []).filter(isObject).map(({ code, message }) => ({
        code: typeof code === "number" ? code : undefined,
        message: plainText(message ?? "no message"),
    }));
}
