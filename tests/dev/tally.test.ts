import { describe, expect, test } from "vitest";
import type { TestCase, TestModule, TestSuite } from "vitest/node";
import { Tally } from "../../dev/tally.ts";

const testCase = (state: string) => ({ result: () => ({ state }) }) as unknown as TestCase;
const suite = (...errors: Error[]) => ({ errors: () => errors }) as unknown as TestSuite;
const file = (...errors: Error[]) => ({ errors: () => errors }) as unknown as TestModule;

describe("the last line of npm test", () => {
    test("counts passed and failed tests, and leaves skipped ones out", () => {
        const tally = new Tally();
        for (const state of ["passed", "passed", "failed", "skipped"]) {
            tally.onTestCaseResult(testCase(state));
        }
        tally.close();
        expect(`${tally}`).toBe("2 passed, 1 failed");
    });

    test("counts a file that can't be loaded, a suite whose hook fails and an unhandled error as failed", () => {
        const tally = new Tally();
        tally.onTestCaseResult(testCase("passed"));
        tally.onTestModuleEnd(file(new Error("at import")));
        tally.onTestSuiteResult(suite(new Error("in beforeAll")));
        tally.onTestModuleEnd(file());
        tally.onTestSuiteResult(suite());
        tally.onTestRunEnd([], [new Error("unhandled")]);
        tally.close();
        expect(`${tally}`).toBe("1 passed, 3 failed");
    });

    test("counts a run without tests as failed", () => {
        const tally = new Tally();
        tally.close();
        expect(`${tally}`).toBe("0 passed, 1 failed");
    });
});
