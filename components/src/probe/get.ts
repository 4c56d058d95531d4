// One `GET` to a given address: SNI, `Host` and the certificate's check use the real names, nothing is followed, and
// whatever fails says at which step.
import { once } from "node:events";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { type Socket, connect as tcpConnect } from "node:net";
import { type DetailedPeerCertificate, type SecureContext, type TLSSocket, connect as tlsConnect } from "node:tls";
import { plainText } from "../othersWords";
import { type ConnectRule, connectionFor } from "./connectTo";
import type { ProbeAnswer, ProbeCertificate } from "./report";

/** The vendor's smoke test: a click of nobody, which the tracker answers with 302 and no body for a registered host. */
export const PATH = "/f/a/b/c/d";

/**
 * How much of a body is kept to find an error code in, and at which length an answer isn't read any further, in bytes.
 */
const KEPT = 16 * 1024;
const LONGEST = 1024 * 1024;

/** Characters of a `Location` that are compared. */
const LONGEST_LOCATION = 4096;

/** Interim answers (1xx) that may come before the answer. */
const MOST_INTERIM = 20;

/** A hit in one of the caches on the way: `Hit from cloudfront`, `MISS, HIT`, `TCP_MEM_HIT from a1`, `Edge; hit; ttl=3` (RFC 9211). */
const CACHE_HIT = /(?:^|[,;]\s*)(?:tcp_)?(?:mem_)?hit\b/i;

/** How to reach the network: the same for every request of a probe. */
export interface Network {
    rules: ConnectRule[];
    /** Extra certificate authorities; undefined means Node's own. */
    secureContext?: SecureContext;
    /** Milliseconds that one request may take, from connecting to the last byte. */
    timeout: number;
    /** Ends every request. */
    signal?: AbortSignal;
}

/** What to ask. */
export interface Target {
    scheme: "https" | "http";
    /** Address that DNS gave for `name`. */
    address: string;
    /** The name in SNI, which the certificate must be for. */
    name: string;
    /** The `Host` header. */
    host: string;
    /** Undefined sends no such header, as some mail scanners do. */
    userAgent?: string;
    /** Path and query. */
    path: string;
    /** Bytes of the body that the answer is to have in it. Default 0. */
    keeps?: number;
}

/** A certificate, with what findings are made of. */
export interface ShownCertificate extends ProbeCertificate {
    /** Begin of its validity, ISO 8601. */
    validFrom: string;
    /** Such as `RSA` and 2048, or `EC` and 256. */
    key?: { type: "RSA" | "EC"; bits: number };
    /** Its issuer can be fetched, as that of public authorities can, and the server sends nothing but itself. */
    isAlone?: boolean;
}

/** An answer, with what findings are made of. */
export interface Reply extends ProbeAnswer {
    certificate?: ShownCertificate;
    /** Of TLS: `TLSv1.3`. */
    protocol?: string;
    /** Cloudflare's `cf-mitigated` header: the answer is a challenge, not the site's. */
    mitigated?: string;
    /** Cloudflare's own error code (1000–1999) when the body names one. */
    errorCode?: number;
    /** Fastly's own words when the body is its error page. */
    errorText?: string;
    /** The `Strict-Transport-Security` header. */
    strictTransportSecurity?: string;
    /** Seconds for which a cache has had the answer: the `Age` header. */
    age?: number;
    /** The `Date` header. */
    date?: string;
    /** A cache says that it had the answer. */
    isHit?: boolean;
    /** The `Content-Type` header, where the target keeps a body. */
    type?: string;
    /** Where the target keeps it: as it came, so that it mustn't be shown. */
    body?: string;
}

/** No answer: at which step, with which code of Node or OpenSSL, and the certificate if one was shown. */
export class NoReply extends Error {
    constructor(
        readonly step: "connect" | "handshake" | "certificate" | "answer",
        readonly code: string,
        readonly certificate?: ShownCertificate,
    ) {
        super(`${step}: ${code}`);
        this.name = "NoReply";
    }
}

/**
 * Asks, and gives the answer; throws {@link NoReply} otherwise. Every call is a connection of its own, and ends within
 * its time whatever the server does or leaves undone.
 */
