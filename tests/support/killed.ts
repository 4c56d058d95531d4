// A CLI that is killed while it works, and the documented commands that mend the state after it. Linux only.
import { readdir, readFile } from "node:fs/promises";
import { expect } from "vitest";
import type { TimelineEvent } from "../../dev/sandbox/index.ts";
import type { TestStack } from "./stack.ts";

/** Kills the CLI once SparkPost has said no. */
export async function killInMidVerification(stack: TestStack): Promise<void> {
    await killUp(stack, ({ kind }) => kind === "not-verified");
}

/**
 * Ends the CLI of an `up` once this has happened, or such a line was printed, and waits until nothing of ours is left of
 * it. Gives what it printed. `meanwhile` is done before the end, and is given the process of the CLI.
 */
export async function killUp(
    { sandbox, workspace }: TestStack,
    moment: ((event: TimelineEvent) => boolean) | RegExp,
    signal: "SIGKILL" | "SIGINT" = "SIGKILL",
    meanwhile?: (pid: number) => Promise<void>,
): Promise<string> {
    let printed = "";
    const onLine = (line: string) => {
        printed += `${line}\n`;
    };
    const up = workspace.spawn(["up", "--yes", "--skip-preview"], { onLine });
    if (moment instanceof RegExp) {
        await expect.poll(() => printed, { timeout: 120_000 }).toMatch(moment);
    } else {
        await sandbox.waitFor(moment, 120_000);
    }
    await meanwhile?.(up.pid);
    up.kill(signal);
    const { output } = await up.result;
    // Pulumi's own language host looks for its CLI every few minutes only, and the vendors' plugins end when they like; all
    // that is ours ends at once, the stand-ins for plugins too.
    const ours = async () => (await processesOf(workspace.dir)).filter(({ line }) => !theirs.test(line));
    await expect.poll(ours, { timeout: 20_000 }).toEqual([]);
    for (const { pid } of await processesOf(workspace.dir)) {
        process.kill(pid);
    }
    return output;
}

/** The two documented commands. */
export async function mend(stack: TestStack): Promise<void> {
    await stack.run("cancel --yes", 0);
    await stack.run("refresh --yes --clear-pending-creates", 0);
}

const theirs = /pulumi-language-nodejs|pulumi-resource-(cloudflare|command|fastly)/;

/** The processes whose environment names this folder; all that a CLI of this stack has started inherit it. */
async function processesOf(dir: string): Promise<{ pid: number; line: string }[]> {
    const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry) && entry !== `${process.pid}`);
    const found = pids.map(async (pid) => {
        const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
        return environment.includes(`TMPDIR=${dir}\0`)
            ? [{ pid: Number(pid), line: await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "") }]
            : [];
    });
    return (await Promise.all(found)).flat();
}
