// Repeats the rounds until one passes or the deadline ends: gently, and with a line whenever something changes.
import { type Clock, systemClock } from "../process/poll";
import { type Finding, type Subject, Unmet, type Words, wordsFor } from "./findings";

/** How to repeat. */
export interface Repetition extends Subject {
    /** Seconds after which no further round begins. */
    deadline: number;
    /** Takes one line: at a new finding, and at least once a minute. */
    progress(line: string): void;
    clock?: Clock;
}

/** The deadline ended; the message tells the last finding, what to do, and what was found before. */
export class DeadlineEnded extends Error {
    constructor(
        readonly finding: Finding,
        message: string,
    ) {
        super(message);
        this.name = "DeadlineEnded";
    }
}

/**
 * Runs rounds until one gives a value. Throws {@link DeadlineEnded}; an error other than {@link Unmet} is passed
 * through.
 */
export async function repeat<T>(
    round: () => Promise<T>,
    { deadline, progress, clock = systemClock, ...subject }: Repetition,
): Promise<{ value: T; attempts: number; seconds: number }> {
    const start = clock.now();
    const seconds = () => Math.round((clock.now() - start) / 1000);
    const seen = new Map<Finding["kind"], Seen>();
    let told = { what: "", at: 0 };
    for (let attempt = 1; ; attempt++) {
        const outcome = await attemptOf(round);
        if ("value" in outcome) {
            return { value: outcome.value, attempts: attempt, seconds: seconds() };
        }
        const { finding } = outcome;
        const words = wordsFor(finding, subject);
        seen.set(finding.kind, { what: words.what, times: (seen.get(finding.kind)?.times ?? 0) + 1 });

        const left = start + deadline * 1000 - clock.now();
        if (left <= 0) {
            seen.delete(finding.kind);
            throw new DeadlineEnded(finding, farewell(subject, words, seconds(), attempt, [...seen.values()]));
        }
        if (words.what !== told.what || clock.now() - told.at >= TELL_AGAIN) {
            progress(`${subject.hostname}: ${words.what} (attempt ${attempt}, ${Math.ceil(left / 1000)} s left)`);
            told = { what: words.what, at: clock.now() };
        }
        await clock.sleep(Math.min(left, pause(attempt, words, clock.random())));
    }
}

/** A kind of finding: how often, and how it was put last. */
interface Seen {
    what: string;
    times: number;
}

/** Milliseconds after which an unchanged finding is told again. */
const TELL_AGAIN = 60_000;

async function attemptOf<T>(round: () => Promise<T>): Promise<{ value: T } | { finding: Finding }> {
    try {
        return { value: await round() };
    } catch (error) {
        if (error instanceof Unmet) {
            return { finding: error.finding };
        }
        throw error;
    }
}

/**
 * Milliseconds to wait: from 2 s, growing to 15 s, a fifth more or less; four times that when asked for fewer requests.
 */
function pause(attempt: number, { again }: Words, random: number): number {
    const seconds = Math.min(15, 2 * 1.5 ** (attempt - 1)) * (0.8 + 0.4 * random);
    return seconds * 1000 * (again === "later" ? 4 : 1);
}

/** The last words. Their first line carries the essence, since a resource's row shows no more than that. */
function farewell(subject: Subject, words: Words, seconds: number, attempts: number, before: Seen[]): string {
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
