// Which calls are repeated, how often, and after which pauses.
import type { AxiosError } from "axios";
import { isNetworkError, retryAfter } from "axios-retry";

/** Repetitions after a network error or a 5xx; the vendor asks for two. */
const faultRetries = 3;
/** Repetitions after a 429: a stack of a hundred domains meets the limit many times. */
export const rateRetries = 8;
/** The vendor's advice after a 429: one to five seconds, longer under heavier use. */
const firstDelay = 1_000;
const longestDelay = 20_000;
/** A `Retry-After` beyond this many ms isn't waited for: the user is told instead. */
export const longestRetryAfter = 120_000;

/** Whether a call that failed like this may be made again. */
export function isWorthRepeating(error: AxiosError): boolean {
    const status = error.response?.status ?? 0;
    const isTransientFault = status === 429 || status >= 500 || isNetworkError(error) || error.code === "ECONNABORTED";
    const repeated = error.config?.["axios-retry"]?.retryCount ?? 0;
    return isTransientFault && repeated < retriesOf(status) && retryAfter(error) <= longestRetryAfter;
}

export function retriesOf(status: number): number {
    return status === 429 ? rateRetries : faultRetries;
}

/** Milliseconds before the next try, with some chance in it. */
export function delay(attempt: number): number {
    const ceiling = Math.min(firstDelay * 2 ** (attempt - 1), longestDelay);
    return ceiling * (0.5 + Math.random() / 2);
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
