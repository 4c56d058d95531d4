/**
 * Fastly's edge: what a recipient meets behind a host that is an alias of Fastly's. It serves what the active version
 * of a service declares: certificate, backend, headers, cache.
 */
import type { IncomingMessage } from "node:http";
import type { Block } from "../apis/fastly/blocks.ts";
import type { Services, Version } from "../apis/fastly/services.ts";
import type { Subscriptions } from "../apis/fastly/subscriptions.ts";
import type { Assumed, Faults } from "../options.ts";
import { type Authority, flawOf } from "./certificates.ts";
import { handshakesOf, tellRequest, withEdgeFaults } from "./edgeFaults.ts";
import { hostOf, type Machine, type Scheme, startMachine } from "./machine.ts";
import type { Names } from "./names.ts";
import type { Answer, Network } from "./network.ts";
import type { Timeline } from "./timeline.ts";
import { parseVcl, type Subroutine, type VclRequest } from "./vcl.ts";

/** The address of the edge, and the name that hosts are aliases of. */
export const FASTLY_ADDRESS = "192.0.2.40";
export const FASTLY_HOST = "j.sni.global.fastly.net";

/** docs: the statuses that are cached by default. */
const CACHED = [200, 203, 300, 301, 302, 404, 410];

export interface FastlyEdgeOptions {
    services: Services;
    subscriptions: Subscriptions;
    authority: Authority;
    names: Names;
    network: Network;
    assumed: Assumed;
    faults: Faults;
    timeline: Timeline;
    ttlScale: number;
}

interface Reply {
    status: number;
    reason?: string;
    headers?: Record<string, string | string[]>;
    body?: Buffer | string;
    /** What the edge did, for the timeline. */
    outcome: string;
}

type Cache = Map<string, { reply: Reply; until: number }>;

/** Starts the edge. */
export function startFastlyEdge(options: FastlyEdgeOptions): Promise<Machine> {
    const { subscriptions, authority, assumed, faults, timeline } = options;
    const cache: Cache = new Map();
    return startMachine({
        address: FASTLY_ADDRESS,
        withoutCertificate: assumed.missingCertificate,
        certificate: async (serverName) => {
            const names = subscriptions.certificateFor(serverName);
            return names && authority.secureContext(names, flawOf(faults));
        },
        onHandshake: handshakesOf("fastly", timeline),
        answer: withEdgeFaults(options, async (request, response, scheme) => {
            const host = hostOf(request.headers.host);
            const answer = await reply(request, host, scheme, cache, options);
            const { status, reason, headers, body, outcome } = answer;
            // docs: both headers are on every answer.
            const served = { ...headers, via: "1.1 varnish", "x-cache": outcome === "cached" ? "HIT" : "MISS" };
            if (reason) {
                response.writeHead(status, reason, served).end(body);
            } else {
                response.writeHead(status, served).end(body);
            }
            tellRequest(timeline, request, { scheme, status, outcome, edge: "fastly" });
        }),
    });
}

async function reply(
    request: IncomingMessage,
    host: string,
    scheme: Scheme,
    cache: Cache,
    options: FastlyEdgeOptions,
): Promise<Reply> {
    const { services, faults, timeline, ttlScale } = options;
    const found = services.serving(host);
    if (!found) {
        // docs, reports: status, reason and words.
        const body = `Fastly error: unknown domain: ${host}. Please check that this domain has been added to a service.`;
        return { status: 500, reason: "Domain Not Found", body, outcome: "unknown domain" };
    }
    const { service, version } = found;
    const [settings] = version.blocks.request_settings.values();
    // docs: "Forces the request to use SSL (Redirects a non-SSL request to SSL)".
    if (settings?.force_ssl && scheme === "http") {
        const location = `https://${host}${request.url}`;
        return { status: 301, headers: { location, "content-length": "0" }, outcome: "force_ssl" };
    }
    if (faults.strangerOrigin) {
        return { status: 404, body: "Not Found", outcome: "a stranger answered" };
    }
    const { headers, error } = received(request, host, scheme, version);
    if (error) {
        // filler: what is answered where no snippet makes the answer.
        const { status, response: reason, contentType = "text/html; charset=utf-8", body = reason } = error;
        return { status, reason, headers: { "content-type": contentType }, body, outcome: "synthetic" };
    }
    // docs: the default host takes the place of the Host header before the cache is looked at.
    const asked = String(settings?.default_host || version.settings["general.default_host"] || host);
    const key = `${service.id} ${asked}${request.url}`;
    const kept = cache.get(key);
    const isPass = settings?.action === "pass" || !["GET", "HEAD"].includes(request.method ?? "");
    if (kept && kept.until > timeline.now() && !isPass && !settings?.force_miss) {
        return { ...kept.reply, outcome: "cached" };
    }
    const [backend] = version.blocks.backend.values();
    const answer = await ask(request, asked, headers, backend as Block, options);
    // docs: "Unset, the TTL is 3,600 s and 302s are cached". The tracker says nothing of its own about caching.
    const seconds = version.settings["general.default_ttl"];
    if (answer.outcome === "relayed" && !isPass && CACHED.includes(answer.status) && seconds > 0) {
        cache.set(key, { reply: answer, until: timeline.now() + seconds * 1000 * ttlScale });
    }
    return answer;
}

