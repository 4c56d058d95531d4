/**
 * What the sandbox's tests share: a sandbox that ends with its test, and plain calls to its SparkPost.
 */
import Cloudflare from "cloudflare";
import { onTestFinished } from "vitest";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../dev/sandbox/index.ts";

export const HOST = "track.example.com";

/** A sandbox that is closed when the test is over. */
export async function world(options?: SandboxOptions): Promise<Sandbox> {
    const sandbox = await startSandbox(options);
    onTestFinished(() => sandbox.close());
    return sandbox;
}

export interface CallOptions {
    body?: unknown;
    region?: "us" | "eu";
    key?: string;
    subaccount?: number;
}

export interface Result {
    status: number;
    headers: Headers;
    text: string;
    // biome-ignore lint/suspicious/noExplicitAny: the API's JSON, looked at by assertions only
    json: any;
}

/** One call to SparkPost's API; a string body is sent as it is. */
export async function sparkpost(sandbox: Sandbox, line: string, options: CallOptions = {}): Promise<Result> {
    const { body, region = "us", subaccount } = options;
    const { apiUrl, apiKey } = sandbox.sparkpost[region];
    const [method, path] = line.split(" ");
    const headers: Record<string, string> = {
        authorization: options.key ?? apiKey,
        "content-type": "application/json",
    };
    if (subaccount !== undefined) {
        headers["x-msys-subaccount"] = String(subaccount);
    }
    const sent = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${apiUrl}${path}`, { method, headers, body: sent });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: jsonOrNothing(text) };
}

/** The official client. */
export function cloudflare(sandbox: Sandbox): Cloudflare {
    const { baseUrl, apiToken } = sandbox.cloudflare;
    return new Cloudflare({ apiToken, baseURL: baseUrl });
}

/** A proxied record for a host, and a verified registration. */
export function liveHost(sandbox: Sandbox, host = HOST, secure = true): void {
    sandbox.sparkpost.us.seed({ domain: host, secure, verified: true });
    sandbox.cloudflare.seedRecord({ name: host, content: "spgo.io", proxied: true });
}

/** The events of one kind, or of several. */
export function events(sandbox: Sandbox, ...kinds: string[]) {
    return sandbox.timeline.filter(({ kind }) => kinds.includes(kind));
}

function jsonOrNothing(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
