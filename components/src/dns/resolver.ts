// Questions to one DNS server, recursive or authoritative, and what its errors mean.
import { NODATA, NOTFOUND, promises } from "node:dns";
import { Unmet } from "../probe/findings";
import { serverAddress } from "./oldServerAddress";

export type Resolver = promises.Resolver;

/** Milliseconds until a question is repeated, and how often it is put in all; the second wait is twice as long. */
const PATIENCE = { timeout: 2500, tries: 2 };

/** Asks the server at `IP:PORT` alone, or these in turn until one answers, or those of the system. */
export function resolverAt(address?: string | string[]): Resolver {
    const resolver = new promises.Resolver(PATIENCE);
    if (address !== undefined) {
        resolver.setServers([address].flat());
    }
    return resolver;
}

/** Asks the server of an option, an IP address with or without a port; without one those of the system. */
export function resolverOf(option: string | undefined): Resolver {
    return resolverAt(option === undefined ? undefined : serverAddress(option));
}

/** IPv4 addresses, or IPv6 where there are none: machines that run `pulumi up` often have no IPv6. */
export async function addressesAt(resolver: Resolver, name: string): Promise<string[]> {
    try {
        return await resolver.resolve4(name);
    } catch (error) {
        if (codeOf(error) === NODATA) {
            return await resolver.resolve6(name);
        }
        throw error;
    }
}

/** The server knows that there is no such name, or nothing of that type: unlike one that doesn't answer. */
export function isAbsence(error: unknown): boolean {
    return isMissingName(error) || isMissingType(error);
}

/** There is no such name, and nothing below it. */
export function isMissingName(error: unknown): boolean {
    return codeOf(error) === NOTFOUND;
}

/** The name is there, without records of the type asked for. An authoritative server's referral looks the same. */
export function isMissingType(error: unknown): boolean {
    return codeOf(error) === NODATA;
}

/** The finding that the resolver gave no answer. */
export function silence(resolver: Resolver, name: string, error: unknown): Unmet {
    return new Unmet({ kind: "resolver-silent", servers: resolver.getServers(), name, code: codeOf(error) });
}

function codeOf(error: unknown): string {
    return (error as NodeJS.ErrnoException).code ?? String(error);
}
