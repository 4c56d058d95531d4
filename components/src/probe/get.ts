// One GET to a given address. SNI, `Host` and the certificate check use the real names. No redirect is followed. A failure
// says at which step it was.
import { once } from "node:events";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { type Socket, connect as tcpConnect } from "node:net";
import { type DetailedPeerCertificate, type SecureContext, type TLSSocket, connect as tlsConnect } from "node:tls";
import { plainText } from "../othersWords";
import { type ConnectRule, connectionFor } from "./connectTo";
import type { ProbeAnswer, ProbeCertificate } from "./report";

/** SparkPost's smoke test: a click that belongs to no mail. For a registered host the tracker answers 302 without a body. */
export const PATH = "/f/a/b/c/d";

/** How many bytes of a body are kept, to find an error code in. */
const KEPT = 16 * 1024;
/** How many bytes of a body are read. */
const LONGEST = 1024 * 1024;

/** How many characters of a `Location` are compared. */
const LONGEST_LOCATION = 4096;

/** How many interim answers (1xx) may come before the answer. */
const MOST_INTERIM = 20;

/** A hit in one of the caches on the way: `Hit from cloudfront`, `MISS, HIT`, `TCP_MEM_HIT from a1`, `Edge; hit; ttl=3` (RFC 9211). */
const CACHE_HIT = /(?:^|[,;]\s*)(?:tcp_)?(?:mem_)?hit\b/i;

/** How to reach the network. */
export interface Network {
    rules: ConnectRule[];
    /** Trusts other certificate authorities than Node does. */
    secureContext?: SecureContext;
    /** How long one request may take, from connecting to the last byte, in milliseconds. */
    timeout: number;
    /** Ends every request. */
    signal?: AbortSignal;
}

/** What to ask. */
export interface Target {
    scheme: "https" | "http";
    /** The address of `name`. */
    address: string;
    /** The name for SNI. The certificate must be for it. */
    name: string;
    /** The `Host` header. */
    host: string;
    /** Without it no such header is sent, as by some mail scanners. */
    userAgent?: string;
    /** Path and query. */
    path: string;
    /** How many bytes of the body the reply must have. Default 0. */
    keeps?: number;
}

/** A certificate with the fields that findings need. */
export interface ShownCertificate extends ProbeCertificate {
    /** Begin of its validity, ISO 8601. */
    validFrom: string;
    /** Such as `RSA` and 2048, or `EC` and 256. */
    key?: { type: "RSA" | "EC"; bits: number };
    /** The server sends it without its issuer, though the issuer could be fetched, as for public authorities. */
    isAlone?: boolean;
}

/** An answer with the fields that findings need. */
export interface Reply extends ProbeAnswer {
    certificate?: ShownCertificate;
    /** The version of TLS: `TLSv1.3`. */
    protocol?: string;
    /** Cloudflare's `cf-mitigated` header: the answer is Cloudflare's challenge. */
    mitigated?: string;
    /** Cloudflare's error code (1000–1999), if the body names one. */
    errorCode?: number;
    /** What Fastly's error page says, if the body is one. */
    errorText?: string;
    /** The `Strict-Transport-Security` header. */
    strictTransportSecurity?: string;
    /** How long a cache has had the answer, in seconds: the `Age` header. */
    age?: number;
    /** The `Date` header. */
    date?: string;
    /** A cache says that the answer is its own. */
    isHit?: boolean;
    /** With `keeps`: the `Content-Type` header. */
    type?: string;
    /** With `keeps`: the body as it came. Never show it. */
    body?: string;
}

/** There was no answer. `code` is Node's or OpenSSL's. */
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

/** Asks once, on a connection of its own. Throws {@link NoReply} if there is no whole answer in time. */
export async function get(target: Target, network: Network): Promise<Reply> {
    const port = target.scheme === "https" ? 443 : 80;
    const socket = tcpConnect(connectionFor({ name: target.name, address: target.address, port }, network.rules));
    // The timer also keeps the process running: a server can close so that no event comes, and Node would end.
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

/** `late` fails at the end of the time, or by the signal. */
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
    // It may fail between two steps, while nothing waits for it.
    late.catch(() => {});
    return { late, stop };
}

/** Whether a server accepts TLS 1.0 or 1.1, which browsers have given up (RFC 8996). */
export async function takesOldTls(
    { address, name }: Pick<Target, "address" | "name">,
    network: Network,
): Promise<boolean> {
    const socket = tcpConnect(connectionFor({ name, address, port: 443 }, network.rules));
    const { late, stop } = timeOut(network);
    try {
        await at("connect", late, expectEvent(socket, "connect"));
        // OpenSSL allows them only at its lowest security level.
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
 * Lets any certificate pass the handshake, so that a finding can show a refused one. The caller checks `authorized` before it
 * sends anything, whatever NODE_TLS_REJECT_UNAUTHORIZED says.
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

/** The server's text, made harmless. */
function words(text: string | string[] | undefined, longest = 300): string | undefined {
    return text === undefined ? undefined : plainText(text, longest);
}

/** Sends the request, and waits for the answer's head. */
function headOf(request: ClientRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
        let interim = 0;
        request
            .on("response", resolve)
            // A 101. Node reads nothing after it.
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

/** Waits for an event. A later error, for which nothing waits, must not end the process. */
function expectEvent(emitter: NodeJS.EventEmitter, event: string): Promise<unknown> {
    emitter.on("error", () => undefined);
    return once(emitter, event);
}

/** Waits for a step until it is late. */
async function at<T>(step: NoReply["step"], late: Promise<never>, promise: Promise<T>): Promise<T> {
    try {
        return await Promise.race([promise, late]);
    } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        throw new NoReply(step, plainText(code ?? message));
    }
}

/** Node gives a code, its own or OpenSSL's. Its types say Error. */
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
        // Node adds the issuer if it knows that itself.
        ...(issuerCertificate === undefined && infoAccess?.["CA Issuers - URI"] && { isAlone: true }),
    };
}

function dateOf(text = ""): string {
    const date = new Date(text);
    return Number.isNaN(date.getTime()) ? plainText(text) : date.toISOString();
}

/** A server without a certificate for the name in SNI ends the handshake with one of these alerts: Cloudflare with the first. */
const WITHOUT_CERTIFICATE = [/ALERT_HANDSHAKE_FAILURE$/, /UNRECOGNIZED_NAME$/, /ALERT_INTERNAL_ERROR$/];

/** Whether a failed handshake means that the server has no certificate for the host. */
export function saysNoCertificate(code: string): boolean {
    return WITHOUT_CERTIFICATE.some((alert) => alert.test(code));
}

/** Cloudflare's pages say "error code: 1001" (plain text) or "Error 1001" (HTML). */
function errorCodeIn(body: string): number | undefined {
    const code = /\berror(?: code)?:?(?:\s|<[^>]*>)*(1\d{3})\b/i.exec(body)?.[1];
    return code === undefined ? undefined : Number(code);
}

/** Fastly's pages say "Fastly error: unknown domain: …", or have the error in their title ("503 certificate has expired"). */
function errorTextIn(body: string): string | undefined {
    const [, plain, title] =
        /Fastly error: ([^\n<]{1,200})|<title>\s*5\d\d ([^<]{1,200})<\/title>[\s\S]*Varnish/i.exec(body) ?? [];
    return (plain ?? title)?.trim();
}
