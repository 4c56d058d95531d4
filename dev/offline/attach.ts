// Starts one process for programs and plugins. Engines attach to it, one command after the other.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Setting } from "./attached.ts";
import { PLUGINS } from "./plugins.ts";

interface Host {
    child: ChildProcess;
    /** What a command needs to attach. */
    flags: string[];
    plugins: string;
}

let host: Promise<Host> | undefined;
/** The command that runs now, and those that wait. */
let last: Promise<unknown> = Promise.resolve();

/** Runs a command in this setting, once the commands before it have ended. */
export function attached<T>(
    setting: Setting,
    command: (flags: string[], env: Record<string, string>) => Promise<T>,
): Promise<T> {
    const run = async () => {
        host ??= start();
        const { child, flags, plugins } = await host;
        child.send(setting);
        const [dynamicProvider] = await once(child, "message");
        const providers = [...PLUGINS.map((name) => `${name}:${plugins}`), `pulumi-nodejs:${dynamicProvider}`];
        return command(flags, { PULUMI_DEBUG_PROVIDERS: providers.join(",") });
    };
    const result = last.then(run, run);
    last = result;
    return result;
}

async function start(): Promise<Host> {
    const child = fork(path.join(import.meta.dirname, "attached.ts"), [], {
        stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    process.once("exit", () => child.kill("SIGKILL"));
    const ports: string[] = [];
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
        ports.push(line);
        if (ports.length === 2) {
            break;
        }
    }
    const [plugins = "", program] = ports;
    child.unref();
    child.channel?.unref();
    return {
        child,
        flags: [`--client=127.0.0.1:${program}`, "--exec-kind=auto.inline"],
        plugins,
    };
}
