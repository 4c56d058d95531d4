// Waits until DNS has a record: a plain program that a Command runs, before a certificate authority or SparkPost looks
// for it.
//
//     SPARKPOST_TRACKING_RECORD='{"name":"_acme-challenge.track.example.com","value":"…","deadline":2700}' \
//         node --eval 'require("pulumi-sparkpost-tracking/dns").waitForRecord()'
//
// exits with 0 once the zone's own servers have the record. At the deadline it exits with 1, and says what DNS has instead.

import { plainText } from "../othersWords";
import { endWithCli } from "../process/ending";
import { type Clock, describeSpan, LINE_INTERVAL, type NotYet, poll, sparingly, systemClock } from "../process/poll";
import { readOn } from "../readOn";
import { dnsClient, LookUpFailed, type LookUpOptions } from "./client";

/** The environment variable that carries the {@link AwaitedRecord} as JSON. Nothing in it is secret. */
export const RECORD_VARIABLE = "SPARKPOST_TRACKING_RECORD";

/** A CNAME record to wait for, whom to ask, and for how long. */
interface AwaitedRecord extends LookUpOptions {
    name: string;
    value: string;
    /** Seconds. */
    deadline: number;
}

/** Runs the program: the record from the environment, progress and failure to stderr. */
export async function waitForRecord(): Promise<void> {
    // Only a record that is there is a success.
    process.exitCode = 1;
    endWithCli();
    const record = JSON.parse(process.env[RECORD_VARIABLE] ?? "{}") as AwaitedRecord;
    try {
        await awaitRecord(record, (line) => console.error(line));
        process.exitCode = 0;
    } catch (error) {
        if (!(error instanceof RecordMissing)) {
            throw error;
        }
        console.error(error.message);
    }
}

/** The record isn't there at the deadline. The message says what DNS has instead. */
export class RecordMissing extends Error {}

/** Waits for the record. Throws {@link RecordMissing} when the deadline ends first. */
export async function awaitRecord(
    { name, value, deadline, ...options }: AwaitedRecord,
    progress: (line: string) => void,
    clock: Clock = systemClock,
): Promise<void> {
    const client = dnsClient(options);
    const start = clock.now();
    // The report of a failure repeats every line.
    const tell = sparingly(progress, LINE_INTERVAL, clock);
    await poll<true, NotYet>({
        deadline: deadline * 1_000,
        clock,
        async ask() {
            const seen = await client.look(name, "CNAME").catch((error: unknown) => {
                if (error instanceof LookUpFailed) {
                    return error;
                }
                throw error;
            });
            if (seen instanceof LookUpFailed) {
                return { said: seen.message };
            }
            if (seen.CNAME.includes(value.toLowerCase())) {
                return { value: true };
            }
            const found = plainText(seen.CNAME.join(", "));
            return { said: found === "" ? "DNS has no such record" : `DNS has ${found}` };
        },
        tell: (waiting) => tell(waiting),
        late: ({ said }) =>
            new RecordMissing(
                readOn(
                    `The record ${name} CNAME ${value} isn't in DNS after ${describeSpan(deadline * 1_000)}: ${said}.\n` +
                        "The certificate authority looks for it before it issues, and again at every renewal. Check that the zone at the DNS service has it, and that the registrar names that service's servers; " +
                        "then run `pulumi up` again.",
                    "record-missing",
                ),
            ),
    });
    progress(`in DNS after ${describeSpan(clock.now() - start)}`);
}
