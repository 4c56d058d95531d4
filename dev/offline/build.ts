// Builds the Pulumi CLI from published Go modules, for machines that can't download a release.
import fs from "node:fs/promises";
import path from "node:path";
import { candidates } from "./find.ts";
import { repository } from "./home.ts";
import { type Log, run, tail, withSignOfLife } from "./run.ts";

/** The last version of the Go SDK whose module contains the Node.js language host. It runs programs of today's SDK. */
const LANGUAGE_HOST_VERSION = "v3.68.0";
const SDK = "github.com/pulumi/pulumi/sdk/v3";
const PKG = "github.com/pulumi/pulumi/pkg/v3";

/** How long one `go build` may take, in ms: minutes on a small machine, plus the download of its modules. */
const BUILD_TIMEOUT = 45 * 60_000;

/**
 * Puts `pulumi`, `pulumi-language-nodejs` and `pulumi-resource-pulumi-nodejs` into the folder `bin`.
 * Returns why it couldn't, or `undefined` when all three are there.
 */
export async function buildFromModules(version: string, bin: string, scratch: string, log: Log) {
    if (candidates("go", (process.env.PATH ?? "").split(path.delimiter)).length === 0) {
        return "Go isn't installed (https://go.dev/dl/), so the CLI can't be built from its published Go modules";
    }
    log(`Building the Pulumi engine ${version} from Go modules: about 3–6 minutes on 2 cores, once per machine.`);
    // Each program gets a module: `go install pkg@version` refuses modules with replace directives, and the two programs need
    // different versions of one module.
    const builds = [
        { program: "pulumi", main: `${PKG}/cmd/pulumi`, requires: [`${PKG} v${version}`, `${SDK} v${version}`] },
        {
            program: "pulumi-language-nodejs",
            main: `${SDK}/nodejs/cmd/pulumi-language-nodejs`,
            requires: [`${SDK} ${LANGUAGE_HOST_VERSION}`],
        },
    ];
    for (const { program, main, requires } of builds) {
        const module = path.join(scratch, program);
        await fs.mkdir(module, { recursive: true });
        const lines = requires.map((requirement) => `\t${requirement}\n`).join("");
        await fs.writeFile(path.join(module, "go.mod"), `module ${program}\n\ngo 1.24\n\nrequire (\n${lines})\n`);
        const args = ["build", "-mod=mod", "-buildvcs=false", "-trimpath", "-ldflags", linkerFlags(version)];
        const building = run("go", [...args, "-o", path.join(bin, program), main], {
            cwd: module,
            env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
            timeout: BUILD_TIMEOUT,
        });
        const result = await withSignOfLife(log, `building ${program}`, building);
        if (result.code !== 0) {
            return `"go build" of ${program} failed:\n${tail(result.output)}`;
        }
    }
    await installDynamicProviderHost(bin);
    return undefined;
}

/** The CLI needs its version for its checks of plugins and SDK. */
function linkerFlags(version: string) {
    return `-s -w -X ${SDK}/go/common/version.Version=v${version}`;
}

/** The host of dynamic providers is a script in the npm package `@pulumi/pulumi`. */
async function installDynamicProviderHost(bin: string) {
    const name = "pulumi-resource-pulumi-nodejs";
    await fs.copyFile(path.join(repository, "node_modules/@pulumi/pulumi", name), path.join(bin, name));
    await fs.chmod(path.join(bin, name), 0o755);
}
