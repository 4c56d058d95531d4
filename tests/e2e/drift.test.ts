// `npm run drift`, as a scheduled workflow runs it: its exit code is what the workflow goes by.
import { spawn } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";
import { repository } from "../../dev/offline/home.ts";
import { TestStack } from "../support/stack.ts";

it("ends with 7 and says what drifted, and with 0 when nothing did", async () => {
    await using stack = await TestStack.start({ domains: [{ hostname: "track.example.com", protect: false }] });
    await stack.up();
    expect((await drift(stack)).status).toBe(0);
    stack.sandbox.cloudflare.changeRecord("track.example.com", { proxied: false });
    const { status, stdout } = await drift(stack);
    expect(status, stdout).toBe(7);
    expect(stdout).toMatch(/~ proxied *: false => true/);
});

function drift({ workspace }: TestStack): Promise<{ status: number | null; stdout: string }> {
    const args = [path.join(repository, "dev/stack.ts"), "drift", "--config-file", workspace.configFile];
    const child = spawn(process.execPath, args, {
        cwd: repository,
        env: workspace.env,
        stdio: ["ignore", "pipe", "inherit"],
    });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
    });
    return new Promise((resolve) => child.on("close", (status) => resolve({ status, stdout })));
}
