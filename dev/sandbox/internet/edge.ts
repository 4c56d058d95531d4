/**
 * Cloudflare's edge: what a recipient meets behind a proxied name. It has a certificate or none yet, obeys the zone's
 * SSL mode and page rules, and asks the origin as Cloudflare would.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { redirectFor, redirectRulesOf } from "../apis/redirectRules.ts";
import { type WorkerScript, workerAnswer } from "../apis/workers.ts";
import { EDGE_ADDRESS, type Zone, zoneOf } from "../apis/zones.ts";
import type { Assumed, Faults } from "../options.ts";
import { type Authority, flawOf } from "./certificates.ts";
import { handshakesOf, tellRequest, withEdgeFaults } from "./edgeFaults.ts";
import { hostOf, type Machine, type Scheme, startMachine } from "./machine.ts";
import type { Names } from "./names.ts";
import type { Network } from "./network.ts";
import { pageRuleFor } from "./pageRule.ts";
import type { Timeline } from "./timeline.ts";

export interface EdgeOptions {
    zones: Zone[];
    scripts: WorkerScript[];
    authority: Authority;
    names: Names;
    network: Network;
    assumed: Assumed;
    faults: Faults;
    timeline: Timeline;
}

interface Reply {
    status: number;
    headers?: Record<string, string | string[]>;
    body?: Buffer | string;
    /** What the edge did, for the timeline. */
    outcome: string;
}

/** Starts the edge. */
export function startEdge(options: EdgeOptions): Promise<Machine> {
    const { zones, authority, assumed, faults, timeline } = options;
    return startMachine({
        address: EDGE_ADDRESS,
        withoutCertificate: assumed.missingCertificate,
        // docs: no certificate for more than one label below the zone, nor before it is issued.
        certificate: async (serverName) => {
            const names = servedZone(zones, serverName)?.certificateFor(serverName);
            return names && authority.secureContext(names, flawOf(faults));
        },
        onHandshake: handshakesOf("cloudflare", timeline),
        answer: withEdgeFaults(options, async (request, response, scheme) => {
            const host = hostOf(request.headers.host);
            const { status, headers, body, outcome } = await reply(request, host, scheme, options);
            // docs: "a CDN may overwrite" the tracker's server header.
            response.writeHead(status, { ...headers, server: "cloudflare", "cf-ray": rayOf() }).end(body);
            tellRequest(timeline, request, { scheme, status, outcome, edge: "cloudflare" });
        }),
    });
}

async function reply(request: IncomingMessage, host: string, scheme: Scheme, options: EdgeOptions): Promise<Reply> {
    const { zones, scripts, assumed, faults } = options;
    const path = request.url ?? "/";
    const zone = servedZone(zones, host);
    const record = zone?.proxied(host);
    // docs: "after un-proxying, Cloudflare answers 409 / error 1001 to those who still come".
    if (!zone || !record) {
        return { status: 409, body: "error code: 1001", outcome: "no such host here" };
    }
    const rule = pageRuleFor(zone, `${host}${path}`);
    // docs: Browser Integrity Check "is on by default and challenges clients with odd user agents".
    const odd = assumed.noUserAgent === "challenged" && !request.headers["user-agent"];
    if (faults.edgeChallenge || (odd && rule?.settings.browser_check !== "off")) {
        return {
            status: 403,
            headers: { "cf-mitigated": "challenge" },
            body: "Just a moment...",
            outcome: "challenge",
        };
    }
    // docs: the modern "rules win over page rules".
    const sent = redirectFor(redirectRulesOf(zone, faults) ?? [], new URL(`${scheme}://${host}${path}`));
    if (sent) {
        return redirect(sent.status, sent.location, "a redirect rule of the zone");
    }
    if (faults.httpsRedirect && scheme === "http") {
        return redirect(301, `https://${host}${path}`, "always https");
    }
    // docs: Workers come after redirect rules ("Traffic Sequence"), and for a Forwarding URL from client to Worker "Rule Ignored".
    const worker = await workerAnswer(zone, `${scheme}://${host}${path}`, scripts);
    if (worker) {
        return { ...worker, outcome: "a Worker answered" };
    }
    if (rule?.forward) {
        return redirect(rule.forward.status, rule.forward.location, "page rule");
    }
    if (faults.strangerOrigin) {
        return { status: 404, body: "Not Found", outcome: "a stranger answered" };
    }
    const mode = rule?.settings.ssl ?? zone.ssl;
    // docs: "`off` sends https to http".
    if (mode === "off" && scheme === "https") {
        return redirect(301, `http://${host}${path}`, "SSL mode off");
    }
    return relay(request, host, scheme, { mode, type: record.type, content: record.content }, options);
}

