// One question to one DNS server: over UDP, over TCP if the answer was truncated, or over HTTPS (RFC 8484).
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { getServers } from "node:dns";
import { lookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import {
    CHECKING_DISABLED,
    type DecodedPacket,
    decode,
    encode,
    type Packet,
    type Question,
    RECURSION_DESIRED,
} from "dns-packet";

/** A server that can be asked. */
export interface DnsServer {
    /** For messages: its address, or its URL. */
    label: string;
    at: { host: string; port: number } | { url: string };
}

/** A question, and whether the server may ask others for the answer. */
interface ServerQuestion {
    name: string;
    type: Question["type"];
    recursion: boolean;
    /** A resolver is not to check signatures (RFC 4035, 3.2.2). */
    isUnchecked?: boolean;
}

/** A server's answer. */
export interface ServerReply extends DecodedPacket {
    /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, … */
    rcode: string;
}

/** The server gave no readable answer. */
export class NoReply extends Error {
    constructor(
        /** `ETIMEOUT`, `ECONNREFUSED`, `EBADRESP`, `HTTP 403`, … */
        readonly code: string,
    ) {
        super(code);
        this.name = "NoReply";
    }
}

/** Bytes of the longest answer: over TCP, two bytes give its length. */
const MAX_REPLY = 65_535;

/**
 * Reads the server that a user gave: an IP address with or without a port, `HOST:PORT`, or the URL of DNS over HTTPS.
 * `undefined` for anything else. Plain http is only for a server on this machine.
 */
export function dnsServer(text: string): DnsServer | undefined {
    if (/^https?:/i.test(text)) {
        const url = URL.canParse(text) ? new URL(text) : undefined;
        const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url?.hostname ?? "");
        return url && (url.protocol === "https:" || isLocal) ? { label: text, at: { url: url.href } } : undefined;
    }
    const [, bracketed, plain, givenPort] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [text, text];
    const host = bracketed ?? plain ?? "";
    const port = Number(givenPort ?? 53);
    const isName =
        givenPort !== undefined &&
        bracketed === undefined &&
        /^(?=.{1,253}$)[a-z0-9._-]*[a-z][a-z0-9._-]*$/i.test(host);
    if ((isIP(host) === 0 && !isName) || !(port > 0 && port < 65_536)) {
        return undefined;
    }
    return serverAt(host, port);
}

/** The server at an address. */
export function serverAt(host: string, port: number): DnsServer {
    const bracketed = host.includes(":") ? `[${host}]` : host;
    return { label: port === 53 ? host : `${bracketed}:${port}`, at: { host, port } };
}

/** The resolvers of this machine. */
export function systemServers(): DnsServer[] {
    return getServers().flatMap((text) => dnsServer(text) ?? []);
}

/** Asks once. Throws {@link NoReply}, also when the signal ends it. */
export async function askServer(
    { at }: DnsServer,
    question: ServerQuestion,
    signal: AbortSignal,
): Promise<ServerReply> {
    if (!canBeAsked(question.name)) {
        throw new NoReply("EBADNAME");
    }
    const ask = async (query: Query) => {
        try {
            return "url" in at ? await overHttps(at.url, query, signal) : await overUdp(at, query, signal);
        } catch (error) {
            throw error instanceof NoReply ? error : new NoReply(signal.aborted ? abortCode(signal) : codeOf(error));
        }
    };
    // Larger UDP packets than 512 bytes avoid TCP, which some networks block (RFC 6891).
    const reply = await ask(queryFor(question, { largePackets: true, isCacheable: "url" in at }));
    return reply.rcode === "FORMERR" || reply.rcode === "NOTIMP"
        ? ask(queryFor(question, { largePackets: false, isCacheable: "url" in at }))
        : reply;
}

interface Query {
    packet: Buffer;
    id: number;
    question: ServerQuestion;
}

function queryFor(question: ServerQuestion, how: { largePackets: boolean; isCacheable: boolean }): Query {
    const { name, type, recursion, isUnchecked } = question;
    // Over HTTPS nobody can guess it, and caches need the same bytes for the same question (RFC 8484, 4.1).
    const id = how.isCacheable ? 0 : randomInt(65_536);
    const additionals: Packet["additionals"] = how.largePackets
        ? [
              {
                  type: "OPT",
                  name: ".",
                  udpPayloadSize: 1232,
                  extendedRcode: 0,
                  ednsVersion: 0,
                  flags: 0,
                  flag_do: false,
                  options: [],
              },
          ]
        : [];
    const flags = (recursion ? RECURSION_DESIRED : 0) | (isUnchecked ? CHECKING_DISABLED : 0);
    return { packet: encode({ type: "query", id, flags, questions: [{ name, type }], additionals }), id, question };
}

