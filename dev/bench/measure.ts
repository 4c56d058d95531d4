// Measures the CPU time of commands, as ratios: those hold on a machine whose speed changes.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Workspace } from "../pulumi.ts";

/** A ratio with its spread over the pairs of runs. */
export interface Ratio {
    min: number;
    median: number;
    max: number;
}

/** The CPU time of a Pulumi command and its child processes, in seconds. Throws unless the exit code is 0. */
export async function cpuSeconds(
    pulumi: string,
    program: string,
    workspace: Workspace,
    args: string[],
): Promise<number> {
    const script = 'TIMEFORMAT="cpu %U %S"; time "$0" "$@"';
    const options = ["--config-file", workspace.configFile, "--non-interactive", "--color", "never"];
    const child = spawn("bash", ["-c", script, pulumi, ...args, ...options], { cwd: program, env: workspace.env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
            output += text;
        });
    }
    const code = await new Promise((resolve) => child.on("close", resolve));
    const [, user, system] = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(output) ?? [];
    if (code !== 0 || user === undefined) {
        throw new Error(`pulumi ${args.join(" ")}: exit code ${code}\n${output}`);
    }
    return Number(user) + Number(system);
}

/** Seconds of CPU, user and system, of a process and those of its children that have ended. Linux only. */
export async function cpuOf(pid: number): Promise<number> {
    const afterName = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1] ?? "";
    const ticks = afterName.split(" ").slice(11, 15).map(Number);
    return ticks.reduce((sum, each) => sum + each) / 100;
}

/** The ratio of two measurements that run in turn. The first pair isn't counted. */
export async function ratio(a: () => Promise<number>, b: () => Promise<number>, pairs: number): Promise<Ratio> {
    const ratios: number[] = [];
    for (let pair = 0; pair <= pairs; pair++) {
        const value = (await a()) / (await b());
        if (pair > 0) {
            ratios.push(value);
        }
    }
    ratios.sort((x, y) => x - y);
    return {
        min: ratios[0] ?? Number.NaN,
        median: ratios[Math.floor(ratios.length / 2)] ?? Number.NaN,
        max: ratios.at(-1) ?? Number.NaN,
    };
}
