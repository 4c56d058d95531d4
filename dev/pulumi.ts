// Runs the Pulumi CLI for a program with its own state, configuration and home. So demo, tests and benchmark never touch the
// user's stacks, and can run side by side.
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { parse } from "yaml";
import { attached } from "./offline/attach.ts";
import type { Engine } from "./offline/engine.ts";
import { compileCache, repository } from "./offline/home.ts";
import { standInPrograms } from "./offline/plugins.ts";
import { killTree } from "./processes.ts";
import { type ConfigValue, StackConfig } from "./stackConfig.ts";

export type { ConfigValue };

export interface WorkspaceOptions {
    /** The folder of the Pulumi program, with its Pulumi.yaml. Nothing is written into it. */
    program: string;
    /** The stack's name, default "dev". */
    stack?: string;
    /** More environment variables for every command; `undefined` removes one. */
    env?: Record<string, string | undefined>;
    /** The stack's configuration by full key, e.g. `sparkpost:apiKey`. Replaces what Pulumi.<stack>.yaml says. */
    config?: Record<string, ConfigValue>;
    /**
     * Runs programs and plugins in one process, to which the engines attach. That costs a fraction of the CPU time. Commands
     * of `spawn`, and those with their own environment, still start their own processes.
     */
    isAttached?: boolean;
}

export interface Result {
    /** The exit code; -1 when a signal ended the command. */
    code: number;
    stdout: string;
    stderr: string;
    /** Both, in the order they came. */
    output: string;
}

export interface RunOptions {
    /** Text for standard input. */
    input?: string;
    /** More environment variables for this command; `undefined` removes one. */
    env?: Record<string, string | undefined>;
    /** Called with each line as it is printed. */
    onLine?(line: string): void;
}

export interface RunningCommand {
    pid: number;
    kill(signal: NodeJS.Signals): void;
    /** Resolves when the command has ended, whatever its exit code. */
    result: Promise<Result>;
}

export interface Workspace {
    /** The temporary folder with state and configuration. */
    dir: string;
    /** The file with the stack's state. */
    stateFile: string;
    /** The stack's configuration file, which only `configure` writes. */
    configFile: string;
    /** The whole environment of a command. */
    env: Record<string, string>;
    /** Sets values of the stack's configuration by full key; the others stay. */
    configure(values: Record<string, ConfigValue>): Promise<void>;
    /** Runs `pulumi` with these arguments to its end: `run(["up", "--yes"])`. */
    run(args: string[], options?: RunOptions): Promise<Result>;
    /** Starts `pulumi` with these arguments. */
    spawn(args: string[], options?: RunOptions): RunningCommand;
    /** Ends what still runs and removes the folder; the resources of the stack stay as they are. */
    close(): Promise<void>;
}

/** The commands that run in the program's folder. All others need only the stack, and run in the workspace's folder. */
const PROGRAM_COMMANDS = ["up", "preview", "refresh", "destroy", "import", "watch"];

/**
 * The files of an empty stack, by program, stack and backend. They are copied, because the CLI needs as long as a preview to
 * write them.
 */
const newStacks = new Map<string, Record<string, Buffer>>();

