// Packages that must be installed beside a program. One that is missing is refused when the program declares what needs it:
// an update would fail halfway.
import { createRequire } from "node:module";
import path from "node:path";
import { isProgram } from "../process/ending";
import { oncePerProgram } from "./program";
import { UserError } from "./userError";

const OWN_PACKAGE = "pulumi-sparkpost-tracking";

/**
 * Throws where the program's folder can't load this package. The engine loads SparkPost's resources, the probe and the wait
 * for a record from there, by the package's name: no path of one machine is in the state. A program that gets this package
 * through another one, in a pnpm workspace for example, imports it well and can't load it from its own folder.
 */
export function checkOwnPackage(argv: readonly string[] = process.argv, folder = process.cwd()): void {
    // In a process of the user's own (tests, Automation API) the folder says nothing about the program's.
    if (!isProgram(argv)) {
        return;
    }
    oncePerProgram(`package in ${folder}`, () => {
        if (!isInstalled(OWN_PACKAGE, folder)) {
            throw new UserError(
                `The folder of this program can't load the package ${OWN_PACKAGE}. An update loads it from there.\n` +
                    `Add ${OWN_PACKAGE} to this program's dependencies, in the version that your other package uses.`,
                "not-installed",
            );
        }
    });
}

/** Throws where the package is missing that a stack without Fastly leaves out. */
export function checkFastlyPackage(folder = __dirname): void {
    if (!isInstalled("@pulumi/fastly", folder)) {
        throw new UserError(
            "The package @pulumi/fastly isn't installed. A host behind Fastly needs it.\n" +
                "Add it to this program's dependencies: npm install @pulumi/fastly",
            "not-installed",
        );
    }
}

function isInstalled(name: string, folder: string): boolean {
    try {
        createRequire(path.join(folder, "program.js")).resolve(`${name}/package.json`);
        return true;
    } catch {
        return false;
    }
}
