/**
 * One timeline of all that happens in the sandbox, in order. Tests prove the order of things with it.
 */
export type Actor = "sparkpost" | "cloudflare" | "fastly" | "dns" | "edge" | "tracker" | "recipient" | "sandbox";

export interface TimelineEvent {
    /** Milliseconds since the sandbox started, from a monotonic clock. */
    at: number;
    actor: Actor;
    /** A machine word, listed in the sandbox's README. */
    kind: string;
    /** What happened, as a short sentence. */
    what: string;
    /** The tracking host concerned, lower case. */
    host?: string;
    /** Whatever else belongs to this kind of event. */
    [detail: string]: unknown;
}

export class Timeline {
    /** Everything so far, oldest first. */
    readonly events: TimelineEvent[] = [];
    readonly #started = performance.now();
    readonly #waiting = new Set<Waiter>();
    readonly #pending = new Set<NodeJS.Timeout>();

    /** Milliseconds since the sandbox started. */
    now(): number {
        return performance.now() - this.#started;
    }

    add(actor: Actor, kind: string, what: string, details: { host?: string; [detail: string]: unknown } = {}): void {
        const event: TimelineEvent = { at: this.now(), actor, kind, what, ...details };
        this.events.push(event);
        for (const waiter of [...this.#waiting]) {
            if (waiter.matches(event)) {
                waiter.settle(event);
            }
        }
    }

    /**
     * The first event that matches, whether it has happened already or is still to come.
     * @param timeoutMs rejects after this many milliseconds, default 10,000.
     */
    waitFor(matches: (event: TimelineEvent) => boolean, timeoutMs = 10_000): Promise<TimelineEvent> {
        const past = this.events.find(matches);
        if (past) {
            return Promise.resolve(past);
        }
        return new Promise((resolve, reject) => {
            const settle = (outcome: TimelineEvent | Error) => {
                clearTimeout(timer);
                this.#waiting.delete(waiter);
                if (outcome instanceof Error) {
                    reject(outcome);
                } else {
                    resolve(outcome);
                }
            };
            const waiter: Waiter = { matches, settle };
            const timer = setTimeout(() => {
                const last = this.events.slice(-5).map(({ kind, what }) => `${kind}: ${what}`);
                settle(new Error(`No such event within ${timeoutMs} ms. The last ones were:\n${last.join("\n")}`));
            }, timeoutMs);
            this.#waiting.add(waiter);
        });
    }

    /** Does something after a delay in milliseconds, or at once without a delay. Never after the sandbox closes. */
    after(delay: number, task: () => void): void {
        if (delay <= 0) {
            task();
            return;
        }
        const timer = setTimeout(() => {
            this.#pending.delete(timer);
            task();
        }, delay);
        this.#pending.add(timer);
    }

    /** Drops what should happen later, and rejects what still waits. */
    close(): void {
        for (const timer of this.#pending) {
            clearTimeout(timer);
        }
        for (const waiter of [...this.#waiting]) {
            waiter.settle(new Error("The sandbox was closed before the event happened."));
        }
    }
}

interface Waiter {
    matches(event: TimelineEvent): boolean;
    settle(outcome: TimelineEvent | Error): void;
}