/** Asks the backend as it is declared. */
async function ask(
    request: IncomingMessage,
    host: string,
    headers: Record<string, string>,
    backend: Block,
    { names, network }: FastlyEdgeOptions,
): Promise<Reply> {
    const target = String(backend.address);
    try {
        const address = /^[\d.]+$/.test(target) ? target : (names.authoritativeAddresses(target)[0] ?? "");
        const answer = await network.call({
            scheme: backend.use_ssl ? "https" : "http",
            port: Number(backend.port),
            address,
            // docs: "If set, will replace the client-supplied HTTP `Host` header"; "Does not affect SNI at all".
            host: String(backend.override_host || host),
            serverName: String(backend.ssl_sni_hostname ?? ""),
            path: request.url ?? "/",
            method: request.method,
            headers,
            // docs: "both … are needed, the API infers neither". inferred: without a name to check, none fits.
            trust: backend.ssl_check_cert ? [String(backend.ssl_cert_hostname ?? "")] : "any",
        });
        return { status: answer.status, headers: kept(answer), body: answer.body, outcome: "relayed" };
    } catch (error) {
        const { code = "" } = error as NodeJS.ErrnoException;
        // docs: 503 with a reason of its own for each failure. filler: which.
        return { status: 503, reason: "Backend fetch failed", body: code, outcome: `the origin failed (${code})` };
    }
}

function kept({ headers }: Answer): Record<string, string | string[]> {
    const { connection: _hop, "transfer-encoding": _coding, ...rest } = headers;
    const entries = Object.entries(rest).filter((entry): entry is [string, string | string[]] => !!entry[1]);
    return Object.fromEntries(entries);
}

/**
 * docs: what Fastly adds to a request when it comes in, and what `recv` snippets make of it then. Where one ends it with an
 * `error`, "control" passes to `vcl_error`, and so to its snippets; nothing is looked for in the cache or asked.
 */
function received(request: IncomingMessage, host: string, scheme: Scheme, version: Version): VclRequest {
    const { host: _host, connection: _hop, ...sent } = request.headers;
    const headers = Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, String(value)]));
    const clientIp = String(request.socket.remoteAddress);
    const isTls = scheme === "https";
    const [settings] = version.blocks.request_settings.values();
    const append = (name: string, value: string) => {
        headers[name] = headers[name] ? `${headers[name]}, ${value}` : value;
    };
    // docs: "Fastly modifies the XFF header only on secure connections"; X-Forwarded-Host and Fastly-SSL likewise.
    if (isTls) {
        if (settings?.xff !== "leave") {
            append("x-forwarded-for", clientIp);
        }
        append("x-forwarded-host", host);
        headers["fastly-ssl"] ??= "1";
    }
    // docs: added where the client sends none, and believed where it does.
    headers["fastly-client-ip"] ??= clientIp;
    // docs: "attached to all requests that come from a Fastly server". filler: the value.
    headers["fastly-client"] = "1";
    const [path = ""] = (request.url ?? "/").split("?", 1);
    const seen: VclRequest = { headers, clientIp, isTls, path };
    run("recv", seen, version);
    if (seen.error) {
        run("error", seen, version);
    }
    return seen;
}

/** docs: "Lower numbers execute first". */
function run(subroutine: Subroutine, request: VclRequest, version: Version): void {
    const snippets = [...version.blocks.snippet.values()].filter(({ type }) => type === subroutine);
    const content = snippets
        .sort((one, other) => Number(one.priority) - Number(other.priority))
        .map((snippet) => String(snippet.content));
    // One after the other they are one subroutine.
    parseVcl(content.join("\n"), subroutine)(request);
}
