// The folder for what is made once per machine. It is outside the work tree, so a second clone finds it. It is also apart from
// the user's own Pulumi home, login and stacks.
import os from "node:os";
import path from "node:path";

/** The project's folder: `$SPARKPOST_TRACKING_HOME`, else `pulumi-sparkpost-tracking` in the user's cache folder. */
export function projectHome(env: NodeJS.ProcessEnv = process.env): string {
    if (env.SPARKPOST_TRACKING_HOME) {
        return path.resolve(env.SPARKPOST_TRACKING_HOME);
    }
    return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "pulumi-sparkpost-tracking");
}

/** `PULUMI_HOME` for every Pulumi process that this project starts. */
export function pulumiHome(env: NodeJS.ProcessEnv = process.env): string {
    return path.join(projectHome(env), "pulumi");
}

/** Where Node.js keeps what it has compiled (`NODE_COMPILE_CACHE`): a process then starts with a third less CPU. */
export function compileCache(): string {
    return path.join(projectHome(), "compile-cache");
}

/** The root of this checkout. */
export const repository = path.resolve(import.meta.dirname, "../..");
