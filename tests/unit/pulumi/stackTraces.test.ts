import { runInThisContext } from "node:vm";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
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

    it("aren't made for the SDK's own promises, and are whole for all other errors", async () => {
        const { prepareStackTrace } = Error;
        onTestFinished(() => {
            Error.prepareStackTrace = prepareStackTrace;
        });
        Error.prepareStackTrace = (error) => `mapped ${error.message}`;
        // Loaded anew, since a program installs it once.
        const anew = "../../../components/src/pulumi/stackTraces.ts?anew";
        ((await import(anew)) as { withShortStackTraces: typeof withShortStackTraces }).withShortStackTraces(() => {});
        const traceIn = (filename: string) => runInThisContext("() => new Error('here').stack", { filename })();
        expect(traceIn("/x/node_modules/@pulumi/pulumi/runtime/debuggable.js")).toBe("");
        expect(traceIn("/x/program.js")).toBe("mapped here");
    });

    it("stay whole where promise leaks are looked for", () => {
        vi.stubEnv("PULUMI_DEBUG_PROMISE_LEAKS", "1");
        expect(withShortStackTraces(frames)).toBeGreaterThan(1);
    });
});
