// What is kept once per run of a program. Not per process: the Automation API runs several programs, or one several
// times, in one process.
import * as pulumi from "@pulumi/pulumi";
import { isProgram } from "../process/ending";

const values = new WeakMap<object, Map<string, unknown>>();
const outsideOfAnyProgram = {};

/** The value of this key for the program that is running, made at the first call. */
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

/** Who has what, of which there can be one: the owner of each thing. */
export type Claims = Map<string, string>;

/**
 * Claims a thing for an owner, and tells who has it already, if that is another one.
 *
 * @param claims Default: those of the program that is running.
 */
export function claimOnce(thing: string, owner: string, claims: Claims = claimsOfProgram()): string | undefined {
    const earlier = claims.get(thing) ?? owner;
    claims.set(thing, earlier);
    return earlier === owner ? undefined : earlier;
}

/** Whether anybody in the running program has it. */
export function isClaimed(thing: string): boolean {
    return claimsOfProgram().has(thing);
}

function claimsOfProgram(): Claims {
    return oncePerProgram("claims", () => new Map());
}

/**
 * Says that the running program has failed, though its exports may be known all the same. The process in which Pulumi's CLI
 * runs a program sees that by itself. The Automation API takes a program whose exports are known for finished, whatever
 * else was rejected, and the engine then deletes what a step that failed has left undeclared.
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
