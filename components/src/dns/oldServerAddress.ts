// An address in the form that Node's resolver takes, until the last user of that resolver has moved to the client.
import { dnsServer } from "./server";

export function serverAddress(text: string): string | undefined {
    const at = dnsServer(text)?.at;
    if (!at || "url" in at) {
        return undefined;
    }
    return at.host.includes(":") ? `[${at.host}]:${at.port}` : `${at.host}:${at.port}`;
}
