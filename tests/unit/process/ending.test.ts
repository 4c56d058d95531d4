// Processes of ours end with the CLI that started them. On Linux, where a process can be given another one's name.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { engineAddress } from "../../../components/src/process/ending.ts";

describe("the engine's address", () => {
    const run = "/stack/node_modules/@pulumi/pulumi/cmd/run/index.js";
    it.each([
        ["a provider's first argument", ["node", "/x/cmd/dynamic-provider", "127.0.0.1:4711"], "127.0.0.1:4711"],
        [
            "a program's option",
            ["node", run, "--monitor", "127.0.0.1:1", "--engine", "127.0.0.1:2", "."],
            "127.0.0.1:2",
        ],
        ["the same with an equals sign", ["node", run, "--engine=127.0.0.1:2", "."], "127.0.0.1:2"],
        ["on Windows", ["node", run.replaceAll("/", "\\"), "--engine", "127.0.0.1:2"], "127.0.0.1:2"],
        ["none of a command", ["node"], undefined],
        ["none of a user's own program", ["node", "/app/deploy.js", "--engine", "127.0.0.1:2"], undefined],
        ["none where it is something else", ["node", "/x/cmd/dynamic-provider", "--help"], undefined],
    ])("is %s", (_what, argv, address) => {
        expect(engineAddress(argv)).toBe(address);
    });
});

describe.runIf(process.platform === "linux")("a process of ours", () => {
    let dir: string;
    const children: ChildProcess[] = [];

    beforeEach(async () => {
        dir = await mkdtemp(path.join(os.tmpdir(), "ending-"));
        await symlink("/bin/bash", path.join(dir, "pulumi"));
        // As built: Node itself loads it.
        const ending = path.resolve(import.meta.dirname, "../../../components/dist/process/ending.js");
        await writeFile(
            path.join(dir, "ours.mjs"),
            `import { endWithCli } from ${JSON.stringify(ending)}; endWithCli(); console.log(process.pid); setInterval(() => {}, 1000);`,
        );
    });

    afterEach(async () => {
        for (const child of children.splice(0)) {
            child.kill("SIGKILL");
        }
        await rm(dir, { recursive: true, force: true });
    });

    /** Starts a program, and gives the first line that it or its children print. */
    async function started(file: string, args: string[]): Promise<{ child: ChildProcess; line: string }> {
        const child = spawn(file, args, { stdio: ["ignore", "pipe", "ignore"] });
        children.push(child);
        const [line] = await once(createInterface({ input: child.stdout }), "line");
        return { child, line };
    }

    const isRunning = async (pid: number) => {
        const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
        return stat !== undefined && !/\) Z/.test(stat);
    };
    const hasEnded = (pid: number) => expect.poll(() => isRunning(pid), { timeout: 15_000 }).toBe(false);

    it("that a plugin started ends with the CLI, though the plugin goes on", async () => {
        const plugin = `"${process.execPath}" "${path.join(dir, "ours.mjs")}" & while :; do sleep 1; done`;
        const cli = await started(path.join(dir, "pulumi"), ["-c", `bash -c '${plugin}' & wait`]);
        const ours = Number(cli.line);
        const stat = await readFile(`/proc/${ours}/stat`, "utf8");
        const pluginPid = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        try {
            cli.child.kill("SIGKILL");
            await hasEnded(ours);
            expect(await isRunning(pluginPid)).toBe(true);
        } finally {
            process.kill(pluginPid, "SIGKILL");
        }
    });

    it("that the engine started ends when nobody listens at the engine's address any more", async () => {
        const server: Server = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address() as { port: number };
        const asked = once(server, "connection");
        const { child, line } = await started(process.execPath, [path.join(dir, "ours.mjs"), `127.0.0.1:${port}`]);
        await asked;
        expect(child.exitCode).toBeNull();
        server.close();
        await hasEnded(Number(line));
    });
});
