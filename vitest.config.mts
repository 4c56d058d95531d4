// `unit`: no engine, no network, in parallel. `components`: the same, with Pulumi's runtime mocked. `e2e`: the real engine,
// which the global set-up finds or makes.
import path from "node:path";
import { defineConfig } from "vitest/config";

/** Test files share a process and its modules, which halves their CPU time: so none of them changes what another one sees. */
const oneProcess = { pool: "threads", isolate: false, maxWorkers: 3 } as const; // without a number, one on two cores
const offline = "tests/support/offline.ts";
const tests = path.join(import.meta.dirname, "tests");

export default defineConfig({
    test: {
        // All messages, by kind: what they say is read and changed there (`npm test -- -u`), tests assert when they are said.
        resolveSnapshotPath: (test, extension) =>
            path.join(tests, "messages", `${path.relative(tests, test).replace(/\.test\.ts$/, "")}${extension}`),
        projects: [
            {
                test: {
                    name: "unit",
                    include: ["tests/{unit,sandbox,dev,provider}/**/*.test.ts"],
                    ...oneProcess,
                    setupFiles: [offline],
                    testTimeout: 20_000,
                },
            },
            {
                test: {
                    name: "components",
                    include: ["tests/components/**/*.test.ts"],
                    ...oneProcess,
                    setupFiles: [offline, "tests/support/setup.ts"],
                    testTimeout: 20_000,
                },
            },
            {
                test: {
                    name: "e2e",
                    include: ["tests/{e2e,package}/**/*.test.ts"],
                    globalSetup: ["tests/support/engine.ts"],
                    testTimeout: 180_000,
                    hookTimeout: 180_000,
                    // Each worker drives Pulumi CLIs that attach to one process (dev/offline/attach.ts), and waits half of the time.
                    pool: "forks",
                    isolate: false,
                    maxWorkers: 5,
                    sequence: { groupOrder: 1 },
                },
            },
        ],
    },
});
