// A CLI that is killed in mid verification: nothing goes on without it, and the documented commands mend the state.
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { TestStack } from "../support/stack.ts";

const hostname = "track.example.com";

describe.runIf(process.platform === "linux")("a CLI that is killed in mid verification", () => {
    it("leaves no process of ours behind, and two commands and an up mend the state", async () => {
        await using stack = await TestStack.start({
            sandbox: { faults: { verifyNever: true } },
            domains: [{ hostname, protect: false, verification: { deadline: 600 } }],
        });
        await killInMidVerification(stack);

        stack.sandbox.faults.verifyNever = false;
        await mend(stack);
        await stack.up();
        expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
        await stack.unchanged("--refresh");
    });

    it("of a domain in use leads back to http, verified, when SparkPost goes on saying no", async () => {
        const domain = { hostname, adopt: true, protect: false };
        await using stack = await TestStack.start({
            sandbox: { faults: { verifyNever: true } },
            domains: [{ ...domain, verification: { deadline: 600 } }],
        });
        stack.sandbox.sparkpost.us.seed({ domain: hostname, secure: false, verified: true });
        await killInMidVerification(stack);
        expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: false });

        await mend(stack);
        await stack.declare({ ...domain, verification: { deadline: 1 } });
        // No as often as it is asked over https, and then as it really is.
        Object.assign(stack.sandbox.faults, { verifyNever: false, verifyNo: 2 });
        expect(await stack.failingUp()).toContain(`${hostname} is as it was before (http, verified).`);
        expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: true });
        await stack.up();
        expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
    });
});

/** Kills the CLI once SparkPost has said no, and waits until nothing of ours is left of it. */
async function killInMidVerification({ sandbox, workspace }: TestStack): Promise<void> {
    const up = workspace.spawn(["up", "--yes", "--skip-preview"]);
    await sandbox.waitFor(({ kind }) => kind === "not-verified", 60_000);
    up.kill("SIGKILL");
    await up.result;
    // Pulumi's own language host looks for its CLI every few minutes only; all that is ours ends at once.
    const ours = async () => (await processesOf(workspace.dir)).filter(({ line }) => !line.includes(languageHost));
    await expect.poll(ours, { timeout: 20_000 }).toEqual([]);
    for (const { pid } of await processesOf(workspace.dir)) {
        process.kill(pid);
    }
}

/** The two documented commands. */
async function mend(stack: TestStack): Promise<void> {
    await stack.run("cancel --yes", 0);
    await stack.run("refresh --yes --clear-pending-creates", 0);
}

const languageHost = "pulumi-language-nodejs";

/** The processes whose environment names this folder; all that a CLI of this stack has started inherit it. */
async function processesOf(dir: string): Promise<{ pid: number; line: string }[]> {
    const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry) && entry !== `${process.pid}`);
    const found = pids.map(async (pid) => {
        const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
        return environment.includes(`PULUMI_BACKEND_URL=file://${dir}`)
            ? [{ pid: Number(pid), line: await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "") }]
            : [];
    });
    return (await Promise.all(found)).flat();
}
