// Curl's `--connect-to`: a connection goes to another host or port, and all names stay.

/** One rule. An absent `host` or `port` matches any; an absent `toHost` or `toPort` changes nothing. */
export interface ConnectRule {
    host?: string;
    port?: number;
    toHost?: string;
    toPort?: number;
}

/** Where a connection goes without a rule: the name, its address from DNS, and the port. */
interface Destination {
    name: string;
    address: string;
    port: number;
}

/** Reads `HOST:PORT:TO_HOST:TO_PORT`, with IPv6 addresses in brackets. `undefined` for any other text. */
export function parseConnectTo(text: string): ConnectRule | undefined {
    const parts = /^(\[[^\]]+\]|[^:[\]]*):(\d*):(\[[^\]]+\]|[^:[\]]*):(\d*)$/.exec(text);
    if (!parts) {
        return undefined;
    }
    const [, host = "", port = "", toHost = "", toPort = ""] = parts;
    if (![port, toPort].every((number) => number === "" || (Number(number) > 0 && Number(number) < 65536))) {
        return undefined;
    }
    return {
        host: withoutBrackets(host) || undefined,
        port: Number(port) || undefined,
        toHost: withoutBrackets(toHost) || undefined,
        toPort: Number(toPort) || undefined,
    };
}

/** Where to connect: by the first rule that matches, or else as DNS says. */
export function connectionFor(destination: Destination, rules: ConnectRule[]): { host: string; port: number } {
    const { name, address, port } = destination;
    const rule = rules.find(
        (each) =>
            (each.host === undefined || [name, address].some((known) => known.toLowerCase() === each.host)) &&
            (each.port === undefined || each.port === port),
    );
    return { host: rule?.toHost ?? address, port: rule?.toPort ?? port };
}

function withoutBrackets(host: string): string {
    return host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
}