/** inferred: a zone that isn't active serves nothing, and hides nothing of an active one above it. */
function servedZone(zones: Zone[], host: string): Zone | undefined {
    return zoneOf(
        zones.filter(({ status }) => status === "active"),
        host,
    );
}

/** Asks the origin, and hands on what it says. */
async function relay(
    request: IncomingMessage,
    host: string,
    scheme: Scheme,
    origin: { mode: unknown; type: string; content: string },
    { names, network, assumed }: EdgeOptions,
): Promise<Reply> {
    const { mode, type, content } = origin;
    // docs: `full` and `strict` ask as they were asked; "`flexible` speaks http to the origin".
    const originScheme = mode === "full" || mode === "strict" ? scheme : "http";
    // docs: `strict` accepts a certificate for "the requested or target hostname".
    const strict = assumed.strictOrigin === "accepted" ? [host, content] : [host];
    let address: string | undefined;
    try {
        address = type === "A" ? content : names.authoritativeAddresses(content)[0];
    } catch {
        // filler: status and code of an origin without an address.
        return { status: 530, body: "error code: 1016", outcome: `the origin ${content} has no address` };
    }
    // docs: "Edge → another Cloudflare customer's host: error 1014". filler: the status.
    if (address === EDGE_ADDRESS) {
        return { status: 403, body: "error code: 1014", outcome: "the origin is an edge" };
    }
    try {
        const answer = await network.call({
            scheme: originScheme,
            address: address ?? "",
            host,
            path: request.url ?? "/",
            method: request.method,
            headers: forwardedHeaders(request, scheme),
            trust: mode === "strict" ? strict : "any",
        });
        const { connection: _hop, "transfer-encoding": _coding, ...headers } = answer.headers;
        const kept = Object.entries(headers).filter((entry): entry is [string, string | string[]] => !!entry[1]);
        return { status: answer.status, headers: Object.fromEntries(kept), body: answer.body, outcome: "relayed" };
    } catch (error) {
        const { code = "" } = error as NodeJS.ErrnoException;
        const status = originError(code);
        return { status, body: `error code: ${status}`, outcome: `the origin failed (${code})` };
    }
}

/** inferred: which 52x is which (521 refused, 522 timed out, 526 certificate refused). */
function originError(code: string): number {
    if (code === "ECONNREFUSED" || code === "ECONNRESET") {
        return 521;
    }
    return code === "ETIMEDOUT" ? 522 : 526;
}

/** docs: User-Agent and X-Forwarded-For become the event's user agent and address; Host stays. */
function forwardedHeaders(request: IncomingMessage, scheme: Scheme): Record<string, string> {
    const earlier = request.headers["x-forwarded-for"];
    const visitor = String(request.socket.remoteAddress);
    const userAgent = request.headers["user-agent"];
    return {
        ...(userAgent && { "user-agent": userAgent }),
        "x-forwarded-for": earlier ? `${earlier}, ${visitor}` : visitor,
        "x-forwarded-proto": scheme,
        "cf-connecting-ip": visitor,
        "cf-ray": rayOf(),
    };
}

function redirect(status: number, location: string, outcome: string): Reply {
    return { status, headers: { location, "content-length": "0" }, outcome };
}

function rayOf(): string {
    return `${randomUUID().replaceAll("-", "").slice(0, 16)}-SBX`;
}
