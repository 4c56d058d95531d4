// Lets only one process at a time make the engine or install plugins, because several clones may share a home.
import { type LockOptions, lock } from "proper-lockfile";
import type { Log } from "./run.ts";

/** How long the lock of a killed process counts, in milliseconds. */
const options: LockOptions = { realpath: false, stale: 20_000 };

/** Runs `work` once no other process holds `<file>.lock`, however long that takes. */
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
