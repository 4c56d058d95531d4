// A small internet for the probe's tests: one zone, an edge for track.example.com, an endpoint for spgo.io. Every part can be
// changed while it runs.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecureContext } from "node:tls";
import type { ProbeRequest } from "../../../components/src/probe/request.ts";
import { authorityOf, type Flaw } from "../../../dev/sandbox/internet/certificates.ts";
import { fromTable, startNameServer, type TestNameServer } from "./nameServer.ts";

const HOST = "track.example.com";
const ENDPOINT = "spgo.io";
const EDGE_ADDRESS = "192.0.2.10";
const ENDPOINT_ADDRESS = "192.0.2.20";

/** One request that a machine got. */
export interface Seen {
    machine: "edge" | "endpoint";
    scheme: "https" | "http";
    host?: string;
    /** What the client asked for in SNI. */
    sni?: string | false;
    path?: string;
    userAgent?: string;
}

export interface World {
    /** The zone's records, `A track.example.com` to addresses; the name server and the resolver answer from it. */
    records: Record<string, string[]>;
    resolver: TestNameServer;
    /** The edge's certificate: a flaw of it, `none`, or all in order. */
    edgeCertificate: Flaw | "none" | undefined;
    /** Whether the endpoint ends the handshake for other names than its own, or shows its own certificate. */
    endpointRefusesNames: boolean;
    /** What the edge and the endpoint answer; the default is the tracker's 302 without a body. */
    edge: RequestListener;
    endpoint: RequestListener;
    requests: Seen[];
    request: ProbeRequest;
    close(): Promise<void>;
}

/** The tracker, which sends a click to its target. */
export const tracker: RequestListener = (message, response) => {
    response.sendDate = false;
    response.writeHead(302, { ...clicked(message.url), server: "msys-http", "content-length": "0" }).end();
};

/** Where the target in a query leads. */
export function clicked(url = "/"): { location?: string } {
    const location = new URL(url, "http://tracker.invalid").searchParams.get("target") ?? undefined;
    return location === undefined ? {} : { location };
}

/** An answer with this status, these headers and this body. */
export function answering(status: number, headers: Record<string, string> = {}, body = ""): RequestListener {
    return (_, response) => {
        response.writeHead(status, headers).end(body);
    };
}

export async function startWorld(): Promise<World> {
    const authority = await authorityOf();
    const folder = await mkdtemp(join(tmpdir(), "probe-"));
    const caFile = join(folder, "ca.pem");
    await writeFile(caFile, authority.certificate);

    const names = await startNameServer((name, type) => fromTable(world.records)(name, type));
    const resolver = await startNameServer((name, type) => fromTable(world.records)(name, type));
    const edgeContext = async () =>
        world.edgeCertificate === "none" ? undefined : authority.secureContext([HOST], world.edgeCertificate);
    const endpointContext = async (sni: string) =>
        world.endpointRefusesNames && sni !== ENDPOINT ? undefined : authority.secureContext([ENDPOINT]);
    const servers = [
        startHttps((message, response) => world.edge(message, note("edge", message, response)), edgeContext),
        createHttpServer((message, response) => world.edge(message, note("edge", message, response))),
        startHttps(
            (message, response) => world.endpoint(message, note("endpoint", message, response)),
            endpointContext,
        ),
        createHttpServer((message, response) => world.endpoint(message, note("endpoint", message, response))),
    ];
    const ports = await Promise.all(servers.map(listen));

    function note<Response>(machine: Seen["machine"], message: IncomingMessage, response: Response): Response {
        const isTls = "encrypted" in message.socket;
        world.requests.push({
            machine,
            scheme: isTls ? "https" : "http",
            host: message.headers.host,
            sni: isTls ? (message.socket as unknown as { servername: string | false }).servername : undefined,
            path: message.url,
            userAgent: message.headers["user-agent"],
        });
        return response;
    }

    const world: World = {
        records: { [`A ${HOST}`]: [EDGE_ADDRESS], [`A ${ENDPOINT}`]: [ENDPOINT_ADDRESS] },
        resolver,
        edgeCertificate: undefined,
        endpointRefusesNames: false,
        edge: tracker,
        endpoint: tracker,
        requests: [],
        request: {
            hostname: HOST,
            endpoint: ENDPOINT,
            fingerprint: "1",
            repeatAfter: 0,
            resolver: resolver.address,
            nameServers: [names.address],
            caFile,
            connectTo: [EDGE_ADDRESS, ENDPOINT_ADDRESS].flatMap((address, machine) => [
                `${address}:443:127.0.0.1:${ports[machine * 2]}`,
                `${address}:80:127.0.0.1:${ports[machine * 2 + 1]}`,
            ]),
        },
        async close() {
            await Promise.all([names.close(), resolver.close(), ...servers.map(stop)]);
            await rm(folder, { recursive: true });
        },
    };
    return world;
}

function startHttps(listener: RequestListener, context: (sni: string) => Promise<SecureContext | undefined>): Server {
    return createHttpsServer(
        { SNICallback: (sni, done) => void context(sni).then((found) => done(null, found), done) },
        listener,
    );
}

async function listen(server: Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
}

function stop(server: Server): Promise<void> {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
}
