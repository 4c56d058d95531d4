// Runs the command of a Command resource in a process group of its own, which dies with the plugin.
import { spawn } from "node:child_process";

/** The fields of a Command that decide how a command line runs. */
export interface CommandOptions {
    dir?: string;
    environment?: Record<string, string>;
    /** The program that gets the command line as its last argument, default `/bin/sh -c`. */
    interpreter?: string[];
    stdin?: string;
}

export interface CommandOutput {
    stdout: string;
    stderr: string;
}

export type Line = (stream: "stdout" | "stderr", text: string) => void;

/** The leaders of the groups that run now. */
const running = new Set<number>();

/** Kills every command that runs now, with all that it started. */
export function killRunning(): void {
    for (const leader of running) {
        try {
            process.kill(-leader, "SIGKILL");
        } catch {
            // ended a moment ago
        }
    }
}

/**
 * Runs a command line to its end. The plugin's own environment is inherited. Fails, with the command line and
 * everything it printed, when the exit code isn't 0.
 */
export function runCommand(command: string, options: CommandOptions, onLine: Line): Promise<CommandOutput> {
    const [program = "/bin/sh", ...args] = options.interpreter?.length ? options.interpreter : ["/bin/sh", "-c"];
    return new Promise((resolve, reject) => {
        const child = spawn(program, [...args, command], {
            cwd: options.dir,
            env: { ...process.env, ...options.environment },
            detached: true, // a group of its own
        });
        const output = { stdout: "", stderr: "", both: "" };
        for (const stream of ["stdout", "stderr"] as const) {
            let line = "";
            child[stream].setEncoding("utf8").on("data", (text: string) => {
                output[stream] += text;
                output.both += text;
                const lines = (line + text).split("\n");
                line = lines.pop() ?? "";
                for (const whole of lines) {
                    onLine(stream, whole);
                }
            });
            child[stream].on("end", () => line && onLine(stream, line));
        }
        const fail = (reason: string) =>
            reject(new Error(`${reason}: running ${JSON.stringify(command)}:\n${output.both}`));
        child.on("error", (error) => fail(error.message));
        if (child.pid === undefined) {
            return;
        }
        const leader = child.pid;
        running.add(leader);
        child.on("close", (code, signal) => {
            running.delete(leader);
            if (code !== 0) {
                fail(signal ? `signal: ${signal}` : `exit status ${code}`);
            } else {
                resolve({ stdout: withoutLastNewline(output.stdout), stderr: withoutLastNewline(output.stderr) });
            }
        });
        child.stdin.on("error", () => undefined); // a command may end without reading its input
        child.stdin.end(options.stdin);
    });
}

function withoutLastNewline(text: string): string {
    return text.endsWith("\n") ? text.slice(0, -1) : text;
}
