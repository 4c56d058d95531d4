// Ends our processes with the Pulumi CLI that started them, so that a killed `pulumi up` leaves none behind. A process
// without its CLI would change things that no state records. And its next print would fail with EPIPE, which Node reports
// by a print, and so on at full load.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";

/** How often to look for the CLI, in milliseconds. */
const INTERVAL = 1_000;
let isGuarded = false;

/**
 * Ends this process when its output is gone or its CLI has vanished. Every load calls it, the first call counts. It doesn't
 * keep the process running.
 *
 * A process that the engine started knows the engine's address. It ends when nobody listens there any more. Its parent
 * doesn't help: it is a language host or a shell script, which outlive a killed CLI. A command's process doesn't know the
 * address. It ends with the CLI among its ancestors, or else with its parent.
 */
export function endWithCli(): void {
    if (isGuarded) {
        return;
    }
    isGuarded = true;
    endWithStreams();
    const address = engineAddress(process.argv);
    const watched = address ? undefined : (cliAmongAncestors() ?? process.ppid);
    setInterval(() => {
        if (address) {
            exitWithoutListener(address);
        } else if (watched !== undefined && !isRunning(watched)) {
            process.exit(1);
        }
    }, INTERVAL).unref();
}

/** {@link endWithCli} if this is a program that Pulumi runs. Never in a user's own process (Automation API). */
export function endProgramWithCli(): void {
    if (isProgram(process.argv)) {
        endWithCli();
    }
}

/** When its reader is gone, a print only gets EPIPE, and Node would report that by printing. */
export function endWithStreams(): void {
    for (const stream of [process.stdout, process.stderr]) {
        stream.on("error", () => process.exit(1));
    }
}

/**
 * The engine's address in a command line: a provider's first argument, or a program's option `--engine`. Neither is
 * documented, so another command line may have none.
 */
export function engineAddress(argv: readonly string[]): string | undefined {
    const address = isProgram(argv) ? / --engine[= ](\S+)/.exec(argv.join(" "))?.[1] : argv[2];
    return address !== undefined && /^[\w.-]+:\d+$/.test(address) ? address : undefined;
}

/** Whether a command line is that of the process in which Pulumi's CLI runs a program. */
export function isProgram([, script = ""]: readonly string[]): boolean {
    return /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run([\\/]|$)/.test(script);
}

function exitWithoutListener(address: string): void {
    const colon = address.lastIndexOf(":");
    const socket = connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) });
    socket.unref();
    socket.on("connect", () => socket.destroy());
    socket.on("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "ECONNREFUSED") {
            process.exit(1);
        }
    });
}

/** One process, as far as it matters here. */
interface Process {
    parent: number;
    name: string;
    /** It has ended, but its parent hasn't noticed yet. */
    isZombie: boolean;
}

/** The CLI that started this process, also through plugins and shells. `undefined` if there is none, or it can't be told. */
function cliAmongAncestors(): number | undefined {
    let pid = process.ppid;
    for (let steps = 0; steps < 10 && pid > 1; steps++) {
        const found = processAt(pid);
        if (!found || found.name === "pulumi") {
            return found && pid;
        }
        pid = found.parent;
    }
    return undefined;
}

function isRunning(pid: number): boolean {
    if (process.platform === "linux") {
        return processAt(pid)?.isZombie === false;
    }
    try {
        return process.kill(pid, 0);
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}

/** Small images have no `ps`, other systems no `/proc`; Windows has neither. */
function processAt(pid: number): Process | undefined {
    try {
        if (process.platform === "linux") {
            const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
            // pid (name) state parent …; a name may have brackets and spaces.
            const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
            const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
            return { parent: Number(parent), name, isZombie: state === "Z" };
        }
        const { stdout } = spawnSync("ps", ["-o", "ppid=,comm=", "-p", `${pid}`], { encoding: "utf8", timeout: 2_000 });
        const [, parent, path = ""] = /^\s*(\d+)\s+(.*\S)/.exec(stdout ?? "") ?? [];
        return parent ? { parent: Number(parent), name: path.split("/").at(-1) ?? "", isZombie: false } : undefined;
    } catch {
        return undefined;
    }
}
