// The outbound proxy of a call, from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY in upper or lower case, as curl and the
// official provider plugins read them.
/// <reference path="./proxyFromEnv.d.ts" />
import { isIP } from "node:net";
import { getProxyForUrl } from "proxy-from-env";

export interface OutboundProxy {
    /** For messages: `proxy.example.com:8080`, without user and password. */
    address: string;
    /** The environment variable that names it. */
    variable: string;
    protocol: "http" | "https";
    host: string;
    port: number;
    auth?: { username: string; password: string };
}

/**
 * The proxy for a URL; `undefined` if the environment names none. As with the official provider plugins, calls to this machine
 * itself use no proxy.
 *
 * @throws Error With the code `EPROXY`, if the variable isn't the address of an http proxy.
 */
export function outboundProxyOf(url: string): OutboundProxy | undefined {
    const { protocol, hostname } = new URL(url);
    const given = isThisMachine(hostname) ? "" : getProxyForUrl(url);
    if (!given) {
        return undefined;
    }
    const variable = variableFor(protocol);
    const parsed = URL.canParse(given) ? new URL(given) : undefined;
    if (!parsed?.hostname || !/^https?:$/.test(parsed.protocol)) {
        // The message doesn't quote the value: it may contain a password.
        throw Object.assign(
            new Error(`${variable} isn't the address of an http proxy; write http://host:port, or unset it`),
            { code: "EPROXY" },
        );
    }
    const isTls = parsed.protocol === "https:";
    const port = Number(parsed.port) || (isTls ? 443 : 80);
    return {
        address: `${parsed.hostname}:${port}`,
        variable,
        protocol: isTls ? "https" : "http",
        host: parsed.hostname.replace(/^\[|\]$/g, ""),
        port,
        ...(parsed.username && { auth: { username: decoded(parsed.username), password: decoded(parsed.password) } }),
    };
}

/** The proxy in words: `the outbound proxy proxy.example.com:8080 (HTTPS_PROXY)`. */
export function describeProxy({ address, variable }: Pick<OutboundProxy, "address" | "variable">): string {
    return `the outbound proxy ${address} (${variable})`;
}

/** The variable that applies, in the order of `proxy-from-env`. */
function variableFor(protocol: string): string {
    const name = `${protocol.slice(0, -1)}_proxy`;
    const names = [name, name.toUpperCase(), "all_proxy", "ALL_PROXY"];
    return names.find((one) => process.env[one]) ?? name.toUpperCase();
}

function isThisMachine(hostname: string): boolean {
    const isLoopback = isIP(hostname) === 4 && hostname.startsWith("127.");
    return isLoopback || hostname === "localhost" || hostname === "[::1]";
}

function decoded(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}
