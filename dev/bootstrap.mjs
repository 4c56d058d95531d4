// Runs a script of this repository, also on a fresh clone with nothing installed: `node dev/bootstrap.mjs dev/demo.ts`.
// It first installs the dependencies and builds the components, if needed. Then it runs the script on the Node.js that is one of
// the dependencies. Without a script it only installs and builds. Plain JavaScript for Node.js 20 and newer.
import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..");
const modules = path.join(root, "node_modules");
const bin = path.join(modules, ".bin");

const [script, ...args] = process.argv.slice(2);
try {
    await prepare();
    if (script) {
        await run(path.join(bin, "node"), [path.resolve(root, script), ...args]);
    }
} catch (error) {
    console.error(/** @type {Error} */ (error).message);
    process.exitCode = 1;
}

async function prepare() {
    if (await needsInstall()) {
        console.error("Installing the dependencies with npm: about a minute, once per clone.");
        // Only the install script of `node` is needed. The one of @pulumi/command would download the CLI into the user's own
        // Pulumi home.
        await npm(["ci", "--no-fund", "--no-audit", "--loglevel=error", "--ignore-scripts"]);
        await npm(["rebuild", "node", "--loglevel=error", "--ignore-scripts=false"]);
    }
    if (await needsBuild()) {
        console.error("Building the components: about 5 seconds, after every change of theirs.");
        await npm(["run", "--silent", "build"]);
    }
}

/**
 * Whether the installed packages differ from those of the lock file. npm writes down what it has installed. Optional packages may
 * be missing, because they are for other platforms.
 */
async function needsInstall() {
    if (!(await timeOf(path.join(bin, "node")))) {
        return true;
    }
    const [wanted, present] = await Promise.all([
        packages(path.join(root, "package-lock.json")),
        packages(path.join(modules, ".package-lock.json")),
    ]);
    return Object.entries(wanted)
        .filter(([folder, { optional }]) => folder.includes("node_modules/") && !optional)
        .some(([folder, { version }]) => !present[folder] || present[folder].version !== version);
}

/**
 * @param {string} lockFile
 * @returns {Promise<Record<string, { version?: string, optional?: boolean }>>}
 */
async function packages(lockFile) {
    return JSON.parse(await fs.readFile(lockFile, "utf8").catch(() => "{}")).packages ?? {};
}

async function needsBuild() {
    const folder = path.join(root, "components");
    const sources = ["package.json", "tsconfig.json", "src"].map((name) => path.join(folder, name));
    const built = await timeOf(path.join(folder, "dist/index.js"));
    return built === 0 || built < Math.max(...(await Promise.all(sources.map(newest))));
}

/**
 * The time of the newest file or folder in a folder. A removed file changes its folder's time.
 *
 * @param {string} file
 * @returns {Promise<number>}
 */
async function newest(file) {
    const entries = await fs.readdir(file).catch(() => []); // not a folder
    return Math.max(await timeOf(file), ...(await Promise.all(entries.map((name) => newest(path.join(file, name))))));
}

/** @param {string} file */
async function timeOf(file) {
    return (await fs.stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}

/** @param {string[]} args */
async function npm(args) {
    // npm prints to standard error, because standard output belongs to the script.
    const child = spawn("npm", args, { cwd: root, stdio: ["ignore", process.stderr, process.stderr] });
    const code = await ended(child).catch((error) => error.message);
    if (code === 0) {
        return;
    }
    throw new Error(
        `This clone couldn't be prepared: "npm ${args.join(" ")}" ended with ` +
            `${typeof code === "number" ? `exit code ${code}` : code}. What npm said is above. If it speaks of the network, ` +
            "check that the npm registry can be reached (npm ping); if it speaks of the engine, that Node.js is version " +
            `20 or newer (this is ${process.version}); then run the same command again.`,
    );
}

/**
 * Runs the script with this process's input and output. It passes signals on, and takes over the exit code.
 *
 * @param {string} node
 * @param {string[]} args
 */
async function run(node, args) {
    const env = { ...process.env, PATH: [bin, process.env.PATH].filter(Boolean).join(path.delimiter) };
    const child = spawn(node, args, { stdio: "inherit", env });
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
        // A terminal sends Ctrl-C to both. A second one would be an order to hurry.
        process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY) || child.kill(signal));
    }
    process.exitCode = await ended(child);
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<number>} the exit code, as a shell tells it when a signal ended the child
 */
function ended(child) {
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("exit", (code, signal) => resolve(code ?? 128 + (signal ? os.constants.signals[signal] : 0)));
    });
}
