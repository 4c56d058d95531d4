/**
 * The tracker behind SparkPost's endpoints, one machine a region: it finds the tracking domain by the host, the event
 * by the path, and puts what it saw on the timeline. Facts are those of "The tracker" in the SparkPost reference.
 */
import type { IncomingMessage } from "node:http";
import type { TrackingDomains } from "../apis/domains.ts";
import type { Assumed, Faults, Region } from "../options.ts";
import type { Authority } from "./certificates.ts";
import { FASTLY_ADDRESS } from "./fastlyEdge.ts";
import { hostOf, type Machine, type Scheme, startMachine } from "./machine.ts";
import type { Names } from "./names.ts";
import type { Timeline } from "./timeline.ts";

/** docs: endpoint and v2 endpoint of a region serve the same, "both kinds serve as CDN origins". */
export const ENDPOINTS: Record<Region, { names: string[]; v2: string; address: string }> = {
    us: { names: ["spgo.io", "v2.spgo.io"], v2: "v2.spgo.io", address: "192.0.2.10" },
    eu: { names: ["eu.spgo.io", "eu.v2.spgo.io"], v2: "eu.v2.spgo.io", address: "192.0.2.20" },
};

/** Whether a host is now a plain alias of its region's v2 endpoint, so that no edge terminates its TLS. */
export function leadsToV2(host: string, region: Region, names: Names): boolean {
    return names.aliases(host).includes(ENDPOINTS[region].v2);
}

/** docs: "Over 4,096 bytes a link is refused". */
const LONGEST_LINK = 4096;

/** A click that names no recipient, as the vendor's smoke test, and is no other's. */
const INVENTED = /^\/f\/a\/b\/c\/[0-9a-f]{16}$/;

export interface TrackerOptions {
    region: Region;
    domains: TrackingDomains;
    authority: Authority;
    assumed: Assumed;
    faults: Faults;
    names: Names;
    timeline: Timeline;
    /** Logs what isn't modelled. */
    unmodelled(what: string): void;
}

/** Starts the tracker of a region. */
export function startTracker(options: TrackerOptions): Promise<Machine> {
    const { region, authority, faults, timeline } = options;
    const { names, address } = ENDPOINTS[region];
    return startMachine({
        address,
        isDown: () => faults.originDown,
        // docs: "Needs SNI". For a customer's host the certificate is the endpoint's own, so a browser refuses it and
        // an edge in mode "full" doesn't mind; unless SparkPost holds one for that host.
        certificate: (serverName) => {
            const isNamed = names.includes(serverName) || hasCertificate(serverName, options);
            return authority.secureContext([isNamed ? serverName : (names[0] ?? "")]);
        },
        async answer(request, response, scheme) {
            const host = trackingHost(request, options);
            const { status, headers = {}, event } = reply(request, host, options);
            response.sendDate = false;
            // docs: "302, content-length: 0" on the smoke test; all answers here are empty.
            response.writeHead(status, { "content-length": 0, ...headers }).end();
            timeline.add("tracker", "tracker-request", `the tracker answered ${host}${request.url} with ${status}`, {
                host,
                scheme,
                path: request.url,
                region,
                status,
                event,
                ...sender(request, scheme),
            });
        },
    });
}

/** docs: SparkPost holds the certificate "when the host is a plain CNAME to a v2 endpoint". */
function hasCertificate(host: string, { domains, names, region }: TrackerOptions): boolean {
    const domain = domains.find(host);
    const isIssued = domain?.uses_managed_certificate === true && domain.tls_status === "valid";
    return isIssued && leadsToV2(host, region, names);
}

interface Reply {
    status: number;
    headers?: Record<string, string>;
    event?: "click" | "open";
}

function reply(request: IncomingMessage, host: string, options: TrackerOptions): Reply {
    const { domains, assumed, faults, unmodelled } = options;
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://tracker.invalid");
    const msys = { server: "msys-http" };
    // docs: 'Excessive requests get the tracker\'s own 403'.
    if (faults.trackerForbidden) {
        return { status: 403, headers: msys };
    }
    // docs: "opens /q/… (GET; other methods are not documented)".
    if (request.method !== "GET") {
        unmodelled(`tracker: ${request.method} ${pathname}`);
        return { status: 501 };
    }
    // docs: app-link files are the edge's to serve. filler: what the tracker answers in their place.
    if (pathname.startsWith("/.well-known/")) {
        return { status: 404, headers: msys };
    }
    const domain = domains.find(host);
    // filler: a plain 404, because docs say of an unregistered host "rely on nothing there".
    if (!domain || (!domain.verified && assumed.unverifiedHost === "refused")) {
        return { status: 404 };
    }
    // filler: how it is refused.
    if (Buffer.byteLength(request.url ?? "") > LONGEST_LINK) {
        return { status: 414, headers: msys };
    }
    // assumed: any path counts, and the target is where the click is sent. docs: smoke test 302 with content-length 0; "clicks carry X-Robots-Tag: noindex".
    if (pathname.startsWith("/f/")) {
        const isInvented = INVENTED.test(pathname);
        if (isInvented && assumed.inventedClick === "unknown") {
            return { status: 404, headers: msys };
        }
        const target = assumed.clickTarget === "honoured" && searchParams.get("target");
        const headers = { ...msys, "x-robots-tag": "noindex" };
        return target
            ? { status: 302, headers: { ...headers, location: target }, ...(!isInvented && { event: "click" }) }
            : { status: 302, headers };
    }
    // filler: what an open is answered.
    if (pathname.startsWith("/q/")) {
        return { status: 200, headers: msys, event: "open" };
    }
    return { status: 404, headers: msys };
}

/** docs: found by "the Host header or X-Forwarded-Host (which wins when both are there is not documented)". */
function trackingHost(request: IncomingMessage, { domains, assumed }: TrackerOptions): string {
    const named = [hostOf(request.headers.host), hostOf(request.headers["x-forwarded-host"])];
    if (assumed.forwardedHost === "wins") {
        named.reverse();
    }
    return named.find((host) => domains.find(host)) ?? named[0] ?? "";
}

/** docs: User-Agent and X-Forwarded-For become the event's user agent and address. */
function sender(request: IncomingMessage, scheme: Scheme) {
    const forwarded = String(request.headers["x-forwarded-for"] ?? "")
        .split(",")[0]
        ?.trim();
    // docs: Cloudflare marks what it sends with cf-ray, Fastly with Fastly-Client; Fastly-SSL tells how the visitor came.
    const isFastly = request.headers["fastly-client"] !== undefined;
    const fastlyScheme = request.headers["fastly-ssl"] ? "https" : "http";
    return {
        via: request.headers["cf-ray"] || isFastly ? "edge" : "direct",
        visitorScheme: isFastly ? fastlyScheme : (request.headers["x-forwarded-proto"] ?? scheme),
        // Everybody here connects from 127.0.0.1, but the edge has an address of its own.
        address: forwarded || (isFastly ? FASTLY_ADDRESS : request.socket.remoteAddress),
        userAgent: request.headers["user-agent"],
    };
}
