// Runs one program and gives back what it printed. During a long one it prints that it is still running.
import { spawn } from "node:child_process";

/** Prints a sentence about what is going on. */
export type Log = (line: string) => void;

export interface RunResult {
    /** The exit code; -1 when the program couldn't be started or was ended by a signal or the time limit. */
    code: number;
    /** Standard output and standard error, as they came. */
    output: string;
}

export interface RunOptions {
    cwd?: string;
    env?: NodeJS.ProcessEnv;
    /** How long it may take, in ms; then it is killed. */
    timeout: number;
}

/** Runs a program to its end. Never throws: a program that doesn't exist is a result too. */
export function run(program: string, args: string[], { cwd, env, timeout }: RunOptions): Promise<RunResult> {
    return new Promise((resolve) => {
        const child = spawn(program, args, { cwd, env, timeout, stdio: ["ignore", "pipe", "pipe"] });
        const kill = () => child.kill();
        process.once("exit", kill);
        let output = "";
        const collect = (chunk: Buffer) => {
            output += chunk.toString();
        };
        child.stdout.on("data", collect);
        child.stderr.on("data", collect);
        const end = (code: number | null, problem = "") => {
            process.off("exit", kill);
            resolve({ code: code ?? -1, output: output + problem });
        };
        child.on("error", (error) => end(-1, error.message));
        child.on("close", (code) => end(code));
    });
}

/** Waits for `work`. Every 20 s it prints that it is still running, and for how many seconds. */
export async function withSignOfLife<T>(log: Log, what: string, work: Promise<T>): Promise<T> {
    const start = Date.now();
    const timer = setInterval(
        () => log(`  still ${what}, ${Math.round((Date.now() - start) / 1000)} s so far`),
        20_000,
    );
    try {
        return await work;
    } finally {
        clearInterval(timer);
    }
}

/** The last lines of a program's output, indented, for an error message. */
export function tail(output: string, lines = 8): string {
    return output
        .trim()
        .split("\n")
        .slice(-lines)
        .map((line) => `    ${line}`)
        .join("\n");
}
