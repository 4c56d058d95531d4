// The one loop that waits: it asks, pauses, asks again, and gives up at a deadline. What it waits for is up to the caller.

/** Time and randomness. Tests replace both. */
export interface Clock {
    /** Milliseconds since a fixed moment. */
    now(): number;
    /** The time of day, RFC 3339. */
    timestamp(): string;
    /** Ends early if the signal is aborted. */
    sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
    /** From 0 to 1. */
    random(): number;
}

/** The system's time and randomness. */
export const systemClock: Clock = {
    now: () => performance.now(),
    timestamp: () => new Date().toISOString(),
    sleep: (milliseconds, signal) =>
        new Promise((resolve) => {
            const end = () => {
                clearTimeout(timer);
                signal?.removeEventListener("abort", end);
                resolve();
            };
            const timer = setTimeout(end, signal?.aborted ? 0 : milliseconds);
            signal?.addEventListener("abort", end);
        }),
    random: Math.random,
};

/** An answer that doesn't end the wait. */
export interface NotYet {
    /** What was seen instead, for the progress line. */
    said: string;
    /** The shortest pause before the next question, in milliseconds. Default 0: the usual pause. */
    retryAfter?: number;
}

/** What to wait for, and for how long. */
interface Poll<Value, Seen extends NotYet> {
    /** Asks once. A value ends the wait. So does an error: throw one if waiting can't help. */
    ask(attempt: number): Promise<{ value: Value } | Seen>;
    /**
     * How long to ask, in milliseconds. The last question is asked at that moment. Default: without end, for an `ask` that
     * counts its attempts and throws after the last one.
     */
    deadline?: number;
    /** Makes the error to throw at the deadline. */
    late?(seen: Seen, attempts: number, elapsed: number): Error;
    /** Is called after every answer that doesn't end the wait, and then every 10 s until the next question. */
    tell?(waiting: Waiting, seen: Seen): void;
    /** Ends a pause early. The next question must throw then. */
    signal?: AbortSignal;
    /** Default: {@link systemClock}. */
    clock?: Clock;
}

/** Asks until there is a value. The pauses grow. */
export async function poll<Value, Seen extends NotYet = NotYet>({
    ask,
    deadline = Number.POSITIVE_INFINITY,
    late = (seen) => new Error(seen.said),
    tell,
    signal,
    clock = systemClock,
}: Poll<Value, Seen>): Promise<Value> {
    const start = clock.now();
    for (let attempt = 1; ; attempt++) {
        const answer = await ask(attempt);
        if ("value" in answer) {
            return answer.value;
        }
        const elapsed = clock.now() - start;
        const left = deadline - elapsed;
        if (left <= 0) {
            throw late(answer, attempt, elapsed);
        }
        const asked = clock.now();
        let rest = Math.min(left, Math.max(pause(attempt, clock.random), answer.retryAfter ?? 0));
        const step = tell ? ROW_INTERVAL : rest;
        for (; rest > 0; rest -= step) {
            tell?.({ said: answer.said, attempt, left: left - (clock.now() - asked) }, answer);
            await clock.sleep(Math.min(rest, step), signal);
        }
    }
}

/**
 * The pause after an attempt, in milliseconds: it grows from 2 s to 15 s. Up to a quarter of it is random, so that many waits
 * don't ask at the same moment.
 */
export function pause(attempt: number, random: () => number = Math.random): number {
    const step = Math.min(2_000 * 1.5 ** (attempt - 1), 12_000);
    return step * (1 + random() / 4);
}

/** How often Pulumi's row shows the progress of a wait, in milliseconds. */
export const ROW_INTERVAL = 10_000;
/** The same where every line stays: on a pipe, in CI, in the report of a failure. */
export const LINE_INTERVAL = 60_000;

/** What a progress line says. */
export interface Waiting {
    said: string;
    attempt?: number;
    /** Milliseconds until the deadline. */
    left: number;
}

/** `3rd try, 29 min left: no certificate yet`. What changes comes first, because a terminal cuts the end. */
export function progressLine({ said, attempt, left }: Waiting): string {
    const parts = [
        ...(attempt === undefined ? [] : [`${attempt}${suffixes[ordinals.select(attempt)]} try`]),
        ...(Number.isFinite(left) ? [`${describeSpan(left)} left`] : []),
    ];
    return `${parts.join(", ")}: ${said}`;
}

const ordinals = new Intl.PluralRules("en", { type: "ordinal" });
const suffixes: Record<string, string> = { one: "st", two: "nd", few: "rd", other: "th" };

/**
 * Makes a function that tells a new answer at once, and the same answer again only after `interval` milliseconds. Answers are
 * the same if their words are. If the words differ in every answer, give a key for each as `answer`.
 */
export function sparingly(
    tell: (line: string) => void,
    interval: number,
    { now }: Pick<Clock, "now"> = systemClock,
): (waiting: Waiting, answer?: string) => void {
    const told = new Map<string, number>();
    return (waiting, answer = waiting.said) => {
        if (now() - (told.get(answer) ?? Number.NEGATIVE_INFINITY) >= interval) {
            told.set(answer, now());
            tell(progressLine(waiting));
        }
    };
}

/** A span of milliseconds in words: seconds below two minutes, else minutes. */
export function describeSpan(milliseconds: number): string {
    return milliseconds >= 120_000
        ? `${Math.round(milliseconds / 60_000)} min`
        : `${Math.max(0, Math.round(milliseconds / 1_000))} s`;
}
