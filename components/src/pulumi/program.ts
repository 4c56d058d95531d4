// What is kept once per run of a program. Not per process: the Automation API runs several programs, or one several
// times, in one process.
import * as pulumi from "@pulumi/pulumi";

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
