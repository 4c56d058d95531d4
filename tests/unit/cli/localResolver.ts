// A resolver for a sandbox's names that leads to its name servers on this machine, as a resolver of the internet leads to
// those of the internet.
import { createSocket } from "node:dgram";
import { decode, encode } from "dns-packet";
import { onTestFinished } from "vitest";

/** Passes questions on to a resolver; of addresses, those of these hosts become 127.0.0.1, and no other is known. */
export async function startLocalResolver(resolver: string, isLocal: (host: string) => boolean): Promise<string> {
    const [address = "", port = ""] = resolver.split(":");
    const socket = createSocket("udp4");
    const waiting = new Map<number, { port: number; address: string }>();
    socket.on("message", (message, from) => {
        const packet = decode(message);
        if (packet.type === "query") {
            waiting.set(packet.id ?? 0, from);
            socket.send(message, Number(port), address);
            return;
        }
        const asker = waiting.get(packet.id ?? 0);
        const answers = (packet.answers ?? []).flatMap((answer) =>
            answer.type !== "A" ? [answer] : isLocal(answer.name) ? [{ ...answer, data: "127.0.0.1" }] : [],
        );
        if (asker) {
            socket.send(encode({ ...packet, answers }), asker.port, asker.address);
        }
    });
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    onTestFinished(() => new Promise<void>((resolve) => void socket.close(() => resolve())));
    return `127.0.0.1:${socket.address().port}`;
}
