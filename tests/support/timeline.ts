// Demands on the order of what happened in a sandbox.
import { expect } from "vitest";

/** A step that must have happened: its name, and what tells it. */
export type Step<Event> = [name: string, matches: (event: Event) => boolean];

/** Demands that each first occurrence comes after the one before it. */
export function inOrder<Event>(timeline: readonly Event[], steps: Step<Event>[]): void {
    const found = steps.map(([name, matches]) => ({ name, at: timeline.findIndex(matches) }));
    expect(found.filter(({ at }) => at < 0)).toEqual([]);
    const inTime = [...found].sort((a, b) => a.at - b.at).map(({ name }) => name);
    expect(inTime).toEqual(steps.map(([name]) => name));
}
