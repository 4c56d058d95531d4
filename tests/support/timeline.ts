// What the sandbox's timeline proves: the order of what happened.
import { expect } from "vitest";
import type { TimelineEvent } from "../../dev/sandbox/index.ts";

/**
 * An https request that the edge took with a certificate and handed on: only a client that accepted the certificate
 * sends one.
 */
export function isHttpsThroughEdge({ kind, scheme, outcome }: TimelineEvent): boolean {
    return kind === "edge-request" && scheme === "https" && outcome === "relayed";
}

/** A step that must have happened: its name, and what tells it. */
export type Step<Event> = [name: string, matches: (event: Event) => boolean];

/** Demands that each first occurrence comes after the one before it. */
export function inOrder<Event>(timeline: readonly Event[], steps: Step<Event>[]): void {
    const found = steps.map(([name, matches]) => ({ name, at: timeline.findIndex(matches) }));
    expect(found.filter(({ at }) => at < 0)).toEqual([]);
    const inTime = [...found].sort((a, b) => a.at - b.at).map(({ name }) => name);
    expect(inTime).toEqual(steps.map(([name]) => name));
}
