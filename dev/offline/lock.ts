// One process at a time makes the engine or puts plugins into a home that several clones may share.
import { type LockOptions, lock } from "proper-lockfile";
import type { Log } from "./run.ts";

/** A process that was killed leaves its lock behind, which counts for that many milliseconds. */
const options: LockOptions = { realpath: false, stale: 20_000 };

/** Runs `work` while no other process holds `<file>.lock`, waiting for it as long as need be. */
export async function withLock<T>(file: string, work: () => Promise<T>, what: string, log: Log): Promise<T> {
    const release = await lock(file, options).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ELOCKED") {
            throw error;
        }
        log(`Another process is preparing ${what}; waiting for it.`);
        return lock(file, { ...options, retries: { forever: true, factor: 1, minTimeout: 200 } });
    });
    try {
        return await work();
    } finally {
        await release();
    }
}
