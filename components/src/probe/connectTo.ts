// Curl's `--connect-to`: a connection for one host and port goes to another one, and all names stay.

/** One parsed rule; what is undefined matches any (`host`, `port`) or changes nothing (`toHost`, `toPort`). */
export interface ConnectRule {
    host?: string;
    port?: number;
    toHost?: string;
    toPort?: number;
}

/** Where a connection would go by DNS: the name that was asked for, the address it has, and the port. */
interface Destination {
    name: string;
    address: string;
    port: number;
}

/** Reads `HOST:PORT:TO_HOST:TO_PORT` (IPv6 addresses in brackets), or gives undefined if the text is something else. */
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

/** Where to connect: by the first rule that matches, else where DNS says. */
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