async function overUdp(at: { host: string; port: number }, query: Query, signal: AbortSignal): Promise<ServerReply> {
    const { address, family } = await abortable(signal, lookup(at.host));
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    try {
        const reply = await abortable(
            signal,
            new Promise<ServerReply>((resolve, reject) => {
                socket.on("error", reject);
                // Any other message is late, or forged.
                socket.on("message", (message) => isReplyTo(message, query) && resolve(readReply(message, query)));
                // Connected, so that only this server's packets arrive, and a closed port is an error.
                socket.connect(at.port, address, () => socket.send(query.packet));
            }),
        );
        return reply.flag_tc ? await overTcp({ address, port: at.port }, query, signal) : reply;
    } finally {
        socket.close();
    }
}

async function overTcp(at: { address: string; port: number }, query: Query, signal: AbortSignal): Promise<ServerReply> {
    const socket = connect(at.port, at.address);
    try {
        const answer = new Promise<ServerReply>((resolve, reject) => {
            let received = Buffer.alloc(0);
            socket.on("error", reject);
            socket.on("close", () => reject(new NoReply("ECONNRESET")));
            socket.on("data", (chunk) => {
                received = Buffer.concat([received, chunk]);
                const length = received.length < 2 ? MAX_REPLY : received.readUInt16BE(0);
                if (received.length >= length + 2) {
                    const message = received.subarray(2, length + 2);
                    resolve(
                        isReplyTo(message, query) ? readReply(message, query) : Promise.reject(new NoReply("EBADRESP")),
                    );
                }
            });
        });
        const length = Buffer.alloc(2);
        length.writeUInt16BE(query.packet.length);
        socket.write(Buffer.concat([length, query.packet]));
        return await abortable(signal, answer);
    } finally {
        socket.destroy();
    }
}

async function overHttps(url: string, query: Query, signal: AbortSignal): Promise<ServerReply> {
    // Loaded here, because most networks let plain DNS out. It goes through the proxy of HTTPS_PROXY.
    const { default: axios } = await import("axios");
    const type = "application/dns-message";
    const { status, headers, data } = await axios.post<ArrayBuffer>(url, query.packet, {
        headers: { accept: type, "content-type": type, "accept-encoding": "identity" },
        responseType: "arraybuffer",
        decompress: false,
        maxContentLength: MAX_REPLY,
        maxRedirects: 0,
        validateStatus: () => true,
        signal,
    });
    if (status !== 200) {
        throw new NoReply(`HTTP ${status}`);
    }
    const message = Buffer.from(data);
    if (!String(headers["content-type"]).startsWith(type) || !isReplyTo(message, query)) {
        throw new NoReply("EBADRESP");
    }
    return readReply(message, query);
}

/** Whether the message answers this question, by its header. */
function isReplyTo(message: Buffer, { id }: Query): boolean {
    return message.length >= 12 && message.readUInt16BE(0) === id && (message.readUInt8(2) & 0x80) !== 0;
}

async function readReply(message: Buffer, { question }: Query): Promise<ServerReply> {
    let reply: ServerReply;
    try {
        reply = decode(message) as ServerReply;
    } catch {
        throw new NoReply("EBADRESP");
    }
    const [asked] = reply.questions ?? [];
    // A server that can't read the question may omit it.
    if (asked && (asked.name.toLowerCase() !== question.name.toLowerCase() || asked.type !== question.type)) {
        throw new NoReply("EBADRESP");
    }
    return reply;
}

/** Whether a question can hold this name (RFC 1035, 2.3.4). Names out of answers may be too long. */
function canBeAsked(name: string): boolean {
    const labels = name.split(".").map((label) => Buffer.byteLength(label));
    const isFit = labels.every((length) => length > 0 && length < 64);
    return isFit && labels.reduce((sum, length) => sum + length + 1, 1) <= 255;
}

async function abortable<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
    let end = () => {};
    const ended = new Promise<never>((_, reject) => {
        end = () => reject(new NoReply(abortCode(signal)));
        signal.addEventListener("abort", end);
    });
    if (signal.aborted) {
        end();
    }
    // If the signal wins, nothing handles the failure of the work.
    work.catch(() => {});
    try {
        return await Promise.race([work, ended]);
    } finally {
        signal.removeEventListener("abort", end);
    }
}

function abortCode(signal: AbortSignal): string {
    return (signal.reason as Error | undefined)?.name === "TimeoutError" ? "ETIMEOUT" : "ECANCELLED";
}

function codeOf(error: unknown): string {
    const { code = "EBADRESP" } = error as NodeJS.ErrnoException;
    // Axios reports an answer that is too long like this.
    return code === "ERR_BAD_RESPONSE" ? "EBADRESP" : code;
}
