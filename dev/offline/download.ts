// Downloads the official CLI with the official wrapper, the npm package `pulumi`.
import fs from "node:fs/promises";
import path from "node:path";
import { repository } from "./home.ts";
import { type Log, run, tail, withSignOfLife } from "./run.ts";

/** Where the wrapper gets its install script. If that can't be reached, the rest can't either. */
const DOWNLOADS = "https://get.pulumi.com/install.sh";

/** Whether Pulumi's downloads can be reached. Takes 8 s at most, also without a network. */
export async function canDownload(): Promise<boolean> {
    try {
        return (await fetch(DOWNLOADS, { method: "HEAD", signal: AbortSignal.timeout(8_000) })).ok;
    } catch {
        return false;
    }
}

/**
 * Downloads CLI `version` with its language hosts into the folder `bin`.
 * Returns why it couldn't, or `undefined` when it is there.
 */
export async function downloadOfficial(version: string, bin: string, scratch: string, log: Log) {
    if (!(await canDownload())) {
        return "Pulumi's download site (get.pulumi.com) can't be reached";
    }
    log(`Downloading the Pulumi CLI ${version}: about a minute, once per machine.`);
    const wrapper = path.join(repository, "node_modules/pulumi/run.js");
    const downloading = run(process.execPath, [wrapper, "version"], {
        env: { ...process.env, PULUMI_HOME: scratch, PULUMI_VERSION: version, PULUMI_SKIP_UPDATE_CHECK: "true" },
        timeout: 10 * 60_000,
    });
    const result = await withSignOfLife(log, "downloading", downloading);
    if (result.code !== 0) {
        return `the download failed:\n${tail(result.output)}`;
    }
    await fs.rm(bin, { recursive: true, force: true });
    await fs.rename(path.join(scratch, "versions", version, "bin"), bin);
    return undefined;
}
