// A small HTTP server that answers as a test says, for clients whose calls are to be seen.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface Call {
    /** Such as `GET /tracking-domains?default=true`, without the API's base. */
    what: string;
    headers: IncomingHttpHeaders;
    /** The JSON or the form that came, undefined without a body. */
    body: unknown;
}

export interface Reply {
    /** Default 200. 0 resets the connection, -1 never answers. */
    status?: number;
    /** A string goes out as it is, anything else as JSON. */
    body?: unknown;
    headers?: Record<string, string>;
    /** It goes out after this. */
    after?: Promise<void>;
    /** Writes the answer itself, instead of all the above. */
    write?(response: ServerResponse): void;
}

/** Answers a call; `count` is 1 for the first of its kind. */
export type Script = (what: string, count: number) => Reply;

export interface ScriptedApi {
    /** The API's base, without a slash at the end. */
    url: string;
    calls: Call[];
    /** The calls in short, in order. */
    whats(): string[];
}

const base = "/api/v1";

/** Starts a server for the test that runs; it ends with the test. */
export async function startApi(script: Script): Promise<ScriptedApi> {
    const calls: Call[] = [];
    const server = createServer(async (request, response) => {
        const what = `${request.method} ${request.url?.slice(base.length)}`;
        calls.push({ what, headers: request.headers, body: await bodyOf(request) });
        const reply = script(what, calls.filter((call) => call.what === what).length);
        const { status = 200, body, headers, after, write } = reply;
        await after;
        if (write) {
            write(response);
        } else if (status === 0) {
            request.socket.resetAndDestroy();
        } else if (status > 0) {
            response.writeHead(status, { "content-type": "application/json", ...headers });
            response.end(body === undefined || typeof body === "string" ? body : JSON.stringify(body));
        }
    });
    // A connection that is kept open would look like a call under way.
    server.maxRequestsPerSocket = 1;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    });
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}${base}`, calls, whats: () => calls.map(({ what }) => what) };
}

/** Answers in turn, whatever is asked; the last for ever. */
export function inTurn(...replies: Reply[]): Script {
    let turn = 0;
    return () => replies[Math.min(turn++, replies.length - 1)] ?? {};
}

/** Answers by the call, each call's replies in turn; a call that isn't listed is 404. */
export function byCall(replies: Record<string, Reply[]>): Script {
    return (what, count) => {
        const own = replies[what];
        return (
            own?.[Math.min(count, own.length) - 1] ?? {
                status: 404,
                body: { errors: [{ message: "resource not found" }] },
            }
        );
    };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
    const body = await text(request);
    if (!body) {
        return undefined;
    }
    const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
    return isForm ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body);
}
