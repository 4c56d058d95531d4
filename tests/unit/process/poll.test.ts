import { describe, expect, it } from "vitest";
import {
    describeSpan,
    type NotYet,
    pause,
    poll,
    progressLine,
    sparingly,
} from "../../../components/src/process/poll.ts";
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
        [119_000, "119 s"],
        [120_000, "2 min"],
        [3_600_000, "60 min"],
    ])("%d ms is %s", (ms, words) => {
        expect(describeSpan(ms)).toBe(words);
    });
});

describe("a line of progress", () => {
    it.each([
        [{ attempt: 1, left: 1_740_000 }, "1st try, 29 min left: no"],
        [{ attempt: 2, left: 90_000 }, "2nd try, 90 s left: no"],
        [{ attempt: 3, left: 0 }, "3rd try, 0 s left: no"],
        [{ attempt: 11, left: 0 }, "11th try, 0 s left: no"],
        [{ attempt: 22, left: Number.POSITIVE_INFINITY }, "22nd try: no"],
        [{ left: 60_000 }, "60 s left: no"],
    ])("of %o is %s", (waiting, line) => {
        expect(progressLine({ said: "no", ...waiting })).toBe(line);
    });

    it("is told when what is said is new, and again after a while, whatever was said in between", () => {
        const told: string[] = [];
        let now = 0;
        const tell = sparingly((line) => told.push(line), 60_000, { now: () => now });
        for (const [time, said] of [
            [0, "a"],
            [1, "b"],
            [2, "a"],
            [59_999, "a"],
            [60_000, "a"],
            [60_000, "b"],
        ] as const) {
            now = time;
            tell({ said, left: 0 });
        }
        expect(told.map((line) => line.slice(-1))).toEqual(["a", "b", "a"]);
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
            tell: ({ said, attempt = 0, left }) => told.push([said, attempt, left]),
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

    it("tells what it waits for every 10 s, with the time that is left, and pauses no longer for it", async () => {
        const { clock } = fakeClock();
        const left: number[] = [];
        const ask = async (attempt: number) =>
            attempt === 1 ? { said: "no", retryAfter: 25_000 } : { value: clock.now() };
        const tell = (waiting: { left: number }) => left.push(waiting.left);
        expect(await poll<number>({ ask, deadline: 60_000, late, tell, clock })).toBe(25_000);
        expect(left).toEqual([60_000, 50_000, 40_000]);
    });

    it("ends at once with the error of a question", async () => {
        const { clock, pauses } = fakeClock();
        const ask = async () => Promise.reject(new Error("for ever"));
        await expect(poll({ ask, deadline: 60_000, late, clock })).rejects.toThrow("for ever");
        expect(pauses).toEqual([]);
    });
});