export async function get(target: Target, network: Network): Promise<Reply> {
    const port = target.scheme === "https" ? 443 : 80;
    const socket = tcpConnect(connectionFor({ name: target.name, address: target.address, port }, network.rules));
    // It keeps the process running too: a server can close so that no event ever comes, and Node would just end.
    const { late, stop } = timeOut(network);
    let stream: Socket = socket;
    let certificate: ShownCertificate | undefined;
    let protocol: string | undefined;
    try {
        await at("connect", late, expectEvent(socket, "connect"));
        if (target.scheme === "https") {
            const secure = startTls(socket, target, network);
            stream = secure;
            await at("handshake", late, expectEvent(secure, "secureConnect"));
            certificate = certificateOf(secure.getPeerCertificate(true));
            protocol = secure.getProtocol() ?? undefined;
            if (!secure.authorized) {
                throw new NoReply("certificate", refusal(secure), certificate);
            }
        }
        return { ...(await at("answer", late, ask(stream, target))), certificate, protocol };
    } finally {
        stop();
        stream.destroy();
        socket.destroy();
    }
}

/** `late` fails after these milliseconds, or when the signal says so. */
function timeOut({ timeout, signal }: Network): { late: Promise<never>; stop(): void } {
    let stop = () => {};
    const late = new Promise<never>((_, reject) => {
        const timer = setTimeout(() => reject(failure("ETIMEDOUT")), timeout);
        const end = () => reject(failure("ECANCELLED"));
        signal?.addEventListener("abort", end);
        if (signal?.aborted) {
            end();
        }
        stop = () => {
            clearTimeout(timer);
            signal?.removeEventListener("abort", end);
        };
    });
    // It may fail between two steps, when nobody waits for it.
    late.catch(() => {});
    return { late, stop };
}

/** Whether a server takes a version of TLS that browsers have given up: 1.0 or 1.1 (RFC 8996). */
export async function takesOldTls(
    { address, name }: Pick<Target, "address" | "name">,
    network: Network,
): Promise<boolean> {
    const socket = tcpConnect(connectionFor({ name, address, port: 443 }, network.rules));
    const { late, stop } = timeOut(network);
    try {
        await at("connect", late, expectEvent(socket, "connect"));
        // OpenSSL has them at its lowest level alone.
        const versions = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
        const secure = tlsConnect({ socket, servername: name, rejectUnauthorized: false, ...versions });
        await at("handshake", late, expectEvent(secure, "secureConnect"));
        return true;
    } catch {
        return false;
    } finally {
        stop();
        socket.destroy();
    }
}

function failure(code: string): NodeJS.ErrnoException {
    return Object.assign(new Error(code), { code });
}

/**
 * The handshake is let through with any certificate so that a refused one can be told by its names, dates and issuer.
 * `authorized` is looked at before the first byte is sent, also where NODE_TLS_REJECT_UNAUTHORIZED says otherwise.
 */
function startTls(socket: Socket, target: Target, network: Network): TLSSocket {
    return tlsConnect({
        socket,
        servername: target.name,
        secureContext: network.secureContext,
        ALPNProtocols: ["http/1.1"],
        rejectUnauthorized: false,
    });
}

async function ask(stream: Socket, target: Target): Promise<Reply> {
    const headers: Record<string, string> = { Host: target.host, Accept: "*/*", Connection: "close" };
    if (target.userAgent !== undefined) {
        headers["User-Agent"] = target.userAgent;
    }
    const request = httpRequest({
        createConnection: () => stream,
        path: target.path,
        headers,
        setHost: false,
    });
    const response = await headOf(request);
    const { keeps = 0 } = target;
    const isBody = response.statusCode !== 101;
    const { body, length } = isBody ? await bodyOf(response, Math.max(KEPT, keeps)) : { body: "", length: 0 };
    const { location, server, date, ...others } = response.headers;
    const status = response.statusCode ?? 0;
    const said = (header: string) => words(others[header]);
    const mitigated = said("cf-mitigated");
    const age = Number.parseInt(said("age") ?? "", 10);
    const caches = ["x-cache", "x-cache-status", "cf-cache-status", "cache-status"].map(said);
    return {
        status,
        location: words(location, LONGEST_LOCATION),
        contentLength: length,
        server: words(server),
        mitigated,
        errorCode: server === "cloudflare" ? errorCodeIn(body) : undefined,
        errorText: status >= 500 ? words(errorTextIn(body)) : undefined,
        strictTransportSecurity: said("strict-transport-security"),
        age: Number.isNaN(age) ? undefined : age,
        date: words(date),
        isHit: caches.some((cache) => CACHE_HIT.test(cache ?? "")) || undefined,
        ...(keeps > 0 && { type: said("content-type"), body: body.slice(0, keeps) }),
    };
}

