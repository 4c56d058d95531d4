import path from "node:path";
import { describe, expect, test } from "vitest";
import { findOnPath } from "../../dev/offline/find.ts";
import { isUsable, parseVersion } from "../../dev/offline/versions.ts";
import { program, temporaryFolder } from "./machine.ts";

describe("a version", () => {
    test.each([
        ["3.259.0", { major: 3, minor: 259, patch: 0 }],
        ["v3.259.1\n", { major: 3, minor: 259, patch: 1 }],
        ["v3.260.0-alpha.1+abc", { major: 3, minor: 260, patch: 0 }],
    ])("is read from %j", (text, version) => expect(parseVersion(text)).toEqual(version));

    test.each(["", "3.259", "three", "3.259.0.1", "go1.26.8"])("isn't read from %j", (text) => {
        expect(parseVersion(text)).toBeUndefined();
    });

    test.each([
        ["v3.259.0", true],
        ["3.259.1", true],
        ["3.300.0", true],
        ["3.258.9", false],
        ["4.0.0", false],
        ["2.999.0", false],
        ["unknown", false],
    ])("%s is good enough for SDK 3.259.0: %s", (found, usable) => expect(isUsable(found, "3.259.0")).toBe(usable));
});

describe("the search on PATH", () => {
    const search = (...folders: string[]) =>
        findOnPath("3.259.0", { PATH: [...folders, "/bin", "/usr/bin"].join(":") });

    /** A folder with a `pulumi` that reports a version, and by default the language host beside it. */
    async function install(folder: string, version: string, { host = true } = {}): Promise<string> {
        if (host) {
            await program(path.join(folder, "pulumi-language-nodejs"), "exit 1");
        }
        return program(path.join(folder, "pulumi"), `echo v${version}`);
    }

    test("finds a CLI with its language host", async () => {
        const folder = await temporaryFolder();
        const pulumi = await install(folder, "3.261.0");
        expect(await search(folder)).toEqual({ pulumi, version: "3.261.0" });
    });

    test("passes the npm wrapper over", async () => {
        const folder = await temporaryFolder();
        await install(path.join(folder, "node_modules/.bin"), "3.259.0");
        const pulumi = await install(path.join(folder, "bin"), "3.259.0");
        expect(await search(path.join(folder, "node_modules/.bin"), path.join(folder, "bin"))).toMatchObject({
            pulumi,
        });
    });

    test("passes an old CLI over and takes a newer one behind it", async () => {
        const folder = await temporaryFolder();
        await install(path.join(folder, "old"), "3.100.0");
        const pulumi = await install(path.join(folder, "new"), "3.259.0");
        expect(await search(path.join(folder, "old"), path.join(folder, "new"))).toMatchObject({ pulumi });
    });

    test("finds nothing without the language host, and nothing that doesn't run", async () => {
        const folder = await temporaryFolder();
        await install(path.join(folder, "bare"), "3.259.0", { host: false });
        expect(await search(path.join(folder, "bare"))).toBeUndefined();
        await program(path.join(folder, "broken/pulumi-language-nodejs"), "exit 1");
        await program(path.join(folder, "broken/pulumi"), "exit 1");
        expect(await search(path.join(folder, "broken"))).toBeUndefined();
    });
});
