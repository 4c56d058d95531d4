// The fleet's own part, with a CLI that stands still in each update. tests/e2e/examples.test.ts has the real one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { repository } from "../../../dev/offline/home.ts";

const PULUMI = `#!/bin/sh
case "$1" in
    version) echo v3.259.0 ;;
    up) echo "$@" >> updates; exec tail -f /dev/null ;;
esac
`;

it("begins no more updates after Ctrl-C, and reports on those that ran", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "fleet-test-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await cp(path.join(repository, "examples/fleet"), folder, { recursive: true });
    await symlink(path.join(repository, "node_modules"), path.join(folder, "node_modules"));
    const brands = ["a", "b", "c", "d", "e", "f"];
    await writeFile(
        path.join(folder, "brands.json"),
        JSON.stringify(Object.fromEntries(brands.map((name) => [name, {}]))),
    );
    await writeFile(path.join(folder, "pulumi"), PULUMI);
    await chmod(path.join(folder, "pulumi"), 0o755);

    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const fleet = spawn(process.execPath, ["fleet.mts", "up"], { cwd: folder, env, detached: true, stdio: "ignore" });
    const signal = (name: NodeJS.Signals) => process.kill(-(fleet.pid as number), name);
    onTestFinished(() => {
        if (fleet.exitCode === null && fleet.signalCode === null) {
            signal("SIGKILL");
        }
    });
    const updates = () => readFile(path.join(folder, "updates"), "utf8");
    await vi.waitFor(async () => expect((await updates()).match(/\n/g)).toHaveLength(4), 15_000);
    // A terminal sends it to the whole group.
    signal("SIGINT");
    expect(await once(fleet, "close")).toEqual([1, null]);
    expect(Object.keys(JSON.parse(await readFile(path.join(folder, "up.json"), "utf8"))).sort()).toEqual(
        brands.slice(0, 4),
    );
    expect((await updates()).match(/\n/g)).toHaveLength(4);
});
