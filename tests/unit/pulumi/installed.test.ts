import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkFastlyPackage, checkOwnPackage } from "../../../components/src/pulumi/installed";
import { UserError } from "../../../components/src/pulumi/userError";

/** The command line of a program that Pulumi's CLI runs. */
const PROGRAM = ["node", "/stack/node_modules/@pulumi/pulumi/cmd/run"];
let folder: string;

beforeEach(() => {
    folder = mkdtempSync(path.join(realpathSync(tmpdir()), "installed-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function install(name: string): void {
    const at = path.join(folder, "node_modules", name);
    mkdirSync(at, { recursive: true });
    writeFileSync(path.join(at, "package.json"), JSON.stringify({ name, version: "1.0.0" }));
}

it("refuses a program whose folder can't load this package, and names the remedy without a path", () => {
    expect(() => checkOwnPackage(PROGRAM, folder)).toThrow(UserError);
    expect(() => checkOwnPackage(PROGRAM, folder)).toThrowErrorMatchingSnapshot("own package");
    install("pulumi-sparkpost-tracking");
    expect(() => checkOwnPackage(PROGRAM, folder)).not.toThrow();
});

it("says nothing of a folder that may not be the program's: tests and the Automation API", () => {
    expect(() => checkOwnPackage(["node", "/app/deploy.js"], folder)).not.toThrow();
});

it("refuses a host behind Fastly where the package of Fastly isn't installed", () => {
    expect(() => checkFastlyPackage(folder)).toThrowErrorMatchingSnapshot("@pulumi/fastly");
    install("@pulumi/fastly");
    expect(() => checkFastlyPackage(folder)).not.toThrow();
});
