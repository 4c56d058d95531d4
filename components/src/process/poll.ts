// Waits until something is so: the one loop that asks, pauses and gives up. It knows nothing of what it waits for.

/** Time and chance, so that tests need none of either. */
export interface Clock {
    /** Milliseconds since some fixed moment. */
    now(): number;
    /** The time of day, RFC 3339. */
    timestamp(): string;
    /** Ends at once when the signal says so. */
    sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
    /** From 0 to 1. */
    random(): number;
}

/** The real ones. */
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

/** An answer that isn't the awaited one. */
export interface NotYet {
    /** What was seen instead: the part of a progress line that is the same as long as nothing changes. */
    said: string;
    /** Milliseconds that must pass before the next question. Default 0: the usual pause. */
    retryAfter?: number;
}

/** What to wait for, and for how long. */
export interface Poll<Value, Seen extends NotYet> {
    /** Asks once. A value ends the wait; an error ends it too, for what waiting can't change. */
    ask(attempt: number): Promise<{ value: Value } | Seen>;
    /**
     * Milliseconds after which nothing is asked any more. The last question is asked at that moment. Left out where
     * `ask` counts its attempts, and throws after the last.
     */
    deadline?: number;
    /** The error to throw at the deadline. */
    late?(seen: Seen, attempts: number, elapsed: number): Error;
    /** Takes every answer that isn't the awaited one, and takes it again every 10 s until the next question. */
    tell?(waiting: Waiting, seen: Seen): void;
    /** Ends a pause at once. The question after it is to throw. */
    signal?: AbortSignal;
    /** Default: {@link systemClock}. */
    clock?: Clock;
}

/** Asks until there is a value, with growing pauses. */
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
 * Milliseconds between two attempts: from 2 s, growing, to 15 s at most. Each has up to a quarter more than its step, so
 * that many waits don't ask at the same moment.
 */
export function pause(attempt: number, random: () => number = Math.random): number {
    const step = Math.min(2_000 * 1.5 ** (attempt - 1), 12_000);
    return step * (1 + random() / 4);
}

/** How often a row of Pulumi's shows what is waited for, in milliseconds. */
export const ROW_INTERVAL = 10_000;
/** How often it is told where every line stays to be read: on a pipe, in CI, in the report of a failure. */
export const LINE_INTERVAL = 60_000;

/** What a line of progress says. */
export interface Waiting {
    said: string;
    attempt?: number;
    /** Milliseconds until the wait is given up. */
    left: number;
}

/** `3rd try, 29 min left: no certificate yet`. It begins with what changes, because a terminal cuts its end. */
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
 * Tells each answer when it is new, and again after so many milliseconds. Two are the same by their words, unless the caller
 * says by what: words may have a part that is never the same.
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
