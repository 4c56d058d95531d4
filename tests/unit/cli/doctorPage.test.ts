import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { proxied } from "../doctor/world.ts";
import { runCli } from "./program.ts";

it("doctor --html writes the page beside what it prints", async () => {
    const { probe } = await proxied();
    const folder = mkdtempSync(path.join(tmpdir(), "doctor-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, "page.html");
    const { out, err } = await runCli(["doctor", "track.example.com", "--html", file], {}, undefined, probe);
    expect([out.includes("track.example.com"), err]).toEqual([true, ""]);
    expect(readFileSync(file, "utf8")).toContain("<title>track.example.com: doctor</title>");

    const nowhere = path.join(folder, "no", "page.html");
    const refused = await runCli(["doctor", "track.example.com", "--html", nowhere], {}, undefined, probe);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("(ENOENT)");
    expect(existsSync(nowhere)).toBe(false);
});
