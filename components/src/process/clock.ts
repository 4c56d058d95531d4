// Time, so that tests can make it pass.

export interface Clock {
    /** Milliseconds since some fixed moment. */
    now(): number;
    /** The time of day, RFC 3339. */
    timestamp(): string;
    sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
    now: () => performance.now(),
    timestamp: () => new Date().toISOString(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * Pauses between attempts in ms: from 2 s, growing, to 15 s at most. Each has up to a quarter more than its step, so
 * that many domains don't ask at the same moment.
 */
export function pause(attempt: number, random: () => number = Math.random): number {
    const step = Math.min(2_000 * 1.5 ** (attempt - 1), 12_000);
    return step * (1 + random() / 4);
}

/** A span of ms in words, for progress lines: `58 min`, `40 s`. */
export function describeSpan(ms: number): string {
    return ms >= 90_000 ? `${Math.round(ms / 60_000)} min` : `${Math.max(0, Math.round(ms / 1_000))} s`;
}
