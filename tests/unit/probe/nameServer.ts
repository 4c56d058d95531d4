// A name server for tests, authoritative or recursive alike: it answers from a function and remembers what it was asked.
import { createSocket, type Socket } from "node:dgram";
import { type AddressInfo, createServer, type Server } from "node:net";
import { type Answer, decode, encode, type Packet } from "dns-packet";

/** An answer in the wire's own terms. */
export interface WireAnswer {
    /** 2 is SERVFAIL. */
    rcode?: number;
    isAuthoritative?: boolean;
    answers?: Answer[];
    authorities?: Answer[];
    /** Over UDP alone: without the answers, with the flag that says so. */
    isTruncated?: boolean;
    /** Added to the question's id. */
    idShift?: number;
    /** What comes instead, after the header's first two bytes, the id. */
    garbage?: Buffer;
}

/** What to answer: records (an empty list is "no data"), or no such name, or nothing at all. */
export type Lookup = (name: string, type: string) => Answer[] | "no such name" | "silence" | WireAnswer;

export interface TestNameServer {
    /** `127.0.0.1:PORT`, over UDP and TCP */
    address: string;
    port: number;
    /** Every question, as `A track.example.com`, in order. */
    questions: string[];
    close(): Promise<void>;
}

export async function startNameServer(lookup: Lookup): Promise<TestNameServer> {
    const socket = createSocket("udp4");
    const questions: string[] = [];
    const reply = (message: Buffer, isTcp: boolean) => {
        const query = decode(message);
        const [question] = query.questions ?? [];
        if (!question) {
            return undefined;
        }
        questions.push(`${question.type} ${question.name}`);
        const answer = lookup(question.name.toLowerCase(), question.type);
        return answer === "silence" ? undefined : replyTo(query, answer, isTcp);
    };
    socket.on("message", (message, from) => {
        const answer = reply(message, false);
        if (answer) {
            socket.send(answer, from.port, from.address);
        }
    });
    const tcp = createServer((connection) => {
        connection.on("error", () => {});
        connection.on("data", (chunk) => {
            const answer = reply(chunk.subarray(2), true);
            if (answer) {
                const length = Buffer.alloc(2);
                length.writeUInt16BE(answer.length);
                connection.end(Buffer.concat([length, answer]));
            }
        });
    });
    const port = await onePort(socket, tcp);
    let isClosed = false;
    return {
        address: `127.0.0.1:${port}`,
        port,
        questions,
        close: async () => {
            if (isClosed) {
                return;
            }
            isClosed = true;
            tcp.close();
            await new Promise<void>((resolve) => void socket.close(() => resolve()));
        },
    };
}

/** Has both listen at one port, which is free for TCP and for UDP. */
async function onePort(socket: Socket, tcp: Server): Promise<number> {
    for (;;) {
        await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
        const { port } = tcp.address() as AddressInfo;
        const isFree = await new Promise<boolean>((resolve) => {
            const refused = () => resolve(false);
            socket.once("error", refused).bind(port, "127.0.0.1", () => {
                socket.off("error", refused);
                resolve(true);
            });
        });
        if (isFree) {
            return port;
        }
        await new Promise((resolve) => tcp.close(resolve));
    }
}

/** The bytes that answer a question. */
export function replyTo(query: Packet, answer: Exclude<ReturnType<Lookup>, "silence">, isTcp: boolean): Buffer {
    const wire: WireAnswer =
        answer === "no such name" ? { rcode: 3 } : Array.isArray(answer) ? { answers: answer } : answer;
    const isCut = wire.isTruncated === true && !isTcp;
    const bytes = encode({
        type: "response",
        id: ((query.id ?? 0) + (wire.idShift ?? 0)) % 65_536,
        flags: (wire.isAuthoritative === false ? 0 : 0x0400) | (isCut ? 0x0200 : 0) | (wire.rcode ?? 0),
        questions: query.questions,
        answers: isCut ? [] : wire.answers,
        authorities: wire.authorities,
    });
    return wire.garbage ? Buffer.concat([bytes.subarray(0, 4), wire.garbage]) : bytes;
}

/**
 * A server that answers from a table: `{ "A track.example.com": ["192.0.2.1"] }`; other types of a name are "no data",
 * or its alias.
 */
export function fromTable(table: Record<string, string[]>): Lookup {
    return (name, type) => {
        for (const each of [type, "CNAME"]) {
            const entry = table[`${each} ${name}`];
            if (entry) {
                return entry.map((data) => ({ name, type: each, ttl: 60, data }) as Answer);
            }
        }
        const isThere = Object.keys(table).some((key) => key.split(" ")[1] === name);
        return isThere ? [] : "no such name";
    };
}

/** A server's reference to those of a zone below its own. */
export function referralTo(zone: string, ...servers: string[]): WireAnswer {
    const authorities = servers.map((data): Answer => ({ name: zone, type: "NS", ttl: 60, data }));
    return { isAuthoritative: false, authorities };
}
