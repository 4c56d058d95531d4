// Counts the results of a test run, for the last line of `npm test`.
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

/**
 * Counts tests. Each of these counts as one failed test: a file or suite that fails outside its tests (at import, in a hook), an
 * unhandled error, a run without any test.
 */
export class Tally implements Reporter {
    passed = 0;
    failed = 0;

    onTestCaseResult(test: TestCase): void {
        const { state } = test.result();
        if (state === "passed") {
            this.passed += 1;
        }
        if (state === "failed") {
            this.failed += 1;
        }
    }

    onTestSuiteResult(suite: TestSuite): void {
        if (suite.errors().length > 0) {
            this.failed += 1;
        }
    }

    onTestModuleEnd(module: TestModule): void {
        if (module.errors().length > 0) {
            this.failed += 1;
        }
    }

    onTestRunEnd(_modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
        this.failed += unhandledErrors.length;
    }

    /** Call when the run is over. */
    close(): void {
        if (this.passed + this.failed === 0) {
            this.failed = 1;
        }
    }

    toString(): string {
        return `${this.passed} passed, ${this.failed} failed`;
    }
}
