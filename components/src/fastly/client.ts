// Reads Fastly's API, with the key that its provider takes too.
import { type ApiAnswer, apiClient } from "../http/client";
import type { Clock } from "../process/poll";

/** How to reach Fastly's API. */
export interface FastlyAccess {
    key: string;
    baseUrl: string;
    /** For the pauses between tries. Default: the system's. */
    clock?: Clock;
    /** Ends every call. */
    signal?: AbortSignal;
}

export const defaultBaseUrl = "https://api.fastly.com";
export const fastlyVariable = "FASTLY_API_KEY";

/** The access from the environment; `undefined` without a key. */
export function fastlyOf({
    env,
    clock,
    signal,
}: Pick<FastlyAccess, "clock" | "signal"> & { env: Record<string, string | undefined> }): FastlyAccess | undefined {
    const key = env[fastlyVariable]?.trim();
    return key ? { key, baseUrl: env.FASTLY_API_URL?.trim() || defaultBaseUrl, clock, signal } : undefined;
}

/** One GET. Any status is an answer; throws `NoAnswer`. */
export async function askFastly({ key, baseUrl, clock, signal }: FastlyAccess, path: string): Promise<ApiAnswer> {
    const headers = { "Fastly-Key": key, Accept: "application/vnd.api+json" };
    return apiClient({ baseUrl, headers, secrets: [key], clock }).call("GET", `/${path}`, { signal });
}
