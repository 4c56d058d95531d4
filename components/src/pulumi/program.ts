// What is kept once per run of a program. Not per process, because the Automation API runs several programs, or one program
// several times, in one process.
import * as pulumi from "@pulumi/pulumi";
import { isProgram } from "../process/ending";

const values = new WeakMap<object, Map<string, unknown>>();
const outsideOfAnyProgram = {};

/** The value of this key for the running program, made at the first call. */
export function oncePerProgram<T>(key: string, make: () => T): T {
    // The SDK makes one monitor client per run.
    const program = pulumi.runtime.getMonitor() ?? outsideOfAnyProgram;
    const known = values.get(program) ?? new Map<string, unknown>();
    values.set(program, known);
    if (!known.has(key)) {
        known.set(key, make());
    }
    return known.get(key) as T;
}

/** The owner of each thing that can have only one owner. */
export type Claims = Map<string, string>;

/**
 * Claims a thing for an owner. Gives the owner who already has it. Below different parents, two owners may have the same name.
 *
 * @param claims Default: those of the running program.
 */
export function claimOnce(thing: string, owner: string, claims: Claims = claimsOfProgram()): string | undefined {
    const earlier = claims.get(thing);
    if (earlier === undefined) {
        claims.set(thing, owner);
    }
    return earlier;
}

/** Whether anybody in the running program has it. */
export function isClaimed(thing: string): boolean {
    return claimsOfProgram().has(thing);
}

function claimsOfProgram(): Claims {
    return oncePerProgram("claims", () => new Map());
}

/**
 * Says that the running program has failed, even if its exports are known. The process in which Pulumi's CLI runs a program
 * sees that itself. The Automation API doesn't: it takes a program with known exports for finished. Then the engine would
 * delete what a failed step has left undeclared.
 */
export function failProgram(): void {
    const monitor = pulumi.runtime.getMonitor() as unknown as { signalAndWaitForShutdown?: Shutdown } | undefined;
    if (monitor && !isProgram(process.argv)) {
        monitor.signalAndWaitForShutdown = (_request, answer) =>
            answer(new Error("a step has failed, see above; so nothing is deleted"));
    }
}

/** The call by which the SDK tells the engine that everything is declared. */
type Shutdown = (request: unknown, answer: (error: Error) => void) => void;
