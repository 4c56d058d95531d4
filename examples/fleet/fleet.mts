// A stack for each brand in brands.json, several at a time, and one report of them all:
//   node fleet.mts preview
//   node fleet.mts up
//   node fleet.mts up --resume    only what up.json doesn't have as done: it failed, or Ctrl-C came before it
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { automation } from "@pulumi/pulumi";
import brands from "./brands.json" with { type: "json" };

const AT_A_TIME = 4;

const operation = process.argv[2] === "up" ? "up" : "preview";
const reportFile = `${operation}.json`;
const resumes = process.argv.includes("--resume") && existsSync(reportFile);
const report: Record<string, string> = resumes ? JSON.parse(readFileSync(reportFile, "utf8")) : {};
const notDone = () => Object.keys(brands).filter((brand) => report[brand] !== "done");

const waiting = notDone();
// Pulumi ends the updates that run. No more of them begin.
process.on("SIGINT", () => waiting.splice(0));
const workspace = await automation.LocalWorkspace.create({
    workDir: import.meta.dirname,
    // `tsc` checks the program's types once. Pulumi would check them for each stack.
    envVars: { PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
});
await Promise.all(Array.from({ length: AT_A_TIME }, runWaiting));
console.log(`Not done: ${notDone().join(", ") || "none"}. The report is in ${reportFile}.`);
process.exitCode = notDone().length > 0 ? 1 : 0;

async function runWaiting(): Promise<void> {
    for (let brand = waiting.shift(); brand !== undefined; brand = waiting.shift()) {
        report[brand] = await run(brand);
        console.log(`${brand}: ${report[brand]}`);
        writeFileSync(reportFile, JSON.stringify(report, undefined, 2));
        // Ctrl-C ends Pulumi as well. Its end may be heard of before Ctrl-C itself is.
        await setImmediate();
    }
}

/** `done`, or why not. */
async function run(brand: string): Promise<string> {
    const errors: string[] = [];
    const onEvent = ({ diagnosticEvent }: automation.EngineEvent) => {
        if (diagnosticEvent?.severity === "error") {
            errors.push(diagnosticEvent.message.trim());
        }
    };
    try {
        const stack = await automation.Stack.createOrSelect(brand, workspace);
        await stack[operation]({ onEvent, color: "never" });
        return "done";
    } catch (error) {
        return errors.join("\n") || String(error);
    }
}
