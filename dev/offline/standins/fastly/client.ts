// Fastly's own npm client, with only its core, loaded at the first call: most runs of a plugin make none. Its methods for
// single operations aren't used: they lack fields that the official plugin sends (a backend's error_threshold, all of
// a snippet's when it is changed) and turn "0" into true when they read.
import { createRequire } from "node:module";
import type { Properties } from "../values.ts";

const JSON_API = "application/vnd.api+json";
const FORM = "application/x-www-form-urlencoded";

export interface Request {
    /** For the classic endpoints, which take forms; undefined fields aren't sent. */
    form?: Properties;
    /** For the TLS endpoints, which take JSON:API. */
    json?: unknown;
    query?: Properties;
}

/** What `fastly` (which comes without types) exports, as far as it is used. */
interface ApiClient {
    authenticate(token: string): void;
    callApi(path: string, method: string, ...rest: unknown[]): Promise<{ data: unknown }>;
}
/** What `callApi` rejects with; `response` holds the request with its key and is left alone. */
interface Failure {
    status?: number;
    body?: unknown;
    error?: Error;
}

/** An answer that isn't 2xx, or none at all. */
export class FastlyError extends Error {
    readonly status: number | undefined;

    constructor(message: string, status?: number) {
        super(message);
        this.status = status;
    }
}

let shared: { client: ApiClient; token: string } | undefined;

/**
 * Makes a call, such as `call("GET", "/service/abc/details")`. Fails with the call, the status and what Fastly says of
 * it. Makes one attempt, as the official plugin does.
 */
export async function call(method: string, path: string, { form, json, query = {} }: Request = {}): Promise<unknown> {
    const base = (process.env.FASTLY_API_URL || "https://api.fastly.com").replace(/\/+$/, "");
    const isTls = path.startsWith("/tls/");
    const types = json !== undefined ? [JSON_API] : form ? [FORM] : [];
    const accepts = [isTls ? JSON_API : "application/json"];
    const body = [form ?? {}, json, ["token"], types, accepts];
    const client = fastly();
    try {
        const { data } = await client.callApi(path, method, {}, {}, query, {}, ...body, Object, base);
        return data;
    } catch (failure) {
        throw errorFrom(`${method} ${path}`, failure as Failure);
    }
}

/** Like `call`, with `undefined` for 404. */
export async function callIfThere(method: string, path: string, request: Request = {}): Promise<unknown> {
    try {
        return await call(method, path, request);
    } catch (error) {
        if (error instanceof FastlyError && error.status === 404) {
            return undefined;
        }
        throw error;
    }
}

function fastly(): ApiClient {
    const token = process.env.FASTLY_API_KEY;
    if (!token) {
        throw new Error(
            "No Fastly API token: this project's stand-in for the fastly plugin takes it from the environment variable " +
                "FASTLY_API_KEY (and the API's address from FASTLY_API_URL), not from the configuration.",
        );
    }
    if (shared?.token !== token) {
        const { default: Client } = createRequire(import.meta.url)("fastly/dist/ApiClient.js") as {
            default: new () => ApiClient;
        };
        shared = { client: new Client(), token };
        shared.client.authenticate(token);
    }
    return shared.client;
}

/** Classic endpoints answer `{msg, detail}`, TLS endpoints `{errors: [{title, detail}]}`. */
function errorFrom(what: string, { status, body, error }: Failure): FastlyError {
    const { msg, detail, errors } = (body ?? {}) as { msg?: string; detail?: string; errors?: Properties[] };
    const said = errors?.flatMap((one) => [one.title, one.detail]) ?? [msg, detail];
    const words = said.filter(Boolean).join(": ") || error?.message;
    return new FastlyError([what, status, words].filter(Boolean).join(": "), status);
}
