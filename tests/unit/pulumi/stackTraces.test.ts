import { afterEach, describe, expect, it, vi } from "vitest";
import { withShortStackTraces } from "../../../components/src/pulumi/stackTraces.ts";

const frames = () => (new Error().stack ?? "").split("\n").length - 1;

describe("stack traces while resources are declared", () => {
    afterEach(() => void vi.unstubAllEnvs());

    it("have one frame, and as many as before afterwards", () => {
        const before = Error.stackTraceLimit;
        expect(withShortStackTraces(frames)).toBe(1);
        expect(Error.stackTraceLimit).toBe(before);
    });

    it("are as before after a failure too", () => {
        const before = Error.stackTraceLimit;
        const fail = () => {
            throw new Error("declared badly");
        };
        expect(() => withShortStackTraces(fail)).toThrow("declared badly");
        expect(Error.stackTraceLimit).toBe(before);
    });

    it("stay whole where promise leaks are looked for", () => {
        vi.stubEnv("PULUMI_DEBUG_PROMISE_LEAKS", "1");
        expect(withShortStackTraces(frames)).toBeGreaterThan(1);
    });
});
