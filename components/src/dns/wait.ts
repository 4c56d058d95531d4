// Waits until DNS has a record: a plain program that a Command runs, before a certificate authority or SparkPost looks
// for it.
//
//     SPARKPOST_TRACKING_RECORD='{"name":"_acme-challenge.track.example.com","value":"…","deadline":2700}' \
//         node --eval 'require("pulumi-sparkpost-tracking/dns").waitForRecord()'
//
// exits with 0 once the zone's own servers have the record; else with 1, saying which record is missing and what DNS
// has instead.

import { endWithCli } from "../process/ending";
import { type Clock, systemClock } from "../process/poll";
import { LookUpFailed, type LookUpOptions, lookUps } from "./lookUp";

/** The environment variable that carries the {@link AwaitedRecord} as JSON. Nothing in it is secret. */
export const RECORD_VARIABLE = "SPARKPOST_TRACKING_RECORD";

/** A CNAME record to wait for, whom to ask, and for how long. */
export interface AwaitedRecord extends LookUpOptions {
    name: string;
    value: string;
    /** Seconds. */
    deadline: number;
}

/** Runs the program: the record from the environment, progress and failure to stderr. */
export async function waitForRecord(): Promise<void> {
    endWithCli();
    const record = JSON.parse(process.env[RECORD_VARIABLE] ?? "{}") as AwaitedRecord;
    const failure = await awaitRecord(record, (line) => console.error(line));
    if (failure !== undefined) {
        console.error(failure);
        process.exitCode = 1;
    }
}

/** Waits for the record; gives the last words when the deadline ends first. */
export async function awaitRecord(
    { name, value, deadline, ...options }: AwaitedRecord,
    progress: (line: string) => void,
    clock: Clock = systemClock,
): Promise<string | undefined> {
    const { authoritative } = lookUps(options);
    const end = clock.now() + deadline * 1_000;
    let told = "";
    for (let attempt = 1; ; attempt++) {
        const seen = await authoritative(name, "CNAME").catch((error: unknown) => {
            if (error instanceof LookUpFailed) {
                return error;
            }
            throw error;
        });
        const isSilent = seen instanceof LookUpFailed;
        if (!isSilent && seen.some((target) => target.toLowerCase() === value.toLowerCase())) {
            return undefined;
        }
        const found = isSilent
            ? seen.message
            : seen.length > 0
              ? `DNS has ${seen.join(", ")}`
              : "DNS has no such record";
        const left = end - clock.now();
        if (left <= 0) {
            return (
                `The record ${name} CNAME ${value} isn't in DNS after ${deadline} s: ${found}.\n` +
                "It is looked for before a certificate is issued, and again at every renewal. See that the zone at the DNS service has it, and that the registrar names that service's servers; " +
                "then run `pulumi up` again."
            );
        }
        if (found !== told) {
            progress(`waiting for ${name} CNAME ${value}: ${found}`);
            told = found;
        }
        await clock.sleep(Math.min(left, 15_000, 1_000 * 1.5 ** (attempt - 1)));
    }
}
