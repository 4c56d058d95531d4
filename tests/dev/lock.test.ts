import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { withLock } from "../../dev/offline/lock.ts";
import { temporaryFolder } from "./machine.ts";

test("the lock lets one in at a time, tells those that wait for what, and is free again after work that failed", async () => {
    const folder = await temporaryFolder();
    const said: string[] = [];
    let inside = 0;
    let most = 0;
    const work = async () => {
        most = Math.max(most, ++inside);
        await readdir(folder);
        inside -= 1;
    };
    const locked = <T>(job: () => Promise<T>) =>
        withLock(path.join(folder, "engine"), job, "the engine", (line) => said.push(line));
    await expect(locked(() => Promise.reject(new Error("no luck")))).rejects.toThrow("no luck");
    await Promise.all([1, 2, 3].map(() => locked(work)));
    expect(most).toBe(1);
    expect(said).toHaveLength(2);
    expect(await readdir(folder)).toEqual([]);
});
