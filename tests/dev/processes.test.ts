import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test, vi } from "vitest";
import { killTree } from "../../dev/processes.ts";
import { isRunning } from "./machine.ts";

test("a program is killed with what it started, also in another process group", async () => {
    const script = `
        const { spawn } = require("node:child_process");
        for (const detached of [true, false]) console.log(spawn("sleep", ["1000"], { detached }).pid);
    `;
    const child = spawn(process.execPath, ["--eval", script]);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const started = [Number((await lines.next()).value), Number((await lines.next()).value)];
    onTestFinished(() => {
        for (const pid of started.filter(isRunning)) {
            process.kill(pid);
        }
    });
    expect(started.every(isRunning)).toBe(true);
    killTree(child.pid as number);
    await vi.waitFor(() => expect([child.pid as number, ...started].filter(isRunning)).toEqual([]), 10_000);
});
