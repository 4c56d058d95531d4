import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { createWorkspace, type WorkspaceOptions } from "../../dev/pulumi.ts";
import "../support/engine.ts";

const program = path.resolve(import.meta.dirname, "../programs/config");

async function workspace(options: Partial<WorkspaceOptions> = {}) {
    const made = await createWorkspace(inject("engine"), { program, ...options });
    onTestFinished(() => made.close());
    return made;
}

test("a workspace hands its configuration to the program, secrets encrypted, and writes nothing beside the program", async () => {
    const before = await readdir(program);
    const { configure, configFile, run } = await workspace({
        config: { "config:list": ["a", { b: 1 }], "config:key": { secret: "hush" } },
    });
    expect(await readFile(configFile, "utf8")).not.toContain("hush");

    expect(await run(["up", "--yes", "--skip-preview"])).toMatchObject({ code: 0 });
    const outputs = async () => JSON.parse((await run(["stack", "output", "--json", "--show-secrets"])).stdout);
    expect(await outputs()).toEqual({ list: ["a", { b: 1 }], key: "hush" });
    expect((await run(["stack", "export"])).stdout).not.toContain("hush");

    await configure({ "config:list": ["c"] });
    expect((await run(["preview", "--expect-no-changes", "--diff"])).output).toContain('"c"');
    expect(await readdir(program)).toEqual(before);
});

test("two workspaces of one program have a stack of their own", async () => {
    const [one, two] = await Promise.all([workspace(), workspace()]);
    await one.run(["up", "--yes", "--skip-preview"]);
    expect(JSON.parse((await two.run(["stack", "export"])).stdout).deployment.resources ?? []).toEqual([]);
});

test("a workspace leaves nothing behind when it is closed while a command runs", async () => {
    const { dir, spawn, close } = await workspace();
    const running = spawn(["preview"]);
    await close();
    expect(await running.result).toMatchObject({ code: -1 });
    await expect(readdir(dir)).rejects.toThrow("ENOENT");
});
