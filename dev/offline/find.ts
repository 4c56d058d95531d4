// Looks for a Pulumi CLI on PATH that can be used as it is.
import fs from "node:fs";
import path from "node:path";
import { run } from "./run.ts";
import { isUsable } from "./versions.ts";

const LANGUAGE_HOST = "pulumi-language-nodejs";

export interface FoundCli {
    /** The `pulumi` program. */
    pulumi: string;
    version: string;
}

/**
 * The first `pulumi` on PATH that is new enough for the SDK `wanted`, and whose Node.js language host is beside it or on PATH. The
 * npm wrapper of the same name doesn't count: it would download the program.
 */
export async function findOnPath(wanted: string, env: NodeJS.ProcessEnv): Promise<FoundCli | undefined> {
    const folders = (env.PATH ?? "").split(path.delimiter).filter(Boolean);
    for (const pulumi of candidates("pulumi", folders)) {
        const version = await versionOf(pulumi, env);
        const beside = path.dirname(fs.realpathSync(pulumi));
        const hasHost = candidates(LANGUAGE_HOST, [beside, ...folders]).length > 0;
        if (version && isUsable(version, wanted) && hasHost) {
            return { pulumi, version };
        }
    }
    return undefined;
}

/** The executable files called `name` in `folders`, without those that belong to an npm package. */
export function candidates(name: string, folders: string[]): string[] {
    return folders
        .map((folder) => path.join(folder, name))
        .filter((file) => isExecutable(file) && !fs.realpathSync(file).split(path.sep).includes("node_modules"));
}

/** The version a `pulumi` program reports (`3.259.0`), or `undefined` when it doesn't run. */
export async function versionOf(pulumi: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
    const result = await run(pulumi, ["version"], { env, timeout: 15_000 });
    return result.code === 0 ? /^v?(\d+\.\d+\.\d+\S*)$/m.exec(result.output)?.[1] : undefined;
}

export function isExecutable(file: string): boolean {
    try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
    } catch {
        return false;
    }
}
