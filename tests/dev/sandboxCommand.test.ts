// What `npm run sandbox` and `npm run demo` take, and what a shell gets to source.
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { BROKEN, choicesOf, faultsOf } from "../../dev/choices.ts";
import { noFaults } from "../../dev/sandbox/options.ts";
import { shellFile } from "../../dev/sandboxShell.ts";
import { temporaryFolder } from "./machine.ts";

const usual = { kind: "cloudflare", isSlow: false };

describe("the flags", () => {
    it.each([
        [[], usual],
        [["--fastly"], { ...usual, kind: "fastly" }],
        [["--slow", "--managed"], { kind: "managed", isSlow: true }],
        [["--broken=certificate"], { ...usual, broken: "certificate" }],
    ])("%j are choices of the sandbox", (flags, choices) => {
        expect(choicesOf("sandbox", flags)).toEqual(choices);
    });

    it.each([
        ["sandbox", "--slwo", "--slow"],
        ["sandbox", "--broken", "certificate, "],
        ["sandbox", "--broken=everything", "certificate, "],
        ["sandbox", "--slow=yes", "--slow"],
        ["demo", "--slow", "--fastly"],
        ["demo", "--broken=certificate", "--managed"],
    ] as const)("of %s don't include %s: one sentence says what there is", (command, flag, there) => {
        const sentence = choicesOf(command, [flag]);
        expect(sentence).toContain(there);
        expect(String(sentence).split("\n")).toHaveLength(1);
    });

    it("choose one edge", () => {
        expect(choicesOf("demo", ["--fastly", "--managed"])).toContain("--fastly and --managed");
    });

    it("make what is broken one of the sandbox's faults, and take names and certificates their time", () => {
        const known = Object.keys(noFaults());
        for (const { faults } of Object.values(BROKEN)) {
            expect(known).toEqual(expect.arrayContaining(Object.keys(faults)));
        }
        expect(faultsOf({ kind: "cloudflare", isSlow: true, broken: "origin" })).toMatchObject({
            originDown: true,
            certificateDelay: expect.any(Number),
        });
    });
});

describe("the file to source", () => {
    it("sets what it is given, and sandbox_off leaves every variable as it was, also after it was sourced twice", async () => {
        const file = path.join(await temporaryFolder(), "sandbox.sh");
        await writeFile(file, shellFile({ ADDED: "it's new", CHANGED: "in the sandbox" }, ["/a folder", "/b"]));
        const print = 'echo "$ADDED|$CHANGED|$PATH"; env | grep -c ^ADDED=';
        const script = `${print}; source ${file}; ${print}; source ${file}; sandbox_off; ${print}; type sandbox_off 2>&1; set | grep -c ^sandbox_`;
        const env = { CHANGED: 'of "mine"; $HOME', PATH: "/usr/bin:/bin" };
        const before = [`|${env.CHANGED}|${env.PATH}`, "0"];
        // The last commands find nothing.
        const out = execFileSync("bash", ["--norc", "-c", `${script}; true`], { env, encoding: "utf8" });
        const lines = out.split("\n");
        expect(lines.slice(0, 2)).toEqual(before);
        expect(lines.slice(2, 4)).toEqual([`it's new|in the sandbox|/a folder:/b:${env.PATH}`, "1"]);
        expect(lines.slice(4, 6)).toEqual(before);
        expect(lines.slice(6, 8)).toEqual([expect.stringContaining("not found"), "0"]);
    });
});
