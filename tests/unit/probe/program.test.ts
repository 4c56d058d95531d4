// The probe as a program: the built package, as Pulumi's Command starts it.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { on, once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ProbeRequest } from "../../../components/src/probe/request.ts";
import { answering, startWorld, type World } from "./world.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const PROGRAM = ["--eval", "require('pulumi-sparkpost-tracking/probe').run()"];

let world: World;

beforeEach(async () => {
    world = await startWorld();
});

const children: ChildProcess[] = [];

afterEach(async () => {
    for (const child of children.splice(0)) {
        child.kill("SIGKILL");
    }
    await world.close();
});

function environment(request: unknown): NodeJS.ProcessEnv {
    return { ...process.env, SPARKPOST_TRACKING_PROBE: JSON.stringify(request) };
}

/** Runs the program to its end; a failed one gives its exit code too. */
function run(request: Partial<ProbeRequest>, lastOutput?: string) {
    const env = { ...environment(request), PULUMI_COMMAND_STDOUT: lastOutput };
    const options = { cwd: FOLDER, env };
    return promisify(execFile)(process.execPath, PROGRAM, options).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    );
}

/** Starts the program on a name that never comes, and waits until it has said so. */
async function startWaiting(start: (env: NodeJS.ProcessEnv) => ChildProcess): Promise<ChildProcess> {
    world.records = {};
    const child = start(environment(world.request));
    children.push(child);
    let said = "";
    for await (const [chunk] of on(child.stderr as NodeJS.ReadableStream, "data")) {
        said += chunk;
        if (said.includes("no such name")) {
            break;
        }
    }
    return child;
}

// A process starts, and a pause of two seconds passes, on a machine that may be busy.
describe("the program", { timeout: 30_000 }, () => {
    it("prints one line of JSON when the host works, and for Pulumi's row how it ended", async () => {
        const { code, stdout, stderr } = await run(world.request);
        expect([code, stderr]).toEqual([0, expect.stringMatching(/^passed after \d+ s\n$/)]);
        expect(stdout.endsWith("}\n")).toBe(true);
        expect(stdout.trim()).not.toContain("\n");
        expect(JSON.parse(stdout)).toMatchObject({ hostname: "track.example.com", passed: true, strength: "strong" });
    });

    it("passes on the way from mode redirect to proxy by what it printed before, and says what isn't proven", async () => {
        world.edge = (message, response) =>
            answering(302, { location: `https://spgo.io${message.url}` })(message, response);
        const before = await run({ ...world.request, redirects: true });
        expect(JSON.parse(before.stdout)).toMatchObject({ redirects: true, strength: "strong" });

        const { code, stdout, stderr } = await run(world.request, before.stdout.trim());
        expect([code, JSON.parse(stdout).strength]).toEqual([0, "pending"]);
        expect(stderr).toContain("`pulumi up --replace");
        expect((await run({ ...world.request, deadline: 0.01 })).code).toBe(1);
    });

    it("exits with 1 and its last finding at the deadline, and prints nothing to stdout", async () => {
        world.records = {};
        const { code, stdout, stderr } = await run({ ...world.request, deadline: 0.01 });
        expect([code, stdout]).toEqual([1, ""]);
        expect(stderr).toContain("no such name");
    });

    it.each([
        ["changes the protocol", "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"],
        ["closes without an answer", ""],
    ])("exits with 1 and a finding where the edge %s", async (_, text) => {
        world.edge = (message) => message.socket.end(text);
        const { code, stdout, stderr } = await run({ ...world.request, deadline: 0.01 });
        expect([code, stdout]).toEqual([1, ""]);
        expect(stderr).toMatch(/^track\.example\.com /);
        expect(stderr).not.toContain("    at ");
    });

    it("exits with 1 and all mistakes, without a stack, when the request can't be used", async () => {
        const { code, stdout, stderr } = await run({ hostname: "track.example.com", deadline: -1 });
        expect([code, stdout]).toEqual([1, ""]);
        expect(stderr).toMatch(/endpoint[\s\S]*deadline/);
        expect(stderr).not.toContain("    at ");
    });

    it("ends when it is told to", async () => {
        const child = await startWaiting((env) => spawn(process.execPath, PROGRAM, { cwd: FOLDER, env }));
        child.kill("SIGTERM");
        expect(await once(child, "exit")).toEqual([143, null]);
    });

    it("ends when nobody reads what it has to say", async () => {
        const records = world.records;
        const child = await startWaiting((env) => spawn(process.execPath, PROGRAM, { cwd: FOLDER, env }));
        child.stderr?.destroy();
        // A new finding, which it tries to tell.
        world.edgeCertificate = "none";
        world.records = records;
        expect(await once(child, "exit")).toEqual([1, null]);
    });

    it("ends with its parent, though its output is still read", async () => {
        const parent = await startWaiting((env) => spawn(process.execPath, ["--eval", PARENT], { cwd: FOLDER, env }));
        parent.kill("SIGKILL");
        // The program holds the other end of both streams: they end when it does.
        parent.stdout?.resume();
        await once(parent, "close");
    });
});

/** A process that starts the program on its own streams, and stays. */
const PARENT = `
    require("node:child_process").spawn(process.execPath, ${JSON.stringify(PROGRAM)}, { stdio: "inherit" });
    setInterval(() => undefined, 1000);
`;
