// Finds a Pulumi engine, or downloads or builds one. So a fresh machine needs nothing installed, online or not.
import fs from "node:fs/promises";
import path from "node:path";
import { buildFromModules } from "./build.ts";
import { downloadOfficial } from "./download.ts";
import { findOnPath, isExecutable, versionOf } from "./find.ts";
import { pulumiHome } from "./home.ts";
import { withLock } from "./lock.ts";
import { ensurePlugins } from "./plugins.ts";
import type { Log } from "./run.ts";
import { installedVersion } from "./versions.ts";

export interface Engine {
    /** The `pulumi` program. */
    pulumi: string;
    version: string;
    /** `PULUMI_HOME` for every process of it: the project's, never the user's own. */
    home: string;
    /** Where it came from: PATH, or the project's home, to which it was downloaded or built there (now or earlier). */
    origin: "path" | "downloaded" | "built";
    /** The provider plugins that are this repository's stand-ins, because the official ones can't be downloaded here. */
    standIns: string[];
}

const INSTALL_LINK = "https://www.pulumi.com/docs/install/";
const PROGRAMS = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/**
 * The engine with its provider plugins: from PATH, else from the project's home, else downloaded, else built from Go modules.
 * Prints to `log` only if something takes long. If nothing works, the error says what was tried.
 */
export async function ensureEngine(log: Log): Promise<Engine> {
    const home = pulumiHome();
    await fs.mkdir(home, { recursive: true });
    const wanted = installedVersion("pulumi");
    const found = (await findOnPath(wanted, cliEnvironment(home))) ?? (await ensureInHome(home, wanted, log));
    const engine: Omit<Engine, "standIns"> = { origin: "path", ...found, home };
    return { ...engine, standIns: await ensurePlugins(engine, cliEnvironment(home), log) };
}

/** The environment in which the CLI is asked for its version or told to fetch a plugin. */
function cliEnvironment(home: string): NodeJS.ProcessEnv {
    return { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
}

type InHome = Pick<Engine, "pulumi" | "version" | "origin">;

/**
 * The engine in `$PULUMI_HOME/versions/<version>`, where the npm wrapper looks too. It is made in another folder, which is renamed
 * at the end, so a half-made one never counts.
 */
async function ensureInHome(home: string, version: string, log: Log): Promise<InHome> {
    const versions = path.join(home, "versions");
    const there = await inHome(versions, version);
    if (there) {
        return there;
    }
    await fs.mkdir(versions, { recursive: true });
    return withLock(
        path.join(home, "engine"),
        async () => (await inHome(versions, version)) ?? (await make(home, version, log)),
        "the Pulumi engine",
        log,
    );
}

async function make(home: string, version: string, log: Log): Promise<InHome> {
    const versions = path.join(home, "versions");
    const scratch = path.join(home, "engine.scratch");
    const tried: string[] = [];
    for (const [origin, fetchInto] of [
        ["downloaded", downloadOfficial] as const,
        ["built", buildFromModules] as const,
    ]) {
        await fs.rm(scratch, { recursive: true, force: true });
        const whole = path.join(scratch, "whole");
        await fs.mkdir(path.join(whole, "bin"), { recursive: true });
        const problem = await fetchInto(version, path.join(whole, "bin"), scratch, log);
        if (problem) {
            tried.push(problem);
            continue;
        }
        await fs.writeFile(path.join(whole, "origin"), `${origin}\n`);
        await fs.rm(path.join(versions, version), { recursive: true, force: true });
        await fs.rename(whole, path.join(versions, version));
        await fs.rm(scratch, { recursive: true, force: true });
        const made = await inHome(versions, version);
        if (made) {
            log(`The Pulumi engine ${version} is ready.`);
            return made;
        }
        tried.push(`the CLI that was ${origin} doesn't run on this machine`);
    }
    await fs.rm(scratch, { recursive: true, force: true });
    throw new Error(
        `No Pulumi CLI ${version} or newer (of the same major version) was found on PATH, and none could be made:\n` +
            `${tried.map((problem) => `  - ${problem}\n`).join("")}Install it (${INSTALL_LINK}) and run this again.`,
    );
}

/** The engine in the home, if it is whole and runs. */
async function inHome(versions: string, version: string): Promise<InHome | undefined> {
    const bin = path.join(versions, version, "bin");
    if (!PROGRAMS.every((program) => isExecutable(path.join(bin, program)))) {
        return undefined;
    }
    const pulumi = path.join(bin, "pulumi");
    const reported = await versionOf(pulumi, cliEnvironment(path.dirname(versions)));
    if (!reported) {
        return undefined;
    }
    const origin = await fs.readFile(path.join(versions, version, "origin"), "utf8").catch(() => "downloaded");
    return { pulumi, version: reported, origin: origin.trim() === "built" ? "built" : "downloaded" };
}
