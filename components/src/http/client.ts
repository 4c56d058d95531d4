// The one client for APIs. Each call is bounded in size and time. Transient failures are retried. Redirects aren't followed,
// because the key would go along. No text contains a secret. It knows no vendor.
import { Agent } from "node:https";
import type { TLSSocket } from "node:tls";
import type { AxiosError, AxiosResponse } from "axios";
import { plainText } from "../othersWords";
import { type Clock, type NotYet, poll, systemClock } from "../process/poll";
import { describeProxy, type OutboundProxy, outboundProxyOf } from "./outboundProxy";

/** Bytes of an answer's body at most, after decompression. The largest known one, 100 of a zone's records, has about 100 KB. */
const MAX_BODY = 4 * 1024 * 1024;
/** Milliseconds for one call, unless its caller says otherwise. */
export const DEFAULT_TIMEOUT = 30_000;
/** Characters of a body that a message quotes. */
const MAX_QUOTE = 600;
/** Retries after a network error or a 5xx. SparkPost asks for two. */
const MAX_RETRIES = 3;
/** Retries after a 429: a stack of a hundred domains meets the rate limit many times. */
const MAX_RATE_RETRIES = 8;
/** A longer `Retry-After` (milliseconds) isn't waited for: the call fails and says so. */
const MAX_RETRY_AFTER = 120_000;

/** An answer, from the API or from something in between. */
export interface ApiAnswer {
    status: number;
    /** The parsed JSON, without secrets; `undefined` if the body isn't JSON. */
    body: unknown;
    /** The beginning of the body, in one harmless line without secrets. */
    quote: string;
    /** Milliseconds after which the API may be asked again; 0 if it doesn't say. */
    retryAfter: number;
    /** The proxy that the call went through. */
    proxy?: OutboundProxy;
    /** The proxy itself answered: the call didn't reach the API. */
    isFromProxy: boolean;
}

/** The call got no answer, or not a whole one. */
export class NoAnswer extends Error {
    override readonly name = "NoAnswer";

    constructor(
        /** `ETIMEDOUT`, `ECONNRESET`, `ENOTFOUND`, `E2BIG` (too long), `ECANCELED` (by the signal), `EPROXY`, … */
        readonly code: string,
        /** What happened, in one line without secrets. */
        readonly said: string,
    ) {
        super(said);
        this.stack = "";
    }

    /** Whether a later call may succeed. Not after a wrong setting or an endless body. */
    get mayPass(): boolean {
        return !["E2BIG", "ECANCELED", "EPROXY"].includes(this.code) && !isAboutTrust(this.code);
    }
}

/** Failures that may be over within seconds. */
const TRANSIENT_CODES = new Set([
    "ECONNABORTED",
    "ECONNREFUSED",
    "ECONNRESET",
    "EAI_AGAIN",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "EPIPE",
    "ETIMEDOUT",
]);

export interface ApiClientOptions {
    /** With the version. Slashes at its end don't count. */
    baseUrl: string;
    headers: Record<string, string>;
    /** Removed from every text. */
    secrets: readonly string[];
    /** Milliseconds for one try with its whole body. Default {@link DEFAULT_TIMEOUT}. */
    timeout?: number;
    /** Default: the system's. */
    clock?: Clock;
}

export type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface CallOptions {
    query?: Record<string, string>;
    /** The body, sent as JSON. */
    data?: object;
    /** Ends the call and its pauses with a {@link NoAnswer}. */
    signal?: AbortSignal;
}

export interface ApiClient {
    /**
     * Makes one call, and retries it after transient failures. An error status is an answer too.
     *
     * @param path Below the base, such as `/zones`.
     * @throws NoAnswer
     */
    call(method: Method, path: string, options?: CallOptions): Promise<ApiAnswer>;
}

export function apiClient(options: ApiClientOptions): ApiClient {
    const { clock = systemClock } = options;
    return {
        call(method, path, call = {}) {
            // A POST may have taken effect.
            const mayRetry = method !== "POST";
            return poll<ApiAnswer, NotYet>({
                ask: async (attempt) => {
                    const outcome = await ask(options, method, path, call);
                    if (outcome instanceof NoAnswer) {
                        if (
                            mayRetry &&
                            TRANSIENT_CODES.has(outcome.code) &&
                            shouldRetry({ status: 0, retryAfter: 0 }, attempt)
                        ) {
                            return outcome;
                        }
                        throw outcome;
                    }
                    return mayRetry && shouldRetry(outcome, attempt) ? { ...outcome, said: "" } : { value: outcome };
                },
                signal: call.signal,
                clock,
            });
        },
    };
}

