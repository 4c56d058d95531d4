import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { projectHome, pulumiHome } from "../../dev/offline/home.ts";
import { ensurePlugins, kindOf } from "../../dev/offline/plugins.ts";
import { installedVersion } from "../../dev/offline/versions.ts";
import { program, temporaryFolder } from "./machine.ts";

describe("the project's home", () => {
    test("is in the user's cache folder, never in the user's own Pulumi home", () => {
        expect(pulumiHome({})).toBe(path.join(homedir(), ".cache/pulumi-sparkpost-tracking/pulumi"));
        expect(pulumiHome({ XDG_CACHE_HOME: "/cache" })).toBe("/cache/pulumi-sparkpost-tracking/pulumi");
        expect(pulumiHome({ PULUMI_HOME: "/users/own" })).toBe(pulumiHome({}));
    });

    test("is where SPARKPOST_TRACKING_HOME says", () => {
        expect(projectHome({ SPARKPOST_TRACKING_HOME: "/home", XDG_CACHE_HOME: "/cache" })).toBe("/home");
    });
});

describe("the plugins", () => {
    const folderOf = (home: string, name: string) =>
        path.join(home, "plugins", `resource-${name}-v${installedVersion(`@pulumi/${name}`)}`);
    const fileOf = (home: string, name: string) => path.join(folderOf(home, name), `pulumi-resource-${name}`);

    /** A home in which a download failed a moment ago, so that none is tried. */
    async function offlineHome(): Promise<string> {
        const home = await temporaryFolder();
        await writeFile(path.join(home, "no-plugin-downloads"), "");
        return home;
    }
    const ensure = (home: string) => ensurePlugins({ pulumi: "/nowhere/pulumi", home }, {}, () => undefined);

    test("that can't be downloaded get stand-ins, in real folders, as executable files", async () => {
        const home = await offlineHome();
        expect(await ensure(home)).toEqual(["cloudflare", "command", "fastly"]);
        expect(await kindOf(fileOf(home, "cloudflare"))).toBe("stand-in");
        expect((await stat(fileOf(home, "command"))).mode & 0o111).toBe(0o111);
    });

    test("of a home that is there already are completed, without a word to the engine", async () => {
        const home = await offlineHome();
        await ensure(home);
        await rm(folderOf(home, "fastly"), { recursive: true });
        const { ino } = await stat(fileOf(home, "cloudflare"));
        expect(await ensure(home)).toEqual(["cloudflare", "command", "fastly"]);
        expect(await kindOf(fileOf(home, "fastly"))).toBe("stand-in");
        expect((await stat(fileOf(home, "cloudflare"))).ino).toBe(ino);
    });

    test("that are official ones stay as they are", async () => {
        const home = await offlineHome();
        const official = await program(fileOf(home, "cloudflare"), "echo official");
        expect(await ensure(home)).toEqual(["command", "fastly"]);
        expect(await kindOf(official)).toBe("official");
        expect(await readFile(official, "utf8")).toContain("echo official");
    });

    test("whose download was broken off count as missing", async () => {
        const home = await offlineHome();
        await mkdir(folderOf(home, "command"), { recursive: true });
        expect(await kindOf(fileOf(home, "command"))).toBe("nothing");
        expect(await ensure(home)).toEqual(["cloudflare", "command", "fastly"]);
    });

    test("name no path of this machine in a stand-in: clones share it", async () => {
        const home = await offlineHome();
        await ensure(home);
        const script = await readFile(fileOf(home, "command"), "utf8");
        expect(script).not.toContain(path.resolve(import.meta.dirname, "../.."));
        expect(script).toContain("$SPARKPOST_TRACKING_STAND_INS");
    });
});
