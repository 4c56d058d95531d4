// DNS servers that a user gave as options.

import { type DnsServer, dnsServer } from "../dns/server";
import { UsageError } from "./command";

/** The option's resolver, checked. */
export function resolverOption(text: string | undefined): string | undefined {
    if (text !== undefined && dnsServer(text) === undefined) {
        throw new UsageError(
            `--resolver (${JSON.stringify(text)}): give an IP address (192.0.2.53 or 127.0.0.1:5300), or the URL of DNS over HTTPS (https://dns.google/dns-query)`,
        );
    }
    return text;
}

/** The option's servers, by address. */
export function serverOptions(option: string, texts: readonly string[]): DnsServer[] {
    return texts.map((text) => {
        const server = dnsServer(text);
        if (server === undefined || "url" in server.at) {
            throw new UsageError(
                `--${option} (${JSON.stringify(text)}): give an IP address (192.0.2.53 or 127.0.0.1:5300)`,
            );
        }
        return server;
    });
}
