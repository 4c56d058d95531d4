// Names and addresses in the one form in which they are compared. Pure.
import { isIPv6 } from "node:net";

export function plainName(name: string): string {
    return name.toLowerCase().replace(/\.$/, "") || ".";
}

/** The one way to write an IPv6 address (RFC 5952), which users of an API don't keep to. */
export function plainAddress(address: string): string {
    return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
