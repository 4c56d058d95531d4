// Repeats the rounds until one passes or the deadline ends: gently, and with a line whenever something changes.
import { type Clock, describeSpan, LINE_INTERVAL, type NotYet, poll, sparingly, systemClock } from "../process/poll";
import { readOn } from "../readOn";
import { type Finding, type Subject, Unmet, type Words, wordsFor } from "./findings";

/** How to repeat. */
interface Repetition extends Subject {
    /** Seconds after which no further round begins. */
    deadline: number;
    /** Takes one line: at a new finding, and at least once a minute. */
    progress(line: string): void;
    clock?: Clock;
}

/** What it took. */
export interface Effort {
    attempts: number;
    seconds: number;
}

/** The deadline ended; the message tells the last finding and what to do. */
export class DeadlineEnded extends Error {
    readonly finding: Finding;

    constructor(
        /** What the last round threw. */
        readonly unmet: Unmet,
        readonly effort: Effort,
        message: string,
    ) {
        super(message);
        this.name = "DeadlineEnded";
        this.finding = unmet.finding;
    }
}

/** A round that didn't pass. */
interface Failed extends NotYet {
    unmet: Unmet;
    words: Words;
}

/**
 * Runs rounds until one gives a value. Throws {@link DeadlineEnded}; an error other than {@link Unmet} is passed
 * through.
 */
export async function repeat<T>(
    round: () => Promise<T>,
    { deadline, progress, clock = systemClock, ...subject }: Repetition,
): Promise<{ value: T } & Effort> {
    const start = clock.now();
    // All of it comes back in the report of a failure. The words of a finding may name a link, which is new in each round.
    const tell = sparingly(progress, LINE_INTERVAL, clock);
    const effort = (attempts: number) => ({ attempts, seconds: Math.round((clock.now() - start) / 1000) });
    return poll<{ value: T } & Effort, Failed>({
        clock,
        deadline: deadline * 1000,
        async ask(attempt) {
            try {
                return { value: { value: await round(), ...effort(attempt) } };
            } catch (unmet) {
                if (!(unmet instanceof Unmet)) {
                    throw unmet;
                }
                const words = wordsFor(unmet.finding, subject);
                return { said: words.what, unmet, words, retryAfter: words.again === "later" ? LATER : 0 };
            }
        },
        late({ unmet, words }, attempts) {
            const spent = effort(attempts);
            return new DeadlineEnded(unmet, spent, readOn(farewell(subject, words, spent), unmet.finding.kind));
        },
        tell: (waiting, { unmet }) => tell(waiting, unmet.finding.kind),
    });
}

/** Milliseconds to wait where the endpoint asked for fewer requests. */
const LATER = 30_000;

/** The last words, after the findings that were told before: the verdict, what to do, and how it goes on. */
function farewell(subject: Subject, words: Words, { attempts, seconds }: Effort): string {
    return [
        `${subject.hostname} doesn't work over ${subject.secure === false ? "http" : "HTTPS"}: ${words.what}.`,
        words.remedy,
        `The probe gave up after ${describeSpan(seconds * 1000)} and ${attempts} attempt${attempts === 1 ? "" : "s"}; run \`pulumi up\` again to go on.`,
    ].join("\n");
}
