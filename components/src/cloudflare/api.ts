// What we read from Cloudflare's API ourselves: access, one GET, lists with their pages, and refusals in words.

/** How Cloudflare's API is reached: the settings that its provider takes too. */
export interface CloudflareAccess {
    token: string;
    baseUrl: string;
}

export const defaultBaseUrl = "https://api.cloudflare.com/client/v4";

/** One message of the API's answer. */
export interface CloudflareMessage {
    code?: number;
    message?: string;
}

/** A call that Cloudflare refused, or that never reached it. The token is in none of its texts. */
export class CloudflareError extends Error {
    override readonly name = "CloudflareError";

    constructor(
        /** Below the API's base: `zones/{id}/dns_records`. */
        readonly path: string,
        /** HTTP status; 0 when there was no answer. */
        readonly status: number,
        readonly errors: readonly CloudflareMessage[],
        /** What Cloudflare (or the network) said, in its own words. */
        readonly said: string,
    ) {
        super(
            status === 0
                ? `GET ${path} got no answer from Cloudflare: ${said}\nCheck the network, a proxy, and the API's address (CLOUDFLARE_BASE_URL, if it is set).`
                : `Cloudflare answered GET ${path} with ${status}: ${said}`,
        );
        this.stack = "";
    }
}

export function isCloudflareError(error: unknown): error is CloudflareError {
    return error instanceof CloudflareError;
}

/** Milliseconds that one call may take. */
const TIMEOUT = 30_000;
/** Entries asked for at once; zones come at most 50 a page. */
const PER_PAGE = 50;

/** The result of one GET; throws {@link CloudflareError}. */
export async function getResult<Result>(access: CloudflareAccess, path: string): Promise<Result> {
    return (await get<Result>(access, path)).result;
}

/** A whole list, page after page; throws {@link CloudflareError}, also when the signal ends it. */
export async function getList<Entry>(
    access: CloudflareAccess,
    path: string,
    query: Record<string, string> = {},
    signal?: AbortSignal,
): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (let page = 1; ; page++) {
        const params = { ...query, page: String(page), per_page: String(PER_PAGE) };
        const answer = await get<Entry[]>(access, path, params, signal);
        entries.push(...answer.result);
        const pages = answer.result_info?.total_pages;
        if (answer.result.length === 0 || (pages !== undefined && page >= pages)) {
            return entries;
        }
    }
}

/** Cloudflare's messages as one text. */
export function wordsOf(errors: readonly CloudflareMessage[]): string {
    return errors.map(({ code, message }) => `${message} (${code})`).join("; ") || "no message";
}

/** What to do about a refusal, where the call needs this permission. */
export function remedyOf({ status, errors }: CloudflareError, permission: string): string {
    if (errors.some(({ code }) => code === 1011)) {
        return "Account-owned API tokens can't use page rules at all: use a token of a user (My Profile, API Tokens).";
    }
    // 6003 is a token of the wrong form, 9109 one that nobody knows.
    if (status === 401 || errors.some(({ code }) => code === 6003)) {
        return "The API token isn't valid: make or roll one at My Profile, API Tokens, and set CLOUDFLARE_API_TOKEN to it.";
    }
    if (status === 403) {
        return `The API token isn't valid, has expired, or lacks the permission ${permission} for this zone (My Profile, API Tokens).`;
    }
    if (status === 429) {
        return "Cloudflare limits the rate of calls; run the command again in five minutes.";
    }
    return status >= 500
        ? "A fault on Cloudflare's side; run the command again later (www.cloudflarestatus.com)."
        : "Check the API's address (CLOUDFLARE_BASE_URL, if it is set) and the zone.";
}

interface Answer<Result> {
    result: Result;
    result_info?: { total_pages?: number };
}

async function get<Result>(
    { token, baseUrl }: CloudflareAccess,
    path: string,
    params?: Record<string, string>,
    signal?: AbortSignal,
): Promise<Answer<Result>> {
    // Loaded here: most programs make no call of their own.
    const { default: axios } = await import("axios");
    const withoutToken = (text: string) => text.replaceAll(token, "[api token]");
    const { data, status } = await axios
        .get(`${baseUrl.replace(/\/+$/, "")}/${path}`, {
            params,
            signal,
            headers: { Authorization: `Bearer ${token}` },
            timeout: TIMEOUT,
            maxRedirects: 0,
            validateStatus: () => true,
        })
        .catch((error: Error & { code?: string }) => {
            const said = withoutToken(error.message || (error.code ?? "the connection failed"));
            throw new CloudflareError(path, 0, [], said);
        });
    if (data?.success !== true) {
        const errors: CloudflareMessage[] = data?.errors ?? [];
        throw new CloudflareError(path, status, errors, withoutToken(wordsOf(errors)));
    }
    return data;
}
