// Looks records up without doing harm: a name that may not exist yet is asked of its authoritative servers only, since a
// recursive resolver would remember "no such name".

import { Unmet, wordsFor } from "../probe/findings";
import { type RecordsByType, recordsAt } from "./authorities";
import { isAbsence, resolverOf } from "./resolver";

/** Whom to ask; the probe's options of the same names. */
export interface LookUpOptions {
    /** The recursive resolver, an IP address with or without a port. Default: the system's. */
    resolver?: string;
    /** Authoritative name servers of the host's zone. Default: those that DNS names. */
    nameServers?: string[];
}

/** Nobody could be asked: what the records are isn't known. */
export class LookUpFailed extends Error {}

/** Looks records up for the program. */
export interface LookUps {
    /**
     * What the zone's own servers have; none where the name or the type isn't there. Where they can't be reached, the
     * resolver is asked. Throws {@link LookUpFailed}.
     */
    authoritative<Type extends keyof RecordsByType>(name: string, type: Type): Promise<RecordsByType[Type][]>;
    /** What the resolver says; for names that are known to exist. Throws {@link LookUpFailed}. */
    recursive<Type extends keyof RecordsByType>(name: string, type: Type): Promise<RecordsByType[Type][]>;
}

/**
 * Look-ups by these options.
 *
 * @param port The port of the authoritative servers that are found through the resolver.
 */
export function lookUps({ resolver: address, nameServers = [] }: LookUpOptions, port = 53): LookUps {
    const resolver = resolverOf(address);
    async function recursive<Type extends keyof RecordsByType>(
        name: string,
        type: Type,
    ): Promise<RecordsByType[Type][]> {
        try {
            return (await resolver.resolve(name, type)) as RecordsByType[Type][];
        } catch (error) {
            if (isAbsence(error)) {
                return [];
            }
            const code = (error as NodeJS.ErrnoException).code ?? error;
            throw new LookUpFailed(`the resolver ${resolver.getServers().join(", ")} gave no answer (${code})`);
        }
    }
    return {
        recursive,
        async authoritative(name, type) {
            try {
                return (await recordsAt(name, type, { resolver, nameServers, port })) ?? (await recursive(name, type));
            } catch (error) {
                if (error instanceof Unmet) {
                    // A domain that isn't delegated to anybody has no records.
                    if (error.finding.kind === "zone-unknown") {
                        return [];
                    }
                    throw new LookUpFailed(wordsFor(error.finding, { hostname: name, endpoint: "" }).what);
                }
                throw error;
            }
        },
    };
}
