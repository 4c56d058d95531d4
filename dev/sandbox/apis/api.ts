/**
 * What both vendors' APIs share: JSON bodies read leniently, every call counted, faults injected, and what isn't
 * modelled answered with 501 and a line on the timeline.
 */
import { STATUS_CODES } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Timeline } from "../internet/timeline.ts";
import type { ApiFault } from "../options.ts";

/** One call that an API got, in the order of arrival. */
export interface ApiCall {
    /** Milliseconds since the sandbox started. */
    at: number;
    method: string;
    /** The whole path, with the query. */
    path: string;
    /** What it was answered; 0 if the connection was reset, undefined while it runs. */
    status?: number;
    /** X-MSYS-SUBACCOUNT, as sent. */
    subaccount?: string;
}

export interface ApiOptions {
    calls: ApiCall[];
    timeline: Timeline;
    /** Read anew for every call. */
    faults(): ApiFault[];
    /** The vendor's shape of an error. */
    errorBody(message: string): unknown;
    unmodelled(what: string): void;
}

/** An answer that isn't a success, thrown from wherever it is noticed. */
export class ApiError extends Error {
    readonly status: number;
    readonly body: unknown;
    readonly contentType?: string;

    /** `contentType` where it isn't plain JSON. */
    constructor(status: number, body: unknown, contentType?: string) {
        super(`status ${status}`);
        this.status = status;
        this.body = body;
        this.contentType = contentType;
    }
}

/** Something the sandbox doesn't model; becomes a 501. */
export class Unmodelled extends Error {}

/** Prepares the part of the server that one API lives in. */
export function setUpApi(api: FastifyInstance, options: ApiOptions): void {
    const { calls, timeline, errorBody, unmodelled } = options;
    const notes = new WeakMap<FastifyRequest, { call: ApiCall; fault?: ApiFault }>();

    // An empty body is no body, whatever the content type says: clients send it with DELETE.
    api.removeAllContentTypeParsers();
    api.addContentTypeParser("*", { parseAs: "string" }, (_request, text, done) => {
        try {
            done(null, text ? JSON.parse(String(text)) : undefined);
        } catch {
            done(new ApiError(400, errorBody("The request body isn't JSON")));
        }
    });

    api.addHook("onRequest", async (request, reply) => {
        const { method, url: path } = request;
        const subaccount = request.headers["x-msys-subaccount"]?.toString();
        const call: ApiCall = { at: timeline.now(), method, path, subaccount };
        calls.push(call);
        const fault = options.faults().find((one) => applies(one, method, path));
        if (fault) {
            fault.times -= 1;
        }
        notes.set(request, { call, fault });
        if (fault?.status !== undefined && !fault.applied) {
            return reply.code(fault.status || 500).send();
        }
    });
    // A fault has the last word, so that a call may have taken effect before.
    api.addHook("onSend", async (request, reply, payload) => {
        const note = notes.get(request);
        if (!note) {
            return payload;
        }
        note.call.status = note.fault?.status ?? reply.statusCode;
        if (!note.fault) {
            return payload;
        }
        const { status, retryAfter, headers = {}, transport } = note.fault;
        if (status === 0) {
            reply.raw.socket?.resetAndDestroy();
            return payload;
        }
        let text = String(payload ?? "");
        if (status !== undefined) {
            const { body = errorBody(`${STATUS_CODES[status]}.`) } = note.fault;
            text = typeof body === "string" ? body : JSON.stringify(body);
            reply.code(status).header("content-type", typeof body === "string" ? "text/plain" : "application/json");
        }
        if (retryAfter !== undefined) {
            reply.header("retry-after", retryAfter);
        }
        reply.headers(headers).removeHeader("content-length");
        if (transport === "hang") {
            return new Promise(() => undefined);
        }
        if (transport === "truncated") {
            reply.header("content-length", Buffer.byteLength(text));
            return Readable.from(half(text));
        }
        return transport === "trickle" ? Readable.from(trickled(text)) : text;
    });

    api.setErrorHandler((error: Error, request, reply) => {
        if (error instanceof ApiError) {
            if (error.contentType) {
                reply.type(error.contentType);
            }
            return reply.code(error.status).send(error.body);
        }
        if (error instanceof Unmodelled) {
            unmodelled(`${request.method} ${request.url}${error.message && `: ${error.message}`}`);
            return reply.code(501).send(errorBody("Not modelled by the sandbox"));
        }
        console.error(`sandbox: ${request.method} ${request.url} failed: ${error.stack}`);
        return reply.code(500).send(errorBody("The sandbox failed"));
    });
    api.setNotFoundHandler(() => {
        throw new Unmodelled("");
    });
}

function applies(fault: ApiFault, method: string, path: string): boolean {
    return fault.times > 0 && (!fault.method || fault.method === method) && (!fault.path || fault.path.test(path));
}

/** The first half of an answer, and then the connection breaks. */
async function* half(text: string): AsyncGenerator<string> {
    yield text.slice(0, Math.ceil(text.length / 2));
    await sleep(20); // so that it has left
    throw new Error("cut off, as told");
}

async function* trickled(text: string): AsyncGenerator<string> {
    for (let at = 0; ; at += 1) {
        yield text[at] ?? " ";
        await sleep(50);
    }
}
