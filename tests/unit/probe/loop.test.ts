import { describe, expect, it } from "vitest";
import { type Finding, Unmet } from "../../../components/src/probe/findings.ts";
import { DeadlineEnded, repeat } from "../../../components/src/probe/loop.ts";
import { type Clock, systemClock } from "../../../components/src/process/poll.ts";

const noName: Finding = { kind: "no-such-name", servers: ["ns1.example.net"] };
const noCertificate: Finding = { kind: "no-certificate", code: "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE" };
const forbidden: Finding = { kind: "rate-limited", side: "edge", status: 403 };

/** Time passes only by sleeping; every pause is remembered, in seconds. */
function testClock(random = 0.5) {
    const pauses: number[] = [];
    let now = 0;
    const clock: Clock = {
        ...systemClock,
        now: () => now,
        random: () => random,
        sleep: async (milliseconds) => {
            pauses.push(milliseconds / 1000);
            now += milliseconds;
        },
    };
    return { clock, pauses };
}

/** A round that finds these in turn, then the last for ever; undefined passes. */
function finding(...outcomes: (Finding | undefined)[]) {
    return async () => {
        const outcome = outcomes.length > 1 ? outcomes.shift() : outcomes[0];
        if (outcome) {
            throw new Unmet(outcome);
        }
        return "passed";
    };
}

function start(round: () => Promise<string>, { clock, pauses } = testClock(), deadline = 1800) {
    const lines: string[] = [];
    const subject = { hostname: "track.example.com", endpoint: "spgo.io", edge: "cloudflare" };
    const outcome = repeat(round, { ...subject, deadline, clock, progress: (line) => lines.push(line) });
    return { outcome, lines, pauses };
}

describe("the repetition", () => {
    it("ends with the first round that passes", async () => {
        const { outcome, pauses } = start(finding(noName, noCertificate, undefined));
        expect(await outcome).toMatchObject({ value: "passed", attempts: 3, seconds: expect.any(Number) });
        expect(pauses).toHaveLength(2);
    });

    it("waits 2 s at first, longer every time, and not longer than 15 s", async () => {
        const { outcome, pauses } = start(finding(...Array(10).fill(noName), undefined));
        await outcome;
        expect(pauses[0]).toBeCloseTo(2, 0);
        expect(pauses.slice(0, 4)).toEqual(pauses.slice(0, 4).sort((a, b) => a - b));
        expect(Math.max(...pauses)).toBeLessThanOrEqual(15);
    });

    it("asks far less often when the tracker itself forbids", async () => {
        const { outcome, pauses } = start(finding(forbidden, undefined));
        await outcome;
        expect(pauses).toEqual([10, 10, 10]);
    });

    it("tells every new finding once, and the same one again after a minute", async () => {
        const { outcome, lines } = start(
            finding(noName, noName, noCertificate, ...Array(10).fill(noCertificate), undefined),
        );
        await outcome;
        expect(lines).toMatchSnapshot();
    });

    it("tells a finding once whose words are new in each round", async () => {
        const later = (code: string): Finding => ({ kind: "no-certificate", code });
        const { outcome, lines } = start(finding(later("A"), later("B"), later("C"), undefined));
        await outcome;
        expect(lines).toHaveLength(1);
    });

    it("looks once more at the deadline, then says what it found last and what to do", async () => {
        const { outcome, pauses } = start(finding(noName, noName, noCertificate), testClock(), 60);
        const error = (await outcome.catch((caught) => caught)) as DeadlineEnded;
        expect(error).toBeInstanceOf(DeadlineEnded);
        expect(error.finding).toBe(noCertificate);
        expect(pauses.reduce((sum, pause) => sum + pause)).toBe(60);
        expect(error.message).toMatchSnapshot();
    });

    it("passes on at once what isn't a finding", async () => {
        const { outcome, pauses } = start(async () => {
            throw new TypeError("a mistake of ours");
        });
        await expect(outcome).rejects.toThrow(TypeError);
        expect(pauses).toEqual([]);
    });
});