/** A text of the server's, made harmless. */
function words(text: string | string[] | undefined, longest = 300): string | undefined {
    return text === undefined ? undefined : plainText(text, longest);
}

/** Sends the request. Every way in which it can end is looked at: an answer, a change of protocol, nothing. */
function headOf(request: ClientRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
        let interim = 0;
        request
            .on("response", resolve)
            // A 101, after which Node reads nothing more.
            .on("upgrade", resolve)
            .on("information", () => {
                interim++;
                if (interim > MOST_INTERIM) {
                    request.destroy(failure("E2BIG"));
                }
            })
            .on("error", reject)
            .on("close", () => reject(failure("ECONNRESET")))
            .end();
    });
}

async function bodyOf(response: IncomingMessage, most: number): Promise<{ body: string; length: number }> {
    let length = 0;
    const kept: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) {
        if (length < most) {
            kept.push(chunk);
        }
        length += chunk.length;
        if (length > LONGEST) {
            break;
        }
    }
    return { body: Buffer.concat(kept).toString("utf8", 0, most), length };
}

/** Waits for an event, and keeps an error that comes later, when nobody waits for one, from ending the process. */
function expectEvent(emitter: NodeJS.EventEmitter, event: string): Promise<unknown> {
    emitter.on("error", () => undefined);
    return once(emitter, event);
}

/** Waits for a step, but not longer than until it is late. */
async function at<T>(step: NoReply["step"], late: Promise<never>, promise: Promise<T>): Promise<T> {
    try {
        return await Promise.race([promise, late]);
    } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        throw new NoReply(step, plainText(code ?? message));
    }
}

/** Node gives a code of its own or of OpenSSL here; its types say Error. */
function refusal(socket: TLSSocket): string {
    const refused: unknown = socket.authorizationError;
    return typeof refused === "string" ? refused : ((refused as NodeJS.ErrnoException).code ?? String(refused));
}

function certificateOf(certificate: Partial<DetailedPeerCertificate>): ShownCertificate {
    const { O: organisation, CN: commonName } = certificate.issuer ?? {};
    const { bits, asn1Curve, infoAccess, issuerCertificate } = certificate;
    return {
        issuer: plainText([organisation, commonName].flat().filter(Boolean).join(", ")),
        validFrom: dateOf(certificate.valid_from),
        validTo: dateOf(certificate.valid_to),
        names: (certificate.subjectaltname ?? "")
            .split(", ")
            .map((name) => plainText(name.replace(/^(DNS|IP Address):/, ""))),
        ...(bits !== undefined && { key: { type: asn1Curve === undefined ? "RSA" : "EC", bits } }),
        // Node gives an issuer that it knows itself, too.
        ...(issuerCertificate === undefined && infoAccess?.["CA Issuers - URI"] && { isAlone: true }),
    };
}

function dateOf(text = ""): string {
    const date = new Date(text);
    return Number.isNaN(date.getTime()) ? plainText(text) : date.toISOString();
}

/**
 * A server that holds no certificate for the name in SNI ends the handshake with one of these alerts; Cloudflare with
 * the first while a certificate is being issued.
 */
const WITHOUT_CERTIFICATE = [/ALERT_HANDSHAKE_FAILURE$/, /UNRECOGNIZED_NAME$/, /ALERT_INTERNAL_ERROR$/];

/** Whether a handshake's error says that the server has no certificate for the host. */
export function saysNoCertificate(code: string): boolean {
    return WITHOUT_CERTIFICATE.some((alert) => alert.test(code));
}

/** Cloudflare's pages say "error code: 1001" (plain text) or "Error 1001" (HTML). */
function errorCodeIn(body: string): number | undefined {
    const code = /\berror(?: code)?:?(?:\s|<[^>]*>)*(1\d{3})\b/i.exec(body)?.[1];
    return code === undefined ? undefined : Number(code);
}

/** Fastly's pages say "Fastly error: unknown domain: …", or have the error as their title ("503 certificate has expired"). */
function errorTextIn(body: string): string | undefined {
    const [, plain, title] =
        /Fastly error: ([^\n<]{1,200})|<title>\s*5\d\d ([^<]{1,200})<\/title>[\s\S]*Varnish/i.exec(body) ?? [];
    return (plain ?? title)?.trim();
}
