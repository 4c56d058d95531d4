/**
 * A machine of the sandbox's internet: an address that DNS answers carry, and behind it real HTTP and HTTPS servers
 * on ports of 127.0.0.1 that the operating system chose. `connectTo` rules lead from the one to the other.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { SecureContext, TLSSocket } from "node:tls";

export type Scheme = "http" | "https";

export interface Machine {
    /** From 192.0.2.0/24 (TEST-NET-1, RFC 5737), so that nothing real is ever meant. */
    address: string;
    /** Another one, from 2001:db8::/32 (RFC 3849). */
    address6?: string;
    httpPort: number;
    httpsPort: number;
    /** Whether nothing listens there just now. */
    isDown?(): boolean;
    close(): Promise<void>;
}

export interface MachineOptions {
    address: string;
    address6?: string;
    /** The certificate for a server name; undefined makes the handshake fail. */
    certificate(serverName: string): Promise<SecureContext | undefined>;
    /** How it fails. Default: with an alert. */
    withoutCertificate?: "alert" | "reset";
    /** Whether nothing listens there just now. */
    isDown?(): boolean;
    /** Told after every handshake that named a server. */
    onHandshake?(serverName: string, ok: boolean): void;
    answer(request: IncomingMessage, response: ServerResponse, scheme: Scheme): Promise<void>;
}

/** Starts a machine. */
export async function startMachine(options: MachineOptions): Promise<Machine> {
    const { address, address6, certificate, withoutCertificate, onHandshake, isDown, answer } = options;
    const listener = (scheme: Scheme) => (request: IncomingMessage, response: ServerResponse) => {
        answer(request, response, scheme).catch((error: Error) => {
            console.error(`sandbox: ${address} failed: ${error.stack}`);
            response.writeHead(500).end();
        });
    };
    const http = createServer(listener("http"));
    // Without a certificate of its own, OpenSSL answers a missing or unknown server name with "handshake failure".
    const https = createTlsServer(
        {
            // Servers of today refuse to use small keys, which a certificate may have here.
            ciphers: "DEFAULT@SECLEVEL=0",
            SNICallback(serverName, done) {
                certificate(serverName.toLowerCase()).then((context) => {
                    if (!context) {
                        onHandshake?.(serverName.toLowerCase(), false);
                    }
                    const failure = !context && withoutCertificate === "reset" ? new Error("no certificate") : null;
                    done(failure, context);
                }, done);
            },
        },
        listener("https"),
    );
    // `servername` is documented and set here, but missing from the types.
    https.on("secureConnection", ({ servername }: TLSSocket & { servername?: string | false }) => {
        if (servername) {
            onHandshake?.(servername.toLowerCase(), true);
        }
    });
    for (const server of [http, https]) {
        // A listening port can't refuse a connection; it drops it before a byte is read.
        server.prependListener("connection", (socket: Socket) => isDown?.() && socket.destroy());
    }
    const [closeHttp, closeHttps] = await Promise.all([listen(http), listen(https)]);
    return {
        address,
        address6,
        httpPort: portOf(http),
        httpsPort: portOf(https),
        isDown,
        close: async () => void (await Promise.all([closeHttp(), closeHttps()])),
    };
}

/** The host that a request names, lower case and without the port. */
export function hostOf(header: string | string[] | undefined): string {
    return String(header ?? "")
        .toLowerCase()
        .replace(/:\d+$/, "");
}

/** Listens, and gives back how to close: connections in the middle of a handshake end too. */
async function listen(server: Server): Promise<() => Promise<void>> {
    const sockets = new Set<Socket>();
    server.on("connection", (socket: Socket) => {
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return () =>
        new Promise((resolve) => {
            server.close(() => resolve());
            for (const socket of sockets) {
                socket.destroy();
            }
        });
}

function portOf(server: Server): number {
    return (server.address() as AddressInfo).port;
}
