// A lock between processes: a folder that only one of them can make. Plain JavaScript without dependencies, because
// the bootstrap needs it before anything is installed.
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** How often an owner shows that it is alive, in ms. */
const HEARTBEAT = 5_000;
/** How long an owner may be silent before the lock counts as left behind, in ms. */
const SILENCE = 60_000;
/** How often a waiting process looks again, in ms. */
const POLL = 100;

/**
 * Runs `work` while no other process holds the same lock, waiting for it as long as need be. A lock whose owner died
 * is taken over.
 *
 * @template T
 * @param {string} folder the lock: a path whose parent exists
 * @param {() => Promise<T>} work what must not run twice at the same time
 * @param {(owner: number | undefined) => void} [onWait] called once when another process holds the lock, with its id
 * @returns {Promise<T>} what `work` returns
 */
export async function withLock(folder, work, onWait) {
    let waiting = false;
    while (!(await acquire(folder))) {
        if (await takeOver(folder)) {
            continue;
        }
        if (!waiting) {
            onWait?.((await readOwner(folder))?.pid);
        }
        waiting = true;
        await delay(POLL);
    }
    const heartbeat = setInterval(() => {
        const now = new Date();
        fs.utimes(folder, now, now).catch(() => undefined);
    }, HEARTBEAT);
    try {
        return await work();
    } finally {
        clearInterval(heartbeat);
        await fs.rm(folder, { recursive: true, force: true });
    }
}

/** @param {string} folder */
async function acquire(folder) {
    try {
        await fs.mkdir(folder);
    } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") {
            return false;
        }
        throw error;
    }
    await fs.writeFile(path.join(folder, "owner.json"), JSON.stringify({ pid: process.pid, host: os.hostname() }));
    return true;
}

/**
 * Removes a lock that was left behind. The removal itself has a guard: without it, of two processes that both judge
 * the old lock, the slower one would remove the new lock of the quicker one.
 *
 * @param {string} folder
 */
async function takeOver(folder) {
    if (!(await isLeftBehind(folder))) {
        return false;
    }
    const guard = `${folder}.removing`;
    try {
        await fs.mkdir(guard);
    } catch {
        if ((await age(guard)) > SILENCE) {
            await fs.rm(guard, { recursive: true, force: true });
        }
        return false;
    }
    try {
        if (!(await isLeftBehind(folder))) {
            return false;
        }
        await fs.rm(folder, { recursive: true, force: true });
        return true;
    } finally {
        await fs.rm(guard, { recursive: true, force: true });
    }
}

/** @param {string} folder */
async function isLeftBehind(folder) {
    const owner = await readOwner(folder);
    if (owner && owner.host === os.hostname() && !isAlive(owner.pid)) {
        return true;
    }
    return (await age(folder)) > SILENCE;
}

/**
 * @param {string} folder
 * @returns {Promise<{ pid: number, host: string } | undefined>}
 */
async function readOwner(folder) {
    try {
        return JSON.parse(await fs.readFile(path.join(folder, "owner.json"), "utf8"));
    } catch {
        return undefined; // made a moment ago and not signed yet, or removed a moment ago
    }
}

/** @param {number} pid */
function isAlive(pid) {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
    }
}

/** @param {string} folder */
async function age(folder) {
    try {
        return Date.now() - (await fs.stat(folder)).mtimeMs;
    } catch {
        return 0;
    }
}
