// Pauses that don't take place, but are remembered.
import { onTestFinished, vi } from "vitest";

/**
 * Lets the pauses of the test that runs end at once; gives their lengths in ms, in order. A timer of `timeout` ms is the
 * time-out of a call, and runs as ever.
 */
export function skipDelays(timeout = 30_000): number[] {
    const delays: number[] = [];
    const real = globalThis.setTimeout;
    const spy = vi.spyOn(globalThis, "setTimeout").mockImplementation(((task: () => void, ms = 0) => {
        if (ms === timeout) {
            return real(task, ms);
        }
        delays.push(ms);
        return real(task, 0);
    }) as typeof setTimeout);
    onTestFinished(() => spy.mockRestore());
    return delays;
}
