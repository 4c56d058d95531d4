/**
 * What goes wrong at any edge, whoever's it is, see `Faults`: what it answers to everything, whom it turns away, what it
 * leaves out of a request, what it keeps of an answer.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Faults } from "../options.ts";
import { hostOf, type MachineOptions, type Scheme } from "./machine.ts";
import type { Timeline } from "./timeline.ts";

type Answer = MachineOptions["answer"];
interface Kept {
    at: number;
    status: number;
    headers: OutgoingHttpHeaders;
    body?: unknown;
}

/** What an edge did with a request, for the timeline. */
export function tellRequest(
    timeline: Timeline,
    request: IncomingMessage,
    { scheme, status, outcome, edge }: { scheme: Scheme; status: number; outcome: string; edge?: string },
): void {
    const { host: header, "user-agent": userAgent } = request.headers;
    const [host, path] = [hostOf(header), request.url];
    const details = { host, scheme, path, status, outcome, userAgent, ...(edge && { edge }) };
    timeline.add("edge", "edge-request", `${scheme} ${host}${path}: ${outcome}, ${status}`, details);
}

/** Tells the timeline of an edge's TLS handshakes, which fail where it has no certificate. */
export function handshakesOf(edge: string, timeline: Timeline): NonNullable<MachineOptions["onHandshake"]> {
    return (host, ok) => {
        const what = ok ? `TLS handshake for ${host}` : `no certificate for ${host}: the handshake failed`;
        timeline.add("edge", "tls-handshake", what, { host, ok, edge });
    };
}

/** An edge's answers, with the faults of the moment. */
export function withEdgeFaults({ faults, timeline }: { faults: Faults; timeline: Timeline }, answer: Answer): Answer {
    const cache = new Map<string, Kept>();

    return async (request, response, scheme) => {
        const told = (status: number, outcome: string) => tellRequest(timeline, request, { scheme, status, outcome });
        if (faults.edgeAnswer) {
            told(faults.edgeAnswer.status, "as told");
            return send(response, faults.edgeAnswer);
        }
        const file = faults.edgeFiles?.[request.url ?? ""];
        if (file) {
            told(file.status, "a file of its own");
            return send(response, file);
        }
        if (faults.edgeWantsUserAgent && !request.headers["user-agent"]) {
            told(403, "no user agent");
            return send(response, { status: 403, body: "Forbidden" });
        }
        const key = keyOf(request, scheme, faults);
        const kept = cache.get(key);
        const age = Math.floor((timeline.now() - (kept?.at ?? 0)) / 1000);
        if (kept && age < (faults.edgeKeeps?.seconds ?? 0)) {
            told(kept.status, "cached");
            return void response.writeHead(kept.status, { ...kept.headers, age: String(age) }).end(kept.body);
        }
        if (faults.edgeDropsQuery) {
            request.url = request.url?.split("?")[0];
        }
        if (faults.edgeKeeps) {
            remember(response, (one) => cache.set(key, { at: timeline.now(), ...one }));
        }
        return answer(request, response, scheme);
    };
}

function keyOf(request: IncomingMessage, scheme: Scheme, { edgeKeeps }: Faults): string {
    const url = request.url ?? "";
    return `${scheme} ${request.headers.host}${edgeKeeps?.withoutQuery ? url.split("?")[0] : url}`;
}

/** Tells what is answered: edges write a head once, and then end. */
function remember(response: ServerResponse, keep: (answer: Omit<Kept, "at">) => void): void {
    const [writeHead, end] = [response.writeHead.bind(response), response.end.bind(response)] as [
        typeof response.writeHead,
        (...args: unknown[]) => ServerResponse,
    ];
    let head: OutgoingHttpHeaders = {};
    response.writeHead = ((status: number, ...rest: unknown[]) => {
        head = (rest.at(-1) ?? {}) as OutgoingHttpHeaders;
        return (writeHead as (...args: unknown[]) => ServerResponse)(status, ...rest);
    }) as typeof response.writeHead;
    response.end = ((body?: unknown) => {
        keep({ status: response.statusCode, headers: head, body });
        return end(body);
    }) as typeof response.end;
}

/** Raw, because Node's server sends no final answer below 200. */
function send(response: ServerResponse, { status, headers = {}, body = "" }: NonNullable<Faults["edgeAnswer"]>): void {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const length = status >= 200 ? `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n` : "";
    response.socket?.end(`HTTP/1.1 ${status} As Told\r\n${lines.join("")}${length}\r\n${body}`);
}
