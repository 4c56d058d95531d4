// Installs the provider plugins: the official ones if they can be downloaded, else this repository's stand-ins.
import fs from "node:fs/promises";
import path from "node:path";
import { canDownload } from "./download.ts";
import { repository } from "./home.ts";
import { withLock } from "./lock.ts";
import { type Log, run, withSignOfLife } from "./run.ts";
import { installedVersion } from "./versions.ts";

/** The folder of the stand-ins' programs; a plugin script gets it as `SPARKPOST_TRACKING_STAND_INS`. */
export const standInPrograms = path.join(repository, "dev/offline/standins");

/** The plugins of the stack. Each has the version of its npm package. */
export const PLUGINS = ["cloudflare", "command", "fastly"] as const;

/** How long to wait before a failed download of plugins is tried again, in ms. */
const DAY = 24 * 60 * 60_000;
const MARK = "# A stand-in, not the official plugin.";

/** Installs the plugins that are missing. Returns the names of those that are stand-ins. */
export async function ensurePlugins(
    engine: { pulumi: string; home: string },
    env: NodeJS.ProcessEnv,
    log: Log,
): Promise<string[]> {
    const standIns: string[] = [];
    for (const name of PLUGINS) {
        const version = installedVersion(`@pulumi/${name}`);
        const file = path.join(engine.home, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
        if ((await kindOf(file)) !== "official") {
            const place = async () => {
                if ((await kindOf(file)) === "official") {
                    return;
                }
                if (!(await install(engine, name, version, env, log))) {
                    await putStandIn(file, name);
                }
            };
            await withLock(path.join(engine.home, "plugins"), place, "Pulumi's plugins", log);
        }
        if ((await kindOf(file)) === "stand-in") {
            standIns.push(name);
        }
    }
    return standIns;
}

/** What is installed of a plugin. An unfinished download has no executable file, and doesn't count. */
export async function kindOf(file: string): Promise<"official" | "stand-in" | "nothing"> {
    let handle: fs.FileHandle | undefined;
    try {
        await fs.access(file, fs.constants.X_OK);
        handle = await fs.open(file);
        const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(256) });
        return buffer.toString("utf8", 0, bytesRead).includes(MARK) ? "stand-in" : "official";
    } catch {
        return "nothing";
    } finally {
        await handle?.close();
    }
}

/** Downloads the official plugin, unless that failed less than a day ago on this machine. */
async function install(
    engine: { pulumi: string; home: string },
    name: string,
    version: string,
    env: NodeJS.ProcessEnv,
    log: Log,
): Promise<boolean> {
    const marker = path.join(engine.home, "no-plugin-downloads");
    const failedAt = (await fs.stat(marker).catch(() => undefined))?.mtimeMs ?? 0;
    if (Date.now() - failedAt < DAY) {
        return false;
    }
    if (await canDownload()) {
        log(`Downloading the ${name} plugin ${version} for Pulumi: seconds, once per machine.`);
        const args = ["plugin", "install", "resource", name, version, "--reinstall"];
        const installing = run(engine.pulumi, args, { env, timeout: 5 * 60_000 });
        if ((await withSignOfLife(log, "downloading", installing)).code === 0) {
            return true;
        }
    }
    await fs.writeFile(marker, "Plugin downloads failed at the time of this file; delete it to try again at once.\n");
    log("The official provider plugins can't be downloaded here; stand-ins of this repository take their place.");
    return false;
}

/** Writes a script that runs the stand-in of the clone that starts Pulumi. So clones can share one home. */
async function putStandIn(file: string, name: string): Promise<void> {
    const script = `#!/bin/sh
${MARK} It runs dev/offline/standins/${name}.ts of the checkout that started Pulumi.
if [ -z "$SPARKPOST_TRACKING_STAND_INS" ]; then
    echo "This Pulumi home holds a stand-in of the ${name} plugin, for this project's own tests and demo only." >&2
    exit 1
fi
# The official plugins are compiled; so is this one, after its first run.
export NODE_COMPILE_CACHE="$(dirname "$0")/compiled"
exec "$SPARKPOST_TRACKING_STAND_INS/../../../node_modules/.bin/node" "$SPARKPOST_TRACKING_STAND_INS/${name}.ts" "$@"
`;
    if ((await fs.readFile(file, "utf8").catch(() => "")) === script) {
        return;
    }
    await fs.mkdir(path.dirname(file), { recursive: true });
    const scratch = `${file}.${process.pid}`;
    await fs.writeFile(scratch, script, { mode: 0o755 });
    await fs.rename(scratch, file);
}