/** Whether to retry after this outcome and so many attempts. Status 0: no answer. */
export function shouldRetry(
    { status, retryAfter }: Pick<ApiAnswer, "status" | "retryAfter">,
    attempts: number,
): boolean {
    const isFault = status === 0 || status >= 500;
    const retries = status === 429 ? MAX_RATE_RETRIES : isFault ? MAX_RETRIES : 0;
    return attempts <= retries && retryAfter <= MAX_RETRY_AFTER;
}

/** Makes one call, without retries. */
async function ask(
    { baseUrl, headers, secrets, timeout = DEFAULT_TIMEOUT }: ApiClientOptions,
    method: Method,
    path: string,
    { query, data, signal }: CallOptions,
): Promise<ApiAnswer | NoAnswer> {
    const url = baseUrl.replace(/\/+$/, "") + path;
    // Loaded here: most programs make no call of their own.
    const { default: axios } = await import("axios");
    // axios's own timeout counts only idle time, so a trickling answer would never end.
    const limit = AbortSignal.timeout(timeout);
    const end = signal ? AbortSignal.any([signal, limit]) : limit;
    let proxy: OutboundProxy | undefined;
    try {
        proxy = outboundProxyOf(url);
        const response = await axios.request<string>({
            method,
            url,
            params: query && new URLSearchParams(query),
            data,
            headers,
            signal: end,
            maxRedirects: 0,
            maxContentLength: MAX_BODY,
            validateStatus: () => true,
            responseType: "text",
            transformResponse: (text: string) => text,
            proxy: proxy ?? false,
            // The signal also ends the connection to the proxy: axios would leave it open while the proxy is silent.
            ...(proxy && { httpsAgent: new Agent({ signal: end } as object) }),
        });
        return answerOf(response, secrets, proxy);
    } catch (error) {
        const { response } = error as AxiosError<string>;
        // Of a proxy's error page, axios reads only what came with the header, and then says that the rest is missing.
        if (response && isFromProxy(response, proxy)) {
            return answerOf({ ...response, data: "" }, secrets, proxy);
        }
        return noAnswer(error as AxiosError, { url, timeout, signal, limit, proxy, secrets });
    }
}

function answerOf(response: AxiosResponse<string>, secrets: readonly string[], proxy?: OutboundProxy): ApiAnswer {
    const withoutSecrets = redactor(secrets, proxy);
    const text = withoutSecrets(response.data ?? "");
    let body: unknown;
    try {
        // Each text inside again: escapes may have hidden a secret.
        body = JSON.parse(text, (_, value) => (typeof value === "string" ? withoutSecrets(value) : value));
    } catch {
        // Not JSON, or nested too deep.
    }
    return {
        status: response.status,
        body,
        quote: plainText(text, MAX_QUOTE),
        retryAfter: retryAfterOf(response.headers["retry-after"]),
        ...(proxy && { proxy }),
        isFromProxy: isFromProxy(response, proxy),
    };
}

/** Whether the proxy itself answered: with 407, or to an https call without TLS. */
function isFromProxy({ status, request, config }: AxiosResponse, proxy: OutboundProxy | undefined): boolean {
    const isTls = (request?.socket as TLSSocket | undefined)?.encrypted === true;
    return proxy !== undefined && (status === 407 || (config.url?.startsWith("https:") === true && !isTls));
}

interface Failed {
    url: string;
    timeout: number;
    signal?: AbortSignal;
    limit: AbortSignal;
    proxy?: OutboundProxy;
    secrets: readonly string[];
}

