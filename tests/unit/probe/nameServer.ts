// A name server for tests, authoritative or recursive alike: it answers from a function and remembers what it was asked.
import { createSocket } from "node:dgram";
import { type Answer, decode, encode, type Packet } from "dns-packet";

/** What to answer: records (an empty list is "no data"), or no such name, or nothing at all. */
export type Lookup = (name: string, type: string) => Answer[] | "no such name" | "silence";

export interface TestNameServer {
    /** `127.0.0.1:PORT` */
    address: string;
    /** Every question, as `A track.example.com`, in order. */
    questions: string[];
    close(): Promise<void>;
}

export async function startNameServer(lookup: Lookup): Promise<TestNameServer> {
    const socket = createSocket("udp4");
    const questions: string[] = [];
    socket.on("message", (message, from) => {
        const query = decode(message);
        const [question] = query.questions ?? [];
        if (!question) {
            return;
        }
        questions.push(`${question.type} ${question.name}`);
        const answer = lookup(question.name.toLowerCase(), question.type);
        if (answer === "silence") {
            return;
        }
        const isAbsent = answer === "no such name";
        const reply: Packet = {
            type: "response",
            id: query.id,
            flags: 0x0400 | (isAbsent ? 3 : 0),
            questions: query.questions,
            answers: isAbsent ? [] : answer,
        };
        socket.send(encode(reply), from.port, from.address);
    });
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    return {
        address: `127.0.0.1:${socket.address().port}`,
        questions,
        close: () => new Promise((resolve) => socket.close(() => resolve())),
    };
}

/** A server that answers from a table: `{ "A track.example.com": ["192.0.2.1"] }`; other types of a name are "no data". */
export function fromTable(table: Record<string, string[]>): Lookup {
    return (name, type) => {
        const entry = table[`${type} ${name}`];
        if (entry) {
            return entry.map((data) => ({ name, type, ttl: 60, data }) as Answer);
        }
        const isThere = Object.keys(table).some((key) => key.split(" ")[1] === name);
        return isThere ? [] : "no such name";
    };
}
