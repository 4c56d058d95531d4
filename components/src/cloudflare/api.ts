// Reads Cloudflare's API: one GET, lists with their pages, and the messages for refusals.
import { type ApiAnswer, apiClient, describeForeignAnswer, foreignAnswerRemedy, NoAnswer } from "../http/client";
import { isObject, plainText } from "../othersWords";
import type { Clock } from "../process/poll";

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

/** A call that Cloudflare refused or didn't answer. Its texts don't contain the token. */
export class CloudflareError extends Error {
    override readonly name = "CloudflareError";

    constructor(
        /** Below the API's base: `zones/{id}/dns_records`. */
        readonly path: string,
        /** The status of Cloudflare's answer; 0 if Cloudflare didn't answer, even if something else did. */
        readonly status: number,
        readonly errors: readonly CloudflareMessage[],
        /** What Cloudflare or the network said, in its own words. */
        readonly said: string,
        /** What to do if Cloudflare didn't answer. */
        readonly remedy = "Check the network, its proxy if it has one, and the API's address (CLOUDFLARE_BASE_URL, if it is set).",
    ) {
        super(
            status === 0
                ? `Cloudflare didn't answer GET ${path}: ${said}\n${remedy}`
                : `Cloudflare answered GET ${path} with ${status}: ${said}`,
        );
        this.stack = "";
    }
}

export function isCloudflareError(error: unknown): error is CloudflareError {
    return error instanceof CloudflareError;
}

/** Entries of a page. Cloudflare allows at most 50 for zones. */
const PER_PAGE = 50;
/** No list that we read has more entries. A server might give pages without end. */
const MAX_ENTRIES = 20_000;

/** The text fields that each entry of a list must have. Otherwise the answer isn't Cloudflare's. */
const TEXTS: readonly [path: RegExp, fields: readonly string[]][] = [
    [/^zones$/, ["id", "name"]],
    [/\/dns_records$/, ["name", "type"]],
    [/\/workers\/routes$/, ["id", "pattern"]],
];

/** The result of one GET, an object; throws {@link CloudflareError}. */
export async function getResult<Result>(access: CloudflareAccess, path: string): Promise<Result> {
    const answer = await get(access, path);
    const { result } = answer.body as Envelope;
    if (!isObject(result)) {
        throw foreignAnswer(access, path, answer);
    }
    return result as Result;
}

/** The phase of a zone's redirect rules. */
export const REDIRECTS = "http_request_dynamic_redirect";

/** The path of a zone's rules in a phase. */
export function rulesetPath(zoneId: string, phase: string): string {
    return `zones/${zoneId}/rulesets/phases/${phase}/entrypoint`;
}

/** A zone's ruleset in a phase; an empty object if there has never been a rule. Throws {@link CloudflareError}. */
export async function getRuleset<Ruleset extends object>(
    access: CloudflareAccess,
    zoneId: string,
    phase: string,
): Promise<Partial<Ruleset>> {
    try {
        return await getResult<Ruleset>(access, rulesetPath(zoneId, phase));
    } catch (error) {
        if (isCloudflareError(error) && error.status === 404) {
            return {};
        }
        throw error;
    }
}

/** A list that the API gives in one answer; throws {@link CloudflareError}. */
export async function getWholeList<Entry>(access: CloudflareAccess, path: string): Promise<Entry[]> {
    return entriesOf<Entry>(access, path, await get(access, path));
}

/** A whole list, page by page. Throws {@link CloudflareError}, also if the signal ends it. */
export async function getList<Entry>(
    access: CloudflareAccess,
    path: string,
    query: Record<string, string> = {},
): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (let page = 1; ; page++) {
        const params = { ...query, page: String(page), per_page: String(PER_PAGE) };
        const answer = await get(access, path, params);
        const more = entriesOf<Entry>(access, path, answer);
        entries.push(...more);
        if (entries.length > MAX_ENTRIES || page > MAX_ENTRIES / PER_PAGE) {
            throw new CloudflareError(path, 0, [], `the list has no end: more than ${MAX_ENTRIES} entries or pages`);
        }
        const pages = (answer.body as Envelope).result_info?.total_pages;
        if (more.length === 0 || (typeof pages === "number" && page >= pages)) {
            return entries;
        }
    }
}

/** Cloudflare's messages as one text. */
export function wordsOf(errors: readonly CloudflareMessage[]): string {
    return errors.map(({ code, message }) => `${message} (${code})`).join("; ") || "no message";
}

/** The remedy for a refusal of a call that needs this permission. */
export function remedyOf({ status, errors, said, remedy }: CloudflareError, permission: string): string {
    if (status === 0) {
        return remedy;
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

async function get(access: CloudflareAccess, path: string, query?: Record<string, string>): Promise<ApiAnswer> {
    const { token, baseUrl, clock, signal } = access;
    const api = apiClient({ baseUrl, headers: { Authorization: `Bearer ${token}` }, secrets: [token], clock });
    const answer = await api.call("GET", `/${path}`, { query, signal }).catch((error) => {
        throw error instanceof NoAnswer ? new CloudflareError(path, 0, [], error.said) : error;
    });
    const { status, body, isFromProxy, quote } = answer;
    const { success, errors } = isObject(body) ? body : {};
    if (!isFromProxy && status === 200 && success === true) {
        return answer;
    }
    const messages = messagesIn(errors);
    if (!isFromProxy && status !== 200 && messages.length > 0) {
        throw new CloudflareError(path, status, messages, wordsOf(messages));
    }
    // A 429 or 5xx may come without Cloudflare's messages.
    if (!isFromProxy && (status === 429 || status >= 500)) {
        throw new CloudflareError(path, status, [], quote || "no message");
    }
    throw foreignAnswer(access, path, answer);
}

/** The entries of a list. */
function entriesOf<Entry>(access: CloudflareAccess, path: string, answer: ApiAnswer): Entry[] {
    const { result } = answer.body as Envelope;
    const texts = TEXTS.find(([pattern]) => pattern.test(path))?.[1] ?? [];
    const isEntry = (entry: unknown) => isObject(entry) && texts.every((field) => typeof entry[field] === "string");
    if (!Array.isArray(result) || !result.every(isEntry)) {
        throw foreignAnswer(access, path, answer);
    }
    return result;
}

/** The error for an answer that isn't the API's. It says nothing about the zone. */
function foreignAnswer({ baseUrl }: CloudflareAccess, path: string, answer: ApiAnswer): CloudflareError {
    const name = "Cloudflare's API";
    const whereSet = "check the API's address (CLOUDFLARE_BASE_URL, if it is set)";
    const remedy = foreignAnswerRemedy(answer, { name, baseUrl, whereSet });
    return new CloudflareError(path, 0, [], describeForeignAnswer(answer, name), remedy);
}

/** The messages of a refusal, as harmless text. */
function messagesIn(errors: unknown): CloudflareMessage[] {
    return (Array.isArray(errors) ? errors.slice(0, 10) : []).filter(isObject).map(({ code, message }) => ({
        code: typeof code === "number" ? code : undefined,
        message: plainText(message ?? "no message"),
    }));
}
