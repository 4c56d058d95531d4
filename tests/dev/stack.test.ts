// `npm run preview`, `deploy` and `drift`: which commands they run. Programs of these names write down how they were called.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { repository } from "../../dev/offline/home.ts";

let folder: string;

beforeAll(() => {
    folder = mkdtempSync(path.join(realpathSync(tmpdir()), "stack-test-"));
    for (const name of ["pulumi", "pulumi-sparkpost-tracking"]) {
        const script = `#!/bin/sh\necho "$PULUMI_STACK: ${name} $*" >>"$CALLS"\nexit \${CODE:-0}\n`;
        writeFileSync(path.join(folder, name), script, { mode: 0o755 });
    }
});

afterAll(() => rmSync(folder, { recursive: true }));

function calls(args: string[], more: Record<string, string> = {}) {
    const file = path.join(folder, args.join("-"));
    const env = { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH}`, CALLS: file, ...more };
    const { status } = spawnSync(process.execPath, [path.join(repository, "dev/stack.ts"), ...args], { env });
    return { status, calls: existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [] };
}

it("previews the stack of its argument, which needs no name where PULUMI_STACK has one", () => {
    expect(calls(["preview", "prod"]).calls).toEqual(["prod: pulumi preview --stack prod --non-interactive --diff"]);
    expect(calls(["preview"], { PULUMI_STACK: "dev" }).calls).toEqual([
        "dev: pulumi preview --stack dev --non-interactive --diff",
    ]);
});

it("never takes the stack that is only selected", () => {
    expect(calls(["deploy", "--refresh"], { PULUMI_STACK: "" })).toEqual({ status: 2, calls: [] });
});

it("deploys with what is given to Pulumi, and looks at the hosts afterwards", () => {
    expect(calls(["deploy", "prod", "--refresh"])).toEqual({
        status: 0,
        calls: [
            "prod: pulumi up --stack prod --non-interactive --yes --refresh",
            "prod: pulumi-sparkpost-tracking doctor --from-stack",
        ],
    });
});

it("ends with Pulumi's exit code, and looks at no host after an update that failed", () => {
    const { status, calls: made } = calls(["deploy", "dev"], { CODE: "255" });
    expect([status, made.length]).toEqual([255, 1]);
    expect(calls(["drift", "prod"], { CODE: "7" }).status).toBe(7);
});