/** Makes a stack in a temporary folder for a Pulumi program. Call `close` when done. */
export async function createWorkspace(engine: Engine, options: WorkspaceOptions): Promise<Workspace> {
    const { program, stack = "dev", config = {} } = options;
    const dir = await fs.mkdtemp(path.join(await fs.realpath(os.tmpdir()), "pulumi-workspace-"));
    const configFile = path.join(dir, "config.yaml");
    const env = withoutUndefined({ ...(await environment(engine, dir, program, stack)), ...options.env });
    const running = new Set<RunningCommand>();

    const spawnPulumi = (args: string[], { input, env: more, onLine }: RunOptions = {}): RunningCommand => {
        const inProgram = PROGRAM_COMMANDS.includes(args[0] ?? "");
        const configArgs = inProgram ? ["--config-file", configFile] : [];
        const child = spawn(engine.pulumi, [...args, ...configArgs, "--non-interactive", "--color", "never"], {
            cwd: inProgram ? program : dir,
            env: withoutUndefined({ ...env, ...more }),
        });
        child.stdin.on("error", () => undefined); // the command may end before it has read all
        child.stdin.end(input);
        const command: RunningCommand = {
            pid: child.pid ?? -1,
            kill: (signal) => child.kill(signal),
            result: collect(child, onLine).finally(() => running.delete(command)),
        };
        running.add(command);
        return command;
    };

    const close = async () => {
        for (const command of running) {
            killTree(command.pid);
        }
        await Promise.allSettled([...running].map((command) => command.result));
        await fs.rm(dir, { recursive: true, force: true, maxRetries: 5 });
    };

    const must = async (args: string[], runOptions?: RunOptions) => {
        const { code, output } = await spawnPulumi(args, runOptions).result;
        if (code !== 0) {
            throw new Error(`"pulumi ${args.join(" ")}" failed with exit code ${code}:\n${output}`);
        }
    };

    try {
        // `stack init` and `config set` write into the folder where they run. So they run in a folder that has only the
        // project's Pulumi.yaml.
        await fs.copyFile(path.join(program, "Pulumi.yaml"), path.join(dir, "Pulumi.yaml"));
        const id = JSON.stringify([program, stack, options.env?.PULUMI_BACKEND_URL]);
        const known = newStacks.get(id);
        if (known) {
            await writeFiles(dir, known);
        } else {
            await must(["stack", "init", stack, "--no-select"]);
            newStacks.set(id, await filesOf(dir));
        }
        // The value goes through standard input, because every process of the machine can read a command line.
        const encrypt = (key: string, value: string) => must(["config", "set", "--secret", key], { input: value });
        const stackConfig = new StackConfig(configFile, path.join(dir, `Pulumi.${stack}.yaml`), encrypt);
        await stackConfig.set(config);
        const run: Workspace["run"] = async (args, runOptions) => {
            const [command = ""] = args;
            // An import runs no program.
            const isRun = PROGRAM_COMMANDS.includes(command) && command !== "import";
            if (!options.isAttached || runOptions?.env || !isRun) {
                return spawnPulumi(args, runOptions).result;
            }
            return attached(
                { folder: program, env },
                (flags, more) => spawnPulumi([...args, ...flags], { ...runOptions, env: more }).result,
            );
        };
        const configure: Workspace["configure"] = (values) => stackConfig.set(values);
        const { name } = parse(await fs.readFile(path.join(program, "Pulumi.yaml"), "utf8")) as { name: string };
        const stateFile = path.join(dir, ".pulumi/stacks", name, `${stack}.json`);
        return { dir, stateFile, configFile, env, configure, run, spawn: spawnPulumi, close };
    } catch (error) {
        await close();
        throw error;
    }
}

async function environment(engine: Engine, dir: string, program: string, stack: string) {
    return {
        ...withoutUserPulumi(process.env),
        ...(await engineEnvironment(engine, program)),
        // A killed language host leaves its pipes here.
        TMPDIR: dir,
        PULUMI_BACKEND_URL: `file://${dir}`,
        PULUMI_CONFIG_PASSPHRASE: "of a temporary stack",
        // A command ends before its memory is worth a search for garbage, which takes a tenth of its CPU time.
        GOGC: "off",
        GOMEMLIMIT: "1GiB",
        PULUMI_STACK: stack,
        NODE_COMPILE_CACHE: compileCache(),
    };
}

/** What the engine needs in the environment to run this program with the project's home and plugins. */
export async function engineEnvironment(engine: Engine, program: string): Promise<Record<string, string>> {
    const tsconfig = path.join(program, "tsconfig.pulumi.json");
    const bin = path.join(repository, "node_modules/.bin");
    return {
        PATH: [bin, path.dirname(engine.pulumi), process.env.PATH].join(path.delimiter),
        PULUMI_HOME: engine.home,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        // The plugins are already in the home. Without these the CLI would ask the network about them in every run.
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
        // A variable, because the language host built from Go modules doesn't get `runtime.options`.
        ...((await exists(tsconfig)) && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
        SPARKPOST_TRACKING_STAND_INS: standInPrograms,
    };
}

/** Drops every `PULUMI_*` setting of the user's own: login, passphrase, stack, experiments. */
function withoutUserPulumi(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("PULUMI_")));
}

function collect(child: ChildProcess, onLine: RunOptions["onLine"]): Promise<Result> {
    const result: Result = { code: -1, stdout: "", stderr: "", output: "" };
    const closed = new Promise<Result>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => resolve({ ...result, code: code ?? -1 }));
    });
    for (const name of ["stdout", "stderr"] as const) {
        const stream = child[name];
        if (!stream) {
            continue;
        }
        stream.setEncoding("utf8");
        stream.on("data", (text: string) => {
            result[name] += text;
            result.output += text;
        });
        if (onLine) {
            createInterface({ input: stream }).on("line", onLine);
        }
    }
    return closed;
}

/** The files of a folder, by their path in it. */
async function filesOf(folder: string): Promise<Record<string, Buffer>> {
    const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    const read = files.map(async (file) => [path.relative(folder, file), await fs.readFile(file)] as const);
    return Object.fromEntries(await Promise.all(read));
}

async function writeFiles(folder: string, files: Record<string, Buffer>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
        await fs.mkdir(path.dirname(path.join(folder, name)), { recursive: true });
        await fs.writeFile(path.join(folder, name), text);
    }
}

function withoutUndefined(env: Record<string, string | undefined>): Record<string, string> {
    return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

async function exists(file: string): Promise<boolean> {
    return fs.access(file).then(
        () => true,
        () => false,
    );
}
