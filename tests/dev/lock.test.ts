import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { withLock } from "../../dev/lock.mjs";
import { temporaryFolder } from "./machine.ts";

/** A promise and the function that resolves it. */
function gate() {
    let resolve = () => {};
    const promise = new Promise<void>((done) => {
        resolve = done;
    });
    return { promise, resolve };
}

describe("the lock", () => {
    test("lets the second wait until the first is done, and tells it who holds it", async () => {
        const lock = path.join(await temporaryFolder(), "lock");
        const [entered, leave, waiting] = [gate(), gate(), gate()];
        const order: string[] = [];
        const first = withLock(lock, async () => {
            entered.resolve();
            await leave.promise;
            order.push("first");
        });
        await entered.promise;
        const onWait = vi.fn(() => waiting.resolve());
        const second = withLock(lock, async () => order.push("second"), onWait);
        await waiting.promise;
        leave.resolve();
        await Promise.all([first, second]);
        expect(order).toEqual(["first", "second"]);
        expect(onWait.mock.calls).toEqual([[process.pid]]);
    });

    test("never lets two in, also when many find a lock left behind", async () => {
        const folder = await temporaryFolder();
        const lock = path.join(folder, "lock");
        await leaveBehind(lock, await endedProcess());
        let inside = 0;
        let most = 0;
        const work = async () => {
            most = Math.max(most, ++inside);
            await readdir(folder);
            inside -= 1;
        };
        await Promise.all(Array.from({ length: 8 }, () => withLock(lock, work)));
        expect(most).toBe(1);
        expect(await readdir(folder)).toEqual([]);
    });

    test("is taken over when its owner died", async () => {
        const lock = path.join(await temporaryFolder(), "lock");
        await leaveBehind(lock, await endedProcess());
        expect(await withLock(lock, async () => "done")).toBe("done");
    });

    test("is taken over when its owner on another machine has been silent for minutes", async () => {
        const lock = path.join(await temporaryFolder(), "lock");
        await leaveBehind(lock, process.pid, "elsewhere");
        const longAgo = new Date(Date.now() - 5 * 60_000);
        await utimes(lock, longAgo, longAgo);
        expect(await withLock(lock, async () => "done")).toBe("done");
    });

    test("is free again after work that failed", async () => {
        const lock = path.join(await temporaryFolder(), "lock");
        await expect(withLock(lock, () => Promise.reject(new Error("no luck")))).rejects.toThrow("no luck");
        await expect(access(lock)).rejects.toThrow();
    });
});

async function leaveBehind(lock: string, pid: number, host = hostname()): Promise<void> {
    await mkdir(lock);
    await writeFile(path.join(lock, "owner.json"), JSON.stringify({ pid, host }));
}

/** The id of a process that has ended. */
async function endedProcess(): Promise<number> {
    const child = spawn("true");
    await once(child, "exit");
    return child.pid as number;
}
