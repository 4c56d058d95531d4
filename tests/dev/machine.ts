// Temporary folders, little programs and their processes, for the tests of the tools.
import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/** A new folder that is removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
    const folder = await mkdtemp(path.join(await realpath(tmpdir()), "tools-test-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    return folder;
}

/** Writes an executable shell script and returns its path. */
export async function program(file: string, ...lines: string[]): Promise<string> {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, ["#!/bin/sh", ...lines, ""].join("\n"));
    await chmod(file, 0o755);
    return file;
}

/** Whether a process runs; one that has ended and waits for its parent to notice doesn't. */
export function isRunning(pid: number): boolean {
    const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", `${pid}`], { encoding: "utf8" });
    return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}
