/**
 * How anybody in the sandbox's internet reaches a machine: resolve, connect, TLS with full validation, one GET on a
 * fresh connection, no redirect followed. Recipients, SparkPost's verification and the edge all come this way.
 */
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from "node:tls";
import type { Machine, Scheme } from "./machine.ts";
import type { Names } from "./names.ts";

export interface Answer {
    status: number;
    location?: string;
    headers: IncomingHttpHeaders;
    body: Buffer;
    /** The address that DNS gave. */
    address: string;
    /** Common name of the authority behind the server's certificate; undefined over http. */
    certificateIssuer?: string;
}

export interface Call {
    scheme: Scheme;
    address: string;
    /** Default: the scheme's. */
    port?: number;
    /** Host header, and server name unless there is another. */
    host: string;
    /** Server name of the handshake; "" sends none. */
    serverName?: string;
    path: string;
    method?: string;
    headers?: Record<string, string>;
    /** Names that the certificate may be for, or "any" certificate at all. Default: the host. */
    trust?: string[] | "any";
}

/** No answer within this many milliseconds is an error. */
const TIMEOUT = 10_000;

export class Network {
    readonly #names: Names;
    readonly #authority: string;
    readonly #machines: Machine[] = [];

    /** `authority` is the PEM of the one certificate authority that everybody here trusts. */
    constructor(names: Names, authority: string) {
        this.#names = names;
        this.#authority = authority;
    }

    add(machine: Machine): void {
        this.#machines.push(machine);
    }

    /** Which local port stands for which address, in curl's --connect-to notation. */
    connectTo(): string[] {
        return this.#machines.flatMap(({ address, address6, httpPort, httpsPort }) =>
            [address, ...(address6 ? [`[${address6}]`] : [])].flatMap((one) => [
                `${one}:443:127.0.0.1:${httpsPort}`,
                `${one}:80:127.0.0.1:${httpPort}`,
            ]),
        );
    }

    /** What a URL answers to a visitor with the caching resolver, or with another one by its name. */
    async visit(url: string, headers: Record<string, string>, resolver?: string): Promise<Answer> {
        const { protocol, hostname, pathname, search } = new URL(url);
        const scheme = protocol === "https:" ? "https" : "http";
        const [address = ""] = this.#names.addresses(hostname, resolver);
        return this.call({ scheme, address, host: hostname, path: pathname + search, headers });
    }

    /** One request to one address. Rejects with the system's or OpenSSL's error, as `code` says. */
    async call(call: Call): Promise<Answer> {
        const {
            scheme,
            port,
            address,
            host,
            serverName = host,
            path,
            method = "GET",
            headers = {},
            trust = [host],
        } = call;
        const machine = this.#machines.find((one) => one.address === address);
        if (!machine) {
            throw unreachable("ETIMEDOUT", address);
        }
        const local = localPort(machine, port ?? (scheme === "https" ? 443 : 80));
        if (machine.isDown?.() || !local) {
            throw unreachable("ECONNREFUSED", address);
        }
        const common: RequestOptions = {
            host: "127.0.0.1",
            port: local,
            path,
            method,
            headers: { ...headers, host },
            agent: false,
            timeout: TIMEOUT,
        };
        const request =
            scheme === "http"
                ? httpRequest(common)
                : httpsRequest({
                      ...common,
                      servername: serverName,
                      ca: this.#authority,
                      rejectUnauthorized: trust !== "any",
                      checkServerIdentity: (_host, certificate) => identityProblem(trust, certificate),
                  });
        return new Promise((resolve, reject) => {
            request.on("error", reject);
            // A 101 without a request for it: clients stop here.
            request.on("upgrade", (_response, socket) => {
                socket.destroy();
                reject(Object.assign(new Error("switched to another protocol"), { code: "EPROTO" }));
            });
            request.on("timeout", () => request.destroy(unreachable("ETIMEDOUT", address)));
            request.on("response", (response) => {
                const issuer = scheme === "https" ? issuerOf(response.socket as TLSSocket) : undefined;
                const chunks: Buffer[] = [];
                response.on("error", reject);
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("end", () =>
                    resolve({
                        status: response.statusCode ?? 0,
                        location: response.headers.location,
                        headers: response.headers,
                        body: Buffer.concat(chunks),
                        address,
                        certificateIssuer: issuer,
                    }),
                );
            });
            request.end();
        });
    }
}

/** Undefined if the certificate is for one of the names. */
function identityProblem(names: string[] | "any", certificate: PeerCertificate): Error | undefined {
    if (names === "any") {
        return undefined;
    }
    const problems = names.map((name) => checkServerIdentity(name, certificate));
    return problems.includes(undefined) ? undefined : problems[0];
}

function issuerOf(socket: TLSSocket): string {
    return String(socket.getPeerCertificate().issuer.CN);
}

/** Nothing listens on other ports than 80 and 443. */
function localPort({ httpPort, httpsPort }: Machine, port: number): number | undefined {
    return { 80: httpPort, 443: httpsPort }[port];
}

function unreachable(code: string, address: string): Error {
    return Object.assign(new Error(`connect ${code} ${address}`), { code });
}
