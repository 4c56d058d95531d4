import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { get } from "../../../components/src/probe/get.ts";

const closing: (() => void)[] = [];

afterEach(() => {
    for (const close of closing.splice(0)) {
        close();
    }
});

/** Asks a server that does this with every connection. */
async function ask(scheme: "https" | "http", serve: (socket: Socket) => void, timeout = 5000) {
    const sockets: Socket[] = [];
    const server: Server = createServer((socket) => {
        sockets.push(socket.on("error", () => undefined));
        serve(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => {
        server.close();
        for (const socket of sockets) {
            socket.destroy();
        }
    });
    const { port } = server.address() as { port: number };
    const target = { scheme, address: "192.0.2.10", name: "track.example.com", host: "track.example.com", path: "/" };
    return get(target, { rules: [{ toHost: "127.0.0.1", toPort: port }], timeout });
}

const replying = (text: string) => (socket: Socket) => {
    socket.once("data", () => socket.end(text));
};

describe("a request", () => {
    it.each([
        ["https", "handshake"],
        ["http", "answer"],
    ] as const)("over %s that gets no %s ends by its time-out", async (scheme, step) => {
        await expect(ask(scheme, () => undefined, 50)).rejects.toMatchObject({ step, code: "ETIMEDOUT" });
    });

    it("ends by its time-out when the body never does", async () => {
        const serve = (socket: Socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
        await expect(ask("http", serve, 50)).rejects.toMatchObject({ step: "answer", code: "ETIMEDOUT" });
    });

    it.each([
        [
            "changes the protocol",
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
        ],
        ["says 101 and nothing of a protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\n"],
    ])("to a server that %s is answered with its 101", async (_, text) => {
        const open = (socket: Socket) => socket.once("data", () => socket.write(text));
        for (const serve of [open, replying(text)]) {
            expect(await ask("http", serve)).toMatchObject({ status: 101, contentLength: 0 });
        }
    });

    it.each<[string, string, string]>([
        ["nothing", "", "ECONNRESET"],
        ["half a status line", "HTTP/1.1 20", "ECONNRESET"],
        ["half its headers", "HTTP/1.1 200 OK\r\nserver: x", "ECONNRESET"],
        ["an interim answer alone", "HTTP/1.1 103 Early Hints\r\n\r\n", "ECONNRESET"],
        ["half its body", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", "ECONNRESET"],
    ])("to a server that says %s and closes has no answer", async (_, text, code) => {
        await expect(ask("http", replying(text))).rejects.toMatchObject({ step: "answer", code });
    });

    it.each<[string, string, string, string]>([
        ["interim answers", "", "HTTP/1.1 100 Continue\r\n\r\n", "E2BIG"],
        ["headers", "HTTP/1.1 200 OK\r\n", `x-${"x".repeat(200)}: y\r\n`, "HPE_HEADER_OVERFLOW"],
        ["one header", "HTTP/1.1 200 OK\r\nx: ", "y".repeat(200), "HPE_HEADER_OVERFLOW"],
    ])("isn't kept by %s without end", async (_, first, again, code) => {
        const endless = (socket: Socket) => {
            const more = () => {
                while (!socket.destroyed && socket.write(again)) {}
            };
            socket.once("data", () => {
                socket.write(first);
                socket.on("drain", more);
                more();
            });
        };
        await expect(ask("http", endless)).rejects.toMatchObject({ step: "answer", code });
    });

    it("takes a few interim answers", async () => {
        const early = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(3);
        const text = `${early}HTTP/1.1 204 No Content\r\n\r\n`;
        expect((await ask("http", replying(text))).status).toBe(204);
    });

    it("counts the bytes of a body in chunks, as of any other", async () => {
        const chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        const counted = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabcde";
        expect((await ask("http", replying(chunked))).contentLength).toBe(5);
        expect((await ask("http", replying(counted))).contentLength).toBe(5);
    });

    it.each([
        [
            "Fastly error: unknown domain: track.example.com. Please check",
            "unknown domain: track.example.com. Please check",
        ],
        [
            "<html><head><title>503 certificate has expired</title></head><body>Varnish cache server</body></html>",
            "certificate has expired",
        ],
        ["<html><head><title>503 Service Unavailable</title></head><body>nginx</body></html>", undefined],
    ])("keeps the words of Fastly's own error: %s", async (body, said) => {
        const reply = (status: string) => `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
        expect((await ask("http", replying(reply("503 Service Unavailable")))).errorText).toBe(said);
        expect((await ask("http", replying(reply("200 OK")))).errorText).toBeUndefined();
    });

    it("doesn't read an endless body to its end", async () => {
        const endless = (socket: Socket) => {
            const more = () => {
                while (!socket.destroyed && socket.write(Buffer.alloc(65536))) {}
            };
            socket.write("HTTP/1.1 200 OK\r\n\r\n");
            socket.on("drain", more);
            more();
        };
        expect((await ask("http", endless)).contentLength).toBeGreaterThan(1024 * 1024);
    });

    it("takes an answer's error code for the CDN's only where the CDN says it is its own", async () => {
        const page = (server: string) => `HTTP/1.1 409 Conflict\r\nserver: ${server}\r\n\r\nerror code: 1001`;
        expect((await ask("http", replying(page("cloudflare")))).errorCode).toBe(1001);
        expect((await ask("http", replying(page("nginx")))).errorCode).toBeUndefined();
    });

    it.each([
        ["what isn't HTTP", "http", "SSH-2.0-server\r\n\r\n", "answer", "HPE_INVALID_CONSTANT"],
        ["what isn't TLS", "https", "HTTP/1.1 400 Bad Request\r\n\r\n", "handshake", "ERR_SSL_WRONG_VERSION_NUMBER"],
    ] as const)("tells %s", async (_, scheme, text, step, code) => {
        await expect(ask(scheme, replying(text))).rejects.toMatchObject({ step, code });
    });
});
