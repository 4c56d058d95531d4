// Repeats the rounds until one passes or the deadline ends: gently, and with a line whenever something changes.
import { type Clock, type NotYet, poll, systemClock } from "../process/poll";
import { readOn } from "../readOn";
import { type Finding, type Subject, Unmet, type Words, wordsFor } from "./findings";

/** How to repeat. */
export interface Repetition extends Subject {
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

/** The deadline ended; the message tells the last finding, what to do, and what was found before. */
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
    const seen = new Map<Finding["kind"], Seen>();
    let told = { what: "", at: 0 };
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
                const { kind } = unmet.finding;
                const words = wordsFor(unmet.finding, subject);
                seen.set(kind, { what: words.what, times: (seen.get(kind)?.times ?? 0) + 1 });
                return { said: words.what, unmet, words, retryAfter: words.again === "later" ? LATER : 0 };
            }
        },
        late({ unmet, words }, attempts) {
            seen.delete(unmet.finding.kind);
            const spent = effort(attempts);
            return new DeadlineEnded(
                unmet,
                spent,
                readOn(farewell(subject, words, spent, [...seen.values()]), unmet.finding.kind),
            );
        },
        tell({ said }, attempt, left) {
            if (said !== told.what || clock.now() - told.at >= TELL_AGAIN) {
                progress(`${subject.hostname}: ${said} (attempt ${attempt}, ${Math.ceil(left / 1000)} s left)`);
                told = { what: said, at: clock.now() };
            }
        },
    });
}

/** A kind of finding: how often, and how it was put last. */
interface Seen {
    what: string;
    times: number;
}

/** Milliseconds after which an unchanged finding is told again. */
const TELL_AGAIN = 60_000;

/** Milliseconds to wait where the endpoint asked for fewer requests. */
const LATER = 30_000;

/** The last words. Their first line carries the essence, since a resource's row shows no more than that. */
function farewell(subject: Subject, words: Words, { attempts, seconds }: Effort, before: Seen[]): string {
    const lines = [
        `${subject.hostname} doesn't work over ${subject.secure === false ? "http" : "HTTPS"}: ${words.what}.`,
        words.remedy,
        `The probe gave up after ${seconds} s and ${attempts} attempt${attempts === 1 ? "" : "s"}; run \`pulumi up\` again to go on.`,
    ];
    if (before.length > 0) {
        lines.push(`Found before: ${before.map(({ what, times }) => `${what} (${times} times)`).join("; ")}.`);
    }
    return lines.join("\n");
}
