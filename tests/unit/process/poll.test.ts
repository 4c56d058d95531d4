import { describe, expect, it } from "vitest";
import { describeSpan, type NotYet, pause, poll } from "../../../components/src/process/poll.ts";
import { fakeClock } from "../../support/fakeAccount.ts";

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

describe("poll", () => {
    const late = (seen: NotYet, attempts: number) => new Error(`${seen.said} after ${attempts}`);

    it("asks until there is a value, and tells what it sees meanwhile with the time that is left", async () => {
        const { clock, pauses } = fakeClock();
        const told: [string, number, number][] = [];
        const value = await poll({
            ask: async (attempt) => (attempt < 3 ? { said: `no ${attempt}` } : { value: "yes" }),
            deadline: 60_000,
            late,
            tell: ({ said }, attempt, left) => told.push([said, attempt, left]),
            clock,
        });
        expect(value).toBe("yes");
        expect(told).toEqual([
            ["no 1", 1, 60_000],
            ["no 2", 2, 60_000 - (pauses[0] ?? 0)],
        ]);
    });

    it("asks for the last time at the deadline, and throws the caller's error with what was seen last", async () => {
        const { clock, pauses } = fakeClock();
        let asked = 0;
        const ended = poll({ ask: async () => ({ said: `no ${++asked}` }), deadline: 5_000, late, clock });
        await expect(ended).rejects.toThrow(/^no (\d+) after \1$/);
        expect(pauses.reduce((sum, each) => sum + each, 0)).toBe(5_000);
    });

    it("doesn't ask again before the time that the answer names, but not after the deadline either", async () => {
        const { clock, pauses } = fakeClock();
        const ended = poll({ ask: async () => ({ said: "no", retryAfter: 40_000 }), deadline: 50_000, late, clock });
        await expect(ended).rejects.toThrow("no after 3");
        expect(pauses).toEqual([40_000, 10_000]);
    });

    it("ends at once with the error of a question", async () => {
        const { clock, pauses } = fakeClock();
        const ask = async () => Promise.reject(new Error("for ever"));
        await expect(poll({ ask, deadline: 60_000, late, clock })).rejects.toThrow("for ever");
        expect(pauses).toEqual([]);
    });
});
