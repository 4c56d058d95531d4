import { describe, expect, it } from "vitest";
import { describeSpan, pause } from "../../../components/src/process/clock.ts";

describe("the pause between two questions", () => {
    it("grows from two seconds to fifteen, and stays there", () => {
        const pauses = Array.from({ length: 12 }, (_, index) => pause(index + 1, () => 1));
        expect(pauses[0]).toBe(2_500);
        expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
        expect(pauses.at(-1)).toBe(15_000);
        expect(pause(1_000, () => 1)).toBe(15_000);
    });

    it("is up to a quarter longer than its step, by chance", () => {
        expect(pause(1, () => 0)).toBe(2_000);
        expect(pause(99, () => 0)).toBe(12_000);
        expect(pause(1)).toBeGreaterThanOrEqual(2_000);
        expect(pause(1)).toBeLessThanOrEqual(2_500);
    });
});

describe("a span in words", () => {
    it.each([
        [0, "0 s"],
        [-5, "0 s"],
        [400, "0 s"],
        [89_000, "89 s"],
        [90_000, "2 min"],
        [3_600_000, "60 min"],
    ])("%d ms is %s", (ms, words) => {
        expect(describeSpan(ms)).toBe(words);
    });
});
