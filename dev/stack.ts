// `npm run preview`, `npm run deploy` and `npm run drift`: the commands that a CI system runs for one stack. The first argument
// is the stack's name; without it, PULUMI_STACK is. A stack that is only selected isn't taken, because nothing is asked before
// an update. All other arguments go to Pulumi. `drift --issue` also keeps a GitHub issue.
import { type ChildProcess, spawn } from "node:child_process";
import { type Drift, keepIssue } from "./driftIssue.ts";

const COMMANDS: Record<string, (stack: string, flags: string[]) => Promise<number>> = {
    preview: (stack, flags) => shown("pulumi", ["preview", ...common(stack), "--diff", ...flags]),
    deploy: async (stack, flags) =>
        (await shown("pulumi", ["up", ...common(stack), "--yes", ...flags])) ||
        (await shown("pulumi-sparkpost-tracking", ["doctor", "--from-stack"])),
    drift: findDrift,
};

const [command = "", ...args] = process.argv.slice(2);
if (args[0] !== undefined && !args[0].startsWith("-")) {
    process.env.PULUMI_STACK = args.shift();
}
const stack = process.env.PULUMI_STACK;
if (stack) {
    process.exitCode = (await COMMANDS[command]?.(stack, args)) ?? 2;
} else {
    console.error(`Which stack? Name it first: npm run ${command} prod. Or set PULUMI_STACK.`);
    process.exitCode = 2;
}

/** Ends with Pulumi's exit code: 0 without drift, 7 with drift, another one after a failure. */
async function findDrift(stack: string, flags: string[]): Promise<number> {
    const preview = ["preview", ...common(stack), "--refresh", "--diff", "--expect-no-changes", "--color", "never"];
    const child = spawn("pulumi", [...preview, ...flags.filter((flag) => flag !== "--issue")], {
        stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        process.stdout.write(text);
    });
    const drift: Drift = { stack, code: await ended(child), output };
    if (flags.includes("--issue")) {
        await keepIssue(drift);
    }
    return drift.code;
}

/** By its flag, Pulumi names a stack that doesn't exist. By PULUMI_STACK alone it says that none is selected. */
function common(stack: string): string[] {
    return ["--stack", stack, "--non-interactive"];
}

function shown(program: string, args: string[]): Promise<number> {
    return ended(spawn(program, args, { stdio: "inherit" }));
}

function ended(child: ChildProcess): Promise<number> {
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => resolve(code ?? 1));
    });
}