/** What axios threw, as a message. */
function noAnswer(error: AxiosError, { url, timeout, signal, limit, proxy, secrets }: Failed): NoAnswer {
    const { host } = new URL(url);
    const by = proxy ? `${host}, through ${describeProxy(proxy)},` : host;
    // Through a proxy, the call looks up and connects to the proxy alone.
    const contacted = proxy ? describeProxy(proxy) : host;
    if (signal?.aborted) {
        return new NoAnswer("ECANCELED", "the call was cancelled before the answer came");
    }
    if (limit.aborted) {
        return new NoAnswer("ETIMEDOUT", `${by} didn't answer within ${timeout / 1_000} s`);
    }
    if (error.message?.startsWith("maxContentLength")) {
        return new NoAnswer("E2BIG", `${by} answered with more than ${MAX_BODY / 1024 / 1024} MiB`);
    }
    if (error.response) {
        return new NoAnswer("ECONNRESET", `${by} closed the connection in the middle of its answer`);
    }
    const code = error.code ?? "EFAILED";
    const said = plainText(redactor(secrets, proxy)(error.message || code));
    switch (code) {
        case "ENOTFOUND":
            return new NoAnswer(code, `DNS doesn't know ${contacted}`);
        case "EAI_AGAIN":
            return new NoAnswer(code, `DNS doesn't answer for ${contacted}`);
        case "ECONNREFUSED":
            return new NoAnswer(code, `${contacted} refused the connection`);
        case "ECONNRESET":
            return new NoAnswer(code, `${by} closed the connection without an answer (${said})`);
        case "ETIMEDOUT":
            return new NoAnswer(code, `${contacted} can't be reached (${said})`);
        default:
            return new NoAnswer(
                code,
                isAboutTrust(code)
                    ? `this machine doesn't trust the certificate of ${host} (${said}). If a gateway here inspects TLS, name its CA in NODE_EXTRA_CA_CERTS`
                    : said,
            );
    }
}

/** OpenSSL's codes for a chain that ends at an authority unknown to this machine. */
function isAboutTrust(code: string): boolean {
    return /SELF_SIGNED|ISSUER_CERT|LEAF_SIGNATURE/.test(code);
}

/** Removes the secrets from a text, with the proxy's password. */
function redactor(secrets: readonly string[], proxy?: OutboundProxy): (text: string) => string {
    const all = [...secrets, proxy?.auth?.password ?? ""].filter((secret) => secret !== "");
    return (text) => all.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}

/** Milliseconds, from seconds or a date. */
function retryAfterOf(header: unknown): number {
    const text = String(header ?? "").trim();
    const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
    return Number.isFinite(wait) ? Math.max(0, wait) : 0;
}

/** The API that was called, for messages. */
interface MeantApi {
    /** `SparkPost's API`. */
    name: string;
    baseUrl: string;
    /** Where its address is set: `check region, tenant or apiUrl`. */
    whereSet: string;
}

/** An answer that isn't the API's, in words: `403 from the outbound proxy …: <html>…`. */
export function describeForeignAnswer({ status, quote, proxy, isFromProxy }: ApiAnswer, name: string): string {
    const whose = isFromProxy && proxy ? describeProxy(proxy) : `something other than ${name}`;
    return `${status} from ${whose}: ${quote || "an empty body"}`;
}

/** Why something other than the API probably answered, and what to do. */
export function foreignAnswerRemedy({ status, proxy, isFromProxy }: ApiAnswer, api: MeantApi): string {
    const { host } = new URL(api.baseUrl);
    if (!proxy) {
        return `${api.baseUrl} doesn't answer like ${api.name}: ${api.whereSet}. Perhaps something between here and ${host} answered (a gateway, a login page).`;
    }
    const bypass = `or add ${host} to NO_PROXY if this machine can reach it directly.`;
    if (!isFromProxy) {
        return `That isn't ${api.name}. Perhaps ${describeProxy(proxy)} answered. Let it pass calls to ${host}, ${bypass} Otherwise ${api.whereSet}.`;
    }
    const what = `${describeProxy(proxy).replace(/^t/, "T")} answered instead of ${host}.`;
    switch (status) {
        case 407:
            return `${what} The proxy wants a user and password. Write them into ${proxy.variable} (http://user:password@${proxy.address}), ${bypass}`;
        case 403:
            return `${what} The proxy forbids the call. Let it allow ${host}, ${bypass}`;
        default:
            return `${what} Check the proxy, ${bypass}`;
    }
}
