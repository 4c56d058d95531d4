import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { CreateRequest } from "@pulumi/pulumi/proto/provider_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { localCommand } from "../../dev/offline/standins/command/resource.ts";
import { secret, withoutSecrets } from "../../dev/offline/standins/values.ts";
import { isRunning, temporaryFolder } from "./machine.ts";

const URN = "urn:pulumi:dev::app::command:local:Command::probe";

function command() {
    const lines: string[] = [];
    const resource = localCommand(async (_urn, line) => {
        lines.push(line);
    });
    return { resource, lines };
}

describe("the stand-in's command", () => {
    test("runs with /bin/sh, its environment and input, and keeps what it printed", async () => {
        const { resource, lines } = command();
        const inputs = {
            create: 'cat; echo "$GREETING"; echo oh >&2',
            stdin: "in\n",
            environment: { GREETING: "hello" },
        };
        const { id, state } = await resource.create(inputs, URN);
        expect(id).toMatch(/^probe[0-9a-f]{8}$/);
        expect(state).toEqual({ ...inputs, stdout: "in\nhello", stderr: "oh" });
        expect(lines.toSorted()).toEqual(["hello", "in", "oh"]);
    });

    test("runs in its folder, with its interpreter", async () => {
        const dir = await temporaryFolder();
        const { state } = await command().resource.create({ create: "pwd", dir, interpreter: ["/bin/sh", "-ec"] }, URN);
        expect(state.stdout).toBe(dir);
    });

    test("runs update on an update, and create where there is no update, with what it printed before", async () => {
        const { resource } = command();
        const state = { create: "echo one", stdout: "before", stderr: "" };
        const create = 'echo "again after $PULUMI_COMMAND_STDOUT"';
        expect((await resource.update("id", state, { create }, URN)).stdout).toBe("again after before");
        const update = 'echo "updated after $PULUMI_COMMAND_STDOUT"';
        expect((await resource.update("id", state, { create, update }, URN)).stdout).toBe("updated after before");
        const inputs = { create, addPreviousOutputInEnv: false };
        expect((await resource.update("id", state, inputs, URN)).stdout).toBe("again after ");
    });

    test("runs delete at the end", async () => {
        const file = path.join(await temporaryFolder(), "deleted");
        await command().resource.delete(
            "id",
            { delete: `echo "$PULUMI_COMMAND_STDOUT" > ${file}`, stdout: "made" },
            URN,
        );
        expect(await readFile(file, "utf8")).toBe("made\n");
    });

    test("is replaced by a new trigger, and updated by anything else", () => {
        const { resource } = command();
        const state = { create: "true", triggers: ["a"], stdout: "", stderr: "" };
        expect(resource.diff(state, { create: "true", triggers: ["a"] })).toEqual({ changes: false, replaces: [] });
        expect(resource.diff(state, { create: "true", triggers: ["b"] })).toEqual({
            changes: true,
            replaces: ["triggers"],
        });
        expect(resource.diff(state, { create: "false", triggers: ["a"] })).toEqual({ changes: true, replaces: [] });
    });

    test("fails with the command line and all that it printed", async () => {
        const failing = command().resource.create({ create: "echo tried; echo why >&2; exit 3" }, URN);
        await expect(failing).rejects.toThrow(
            /^exit status 3: running "echo tried; echo why >&2; exit 3":\n(tried\nwhy|why\ntried)\n$/,
        );
    });

    test("shows only the lines that logging asks for", async () => {
        const shown = async (logging: string) => {
            const { resource, lines } = command();
            await resource.create({ create: "echo out; echo err >&2", logging }, URN);
            return lines.toSorted();
        };
        expect(await shown("stdout")).toEqual(["out"]);
        expect(await shown("stderr")).toEqual(["err"]);
        expect(await shown("stdoutAndStderr")).toEqual(["err", "out"]);
        expect(await shown("none")).toEqual([]);
    });

    test("keeps the output secret when an input is", async () => {
        const inputs = { create: 'echo "$KEY"', environment: { KEY: secret("hush") } };
        const { state } = await command().resource.create(inputs, URN);
        expect(state.stdout).toEqual(secret("hush"));
        expect(state.environment).toEqual({ KEY: secret("hush") });
        expect(withoutSecrets(state.stdout)).toBe("hush");
    });

    test("refuses what it doesn't know", () => {
        expect(command().resource.check({ create: "true", assetPaths: ["*"] })).toMatchObject([
            { property: "assetPaths" },
        ]);
    });

    test.each(["SIGTERM", "SIGINT"] as const)(
        "dies with the plugin on %s, with all that it started",
        async (signal) => {
            const { plugin, pids } = await pluginWithRunningCommand();
            process.kill(plugin, signal);
            await vi.waitFor(() => expect([plugin, ...pids].filter(isRunning)).toEqual([]), 10_000);
        },
    );

    test("dies when the engine that started the plugin is gone", async () => {
        const { engine, plugin, pids } = await pluginWithRunningCommand();
        engine.kill("SIGKILL");
        await vi.waitFor(() => expect([plugin, ...pids].filter(isRunning)).toEqual([]), 10_000);
    });
});

/** A plugin, started by a shell in the engine's place, with a command that runs for ever and has a child of its own. */
async function pluginWithRunningCommand() {
    const folder = await temporaryFolder();
    const program = path.resolve(import.meta.dirname, "../../dev/offline/standins/command.ts");
    // Prints the plugin's process id; the plugin prints its port after that.
    const engine = spawn("/bin/sh", ["-c", '"$0" "$1" 127.0.0.1:9 & echo $!; wait', process.execPath, program]);
    const output = createInterface({ input: engine.stdout })[Symbol.asyncIterator]();
    const plugin = Number((await output.next()).value);
    const port = (await output.next()).value;
    onTestFinished(() => [engine.pid, plugin].forEach(endIfRunning));

    const file = path.join(folder, "pids");
    const create = `sleep 1000 & echo $$ $! > ${file}.part; mv ${file}.part ${file}; wait`;
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    onTestFinished(() => client.close());
    const request = new CreateRequest();
    request.setUrn(URN);
    request.setProperties(Struct.fromJavaScript({ create }));
    client.create(request, () => undefined);
    const pids = await vi.waitFor(async () => (await readFile(file, "utf8")).trim().split(" ").map(Number), 10_000);
    onTestFinished(() => pids.forEach(endIfRunning));
    expect(pids.every(isRunning)).toBe(true);
    return { engine, plugin, pids };
}

function endIfRunning(pid: number | undefined): void {
    if (pid !== undefined && isRunning(pid)) {
        process.kill(pid, "SIGKILL");
    }
}
