// No test asks the real network. The system's resolver is a port that refuses at once, and so is every place beyond this
// machine; a test that tries to reach one fails.
import { Socket as UdpSocket } from "node:dgram";
import { setServers } from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { Socket as TcpSocket } from "node:net";
import { afterEach, expect } from "vitest";

const nobody = { host: "127.0.0.1", port: 9 };
/** To the last one the kernel knows no way. */
const isHere = /^(localhost|127(\.\d+){3}|::1|255\.255\.255\.255)$/;

/** Test files share a process, and each runs this: what one has put in place is there for the next. */
const shared = globalThis as { placesTried?: string[] };
shared.placesTried ??= keepHere();

/** The places that somebody tries to reach from now on. */
function keepHere(): string[] {
    const tried: string[] = [];
    setServers([`${nobody.host}:${nobody.port}`]);
    // It puts a new `getServers` in place, which modules otherwise wouldn't import.
    syncBuiltinESMExports();
    const isAllowed = (host: unknown, port: unknown) => {
        const here = isHere.test(String(host ?? "localhost"));
        tried.push(...(here ? [] : [`${host}:${port}`]));
        return here;
    };
    const { connect: overTcp } = TcpSocket.prototype;
    TcpSocket.prototype.connect = function (this: TcpSocket, ...args: unknown[]) {
        // Node.js' own code hands on the options in an array.
        const [place, host] = args.flat();
        const { path, ...to } = typeof place === "object" ? (place as ConnectOptions) : { port: place, host };
        return path || isAllowed(to.host, to.port)
            ? Reflect.apply(overTcp, this, args)
            : Reflect.apply(overTcp, this, [nobody]);
    };
    const { connect: overUdp } = UdpSocket.prototype;
    UdpSocket.prototype.connect = function (this: UdpSocket, port: number, host: unknown, ...rest: unknown[]) {
        return Reflect.apply(overUdp, this, isAllowed(host, port) ? [port, host, ...rest] : [nobody.port, ...rest]);
    };
    return tried;
}

interface ConnectOptions {
    host?: string;
    port?: unknown;
    path?: string | null;
}

/** The places beyond this machine that the test that runs has tried to reach so far, and may. */
export function placesTried(): string[] {
    return shared.placesTried?.splice(0) ?? [];
}

afterEach(() => {
    expect(placesTried(), "places beyond this machine that the test tried to reach").toEqual([]);
});
