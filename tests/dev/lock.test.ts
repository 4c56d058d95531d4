import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { withLock } from "../../dev/offline/lock.ts";
import { temporaryFolder } from "./machine.ts";

test("the lock lets one in at a time, tells who waits for what, and is free again after work that failed", async () => {
    const folder = await temporaryFolder();
    const order: string[] = [];
    const [entered, waits] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const locked = <T>(work: () => Promise<T>) =>
        withLock(path.join(folder, "engine"), work, "the engine", (line) => {
            order.push(line);
            waits.resolve();
        });
    await expect(locked(() => Promise.reject(new Error("no luck")))).rejects.toThrow("no luck");
    const first = locked(async () => {
        entered.resolve();
        await waits.promise;
        order.push("first");
    });
    await entered.promise;
    const second = locked(async () => order.push("second"));
    await Promise.all([first, second]);
    expect(order).toEqual(["Another process is preparing the engine; waiting for it.", "first", "second"]);
    expect(await readdir(folder)).toEqual([]);
});
