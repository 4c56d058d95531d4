// The servers that a user gave as options.

import { serverAddress } from "../dns/oldServerAddress";
import { type Resolver, resolverAt } from "../dns/resolver";
import type { ZoneServers } from "../zoneComparison/zoneServers";
import { UsageError } from "./command";

/** The resolver of the option, or the system's. */
export function resolverOf(option: string | undefined): Resolver {
    return resolverAt(option === undefined ? undefined : addressOf("resolver", option));
}

/** Servers by address. */
export function serversAt(option: string, addresses: string[]): ZoneServers {
    return { labels: addresses, questions: resolverAt(addresses.map((address) => addressOf(option, address))) };
}

function addressOf(option: string, text: string): string {
    const address = serverAddress(text);
    if (address === undefined) {
        throw new UsageError(
            `--${option} (${JSON.stringify(text)}): give an IP address with or without a port, such as 192.0.2.53 or 127.0.0.1:5300`,
        );
    }
    return address;
}
