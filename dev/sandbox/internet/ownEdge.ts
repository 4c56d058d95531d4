/**
 * The user's own edge (nginx, CloudFront or the like): a plain reverse proxy in front of the US endpoint, with a certificate
 * for whichever name it is asked for. And an address at which nobody answers.
 */
import type { Faults } from "../options.ts";
import { type Authority, flawOf } from "./certificates.ts";
import { tellRequest, withEdgeFaults } from "./edgeFaults.ts";
import { hostOf, type Machine, startMachine } from "./machine.ts";
import type { Names } from "./names.ts";
import type { Network } from "./network.ts";
import type { Timeline } from "./timeline.ts";

export const OWN_EDGE = { address: "192.0.2.50", address6: "2001:db8::50" };
export const DEAD = { address: "192.0.2.66", address6: "2001:db8::66" };
const ENDPOINT = "spgo.io";

export interface OwnEdgeOptions {
    authority: Authority;
    names: Names;
    network: Network;
    faults: Faults;
    timeline: Timeline;
}

/** Starts the edge. */
export function startOwnEdge(options: OwnEdgeOptions): Promise<Machine> {
    const { authority, names, network, faults, timeline } = options;
    return startMachine({
        ...OWN_EDGE,
        certificate: (serverName) => authority.secureContext([serverName], flawOf(faults)),
        onHandshake: (host, ok) =>
            timeline.add("edge", "tls-handshake", `TLS handshake for ${host}`, { host, ok, edge: "own" }),
        answer: withEdgeFaults(options, async (request, response, scheme) => {
            const host = hostOf(request.headers.host);
            const path = request.url ?? "/";
            const userAgent = request.headers["user-agent"];
            const told = (status: number, outcome: string) =>
                tellRequest(timeline, request, { scheme, status, outcome, edge: "own" });
            const forwarded = [request.headers["x-forwarded-for"], request.socket.remoteAddress];
            try {
                const [address = ""] = names.authoritativeAddresses(ENDPOINT);
                const answer = await network.call({
                    ...{ scheme, address, host, path, method: request.method, trust: [ENDPOINT], serverName: ENDPOINT },
                    headers: {
                        ...(userAgent && { "user-agent": userAgent }),
                        "x-forwarded-for": forwarded.filter((one) => one).join(", "),
                        "x-forwarded-proto": scheme,
                    },
                });
                const { connection: _hop, "transfer-encoding": _coding, ...headers } = answer.headers;
                response.writeHead(answer.status, { ...headers, server: "nginx" }).end(answer.body);
                told(answer.status, "relayed");
            } catch (error) {
                const { code } = error as NodeJS.ErrnoException;
                response.writeHead(502, { server: "nginx" }).end("Bad Gateway");
                told(502, `the origin failed (${code})`);
            }
        }),
    });
}

/** Starts what drops every connection before a byte is read. */
export function startDeadMachine(): Promise<Machine> {
    const nothing = async () => undefined;
    return startMachine({ ...DEAD, isDown: () => true, certificate: nothing, answer: nothing });
}
