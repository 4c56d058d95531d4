// Ends a program together with everything it started.
import { spawnSync } from "node:child_process";

/**
 * Kills a process and its descendants. Killing the process or its group isn't enough: Pulumi's plugins run in their own process
 * groups, and outlive a killed CLI.
 */
export function killTree(root: number): void {
    const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
    const processes = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
    const tree = [root];
    for (const parent of tree) {
        tree.push(...processes.filter(([, ppid]) => ppid === parent).map(([pid]) => pid as number));
    }
    for (const pid of tree) {
        try {
            process.kill(pid, "SIGKILL");
        } catch {
            // ended a moment ago
        }
    }
}
