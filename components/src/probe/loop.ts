// Repeats the rounds until one passes or the deadline ends. Prints a line whenever the finding changes.
import { type Clock, describeSpan, LINE_INTERVAL, type NotYet, poll, sparingly, systemClock } from "../process/poll";
import { readOn } from "../readOn";
import { type Finding, type Subject, Unmet, type Words, wordsFor } from "./findings";

/** How to repeat. */
interface Repetition extends Subject {
    /** How long rounds may begin, in seconds. */
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

/** The deadline ended. The message has the last finding and the remedy. */
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
 * Runs rounds until one gives a value. Throws {@link DeadlineEnded}, or a round's error that isn't {@link Unmet}.
 */
export async function repeat<T>(
    round: () => Promise<T>,
    { deadline, progress, clock = systemClock, ...subject }: Repetition,
): Promise<{ value: T } & Effort> {
    const start = clock.now();
    // The report of a failure repeats every line. The words of a finding may name a link, which is new in each round.
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

/** The pause if the endpoint asks for fewer requests, in milliseconds. */
const LATER = 30_000;

/** The error's message: the verdict, the remedy, and how to go on. */
function farewell(subject: Subject, words: Words, { attempts, seconds }: Effort): string {
    return [
        `${subject.hostname} doesn't work over ${subject.secure === false ? "http" : "HTTPS"}: ${words.what}.`,
        words.remedy,
        `The probe gave up after ${describeSpan(seconds * 1000)} and ${attempts} attempt${attempts === 1 ? "" : "s"}; run \`pulumi up\` again to go on.`,
    ].join("\n");
}
