import { channel } from "node:diagnostics_channel";
import { createRequire } from "node:module";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { startApi } from "../../support/scriptedApi.ts";

const sdk = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi"));
const { Server, ServerCredentials } = sdk("@grpc/grpc-js");

beforeEach(() => void vi.resetModules());

const urn = "urn:pulumi:dev::app::pulumi-nodejs:dynamic:Verification::track";
const waiting = (attempt: number, said = "no") => ({ attempt, said, left: 60_000 });

/** The progress of a resource, in a process whose first argument is this. */
async function progressWith(argument: string | undefined) {
    const argv = vi
        .spyOn(process, "argv", "get")
        .mockReturnValue(["node", "provider", ...(argument ? [argument] : [])]);
    onTestFinished(() => argv.mockRestore());
    const { progressOn } = await import("../../../components/src/sparkpost/runtime/progress.ts");
    return () => progressOn(urn);
}

/** What is printed; time stands still unless it is moved. */
function printed(ci = "") {
    vi.stubEnv("CI", ci);
    onTestFinished(() => void vi.unstubAllEnvs());
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const now = vi.spyOn(performance, "now").mockReturnValue(1_000_000);
    onTestFinished(() => {
        log.mockRestore();
        now.mockRestore();
    });
    return {
        lines: () => log.mock.calls.map(([line]) => line),
        at: (ms: number) => void now.mockReturnValue(1_000_000 + ms),
    };
}

/** An engine with these services; gives its port. */
async function startEngine(
    addServices: (engine: { addService(service: unknown, methods: object): void }) => void,
): Promise<number> {
    const engine = new Server();
    addServices(engine);
    onTestFinished(() => engine.forceShutdown());
    return new Promise((resolve) =>
        engine.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_error: unknown, port: number) =>
            resolve(port),
        ),
    );
}

/** The messages that an engine gets. */
async function listen(): Promise<{ port: number; requests: LogRequest.AsObject[] }> {
    const requests: LogRequest.AsObject[] = [];
    const port = await startEngine((engine) =>
        engine.addService(EngineService, {
            log(call: { request: LogRequest }, callback: (error: null, response: unknown) => void) {
                requests.push(call.request.toObject());
                callback(null, new (sdk("google-protobuf/google/protobuf/empty_pb").Empty)());
            },
        }),
    );
    return { port, requests };
}

describe("progress with an engine", () => {
    it("is an ephemeral message on the resource's own row, and nothing is printed", async () => {
        const { port, requests } = await listen();
        const { lines } = printed();
        const { waiting: tell, ended } = (await progressWith(`127.0.0.1:${port}`))();
        tell(waiting(1));
        ended("yes");
        await vi.waitFor(() => expect(requests).toHaveLength(2));
        const common = { urn, ephemeral: true, severity: 1 };
        expect(requests).toMatchObject([
            { ...common, message: "1st try, 60 s left: no" },
            { ...common, message: "yes" },
        ]);
        expect(lines()).toEqual([]);
    });

    it.each([
        ["every 10 s", "", 10_000],
        ["in CI every minute", "true", 60_000],
    ])("is told %s while the answer is the same, and a new answer at once", async (_how, ci, interval) => {
        const { port, requests } = await listen();
        const { at } = printed(ci);
        const { waiting: tell } = (await progressWith(`127.0.0.1:${port}`))();
        tell(waiting(1));
        at(interval - 1);
        tell(waiting(2));
        tell(waiting(3, "pending"));
        at(interval);
        tell(waiting(4));
        await vi.waitFor(() => expect(requests).toHaveLength(3));
        expect(requests.map(({ message }) => message.slice(0, 3))).toEqual(["1st", "3rd", "4th"]);
    });

    it("has nothing to say of a wait that was none", async () => {
        const { port, requests } = await listen();
        const begin = await progressWith(`127.0.0.1:${port}`);
        begin().ended("yes");
        begin().waiting(waiting(1));
        await vi.waitFor(() => expect(requests).toHaveLength(1));
        expect(requests[0]?.message).toContain("1st try");
    });

    it("is printed from then on when the engine doesn't take such messages: they aren't a documented interface", async () => {
        const port = await startEngine(() => {});
        const { lines } = printed();
        const begin = await progressWith(`127.0.0.1:${port}`);
        await vi.waitFor(() => {
            begin().waiting(waiting(1));
            expect(lines()).toEqual(["1st try, 60 s left: no"]);
        });
    });
});

describe("the progress of an operation", () => {
    it("is told on the row that the engine's check has named, which is in no input of the state", async () => {
        const { port, requests } = await listen();
        const api = await startApi((what) =>
            what.startsWith("GET") ? { body: { results: { domain: "track.example.com" } } } : { status: 503 },
        );
        // The process would end with the engine.
        vi.doMock("../../../components/src/process/ending.ts", () => ({ endWithCli() {} }));
        onTestFinished(() => void vi.doUnmock("../../../components/src/process/ending.ts"));
        await progressWith(`127.0.0.1:${port}`);
        const { provider } = await import("../../../components/src/sparkpost/runtime/index.ts");
        const { check, create } = provider("Eligibility", { get: () => "key" });
        const inputs = { domain: "track.example.com", account: { apiUrl: api.url } };
        const checked = await check({}, { ...inputs, ownUrn: urn });
        expect(checked.inputs).toEqual(inputs);
        const ended = create(checked.inputs).catch((error: Error) => error.message);
        await vi.waitFor(() => expect(requests).toMatchObject([{ urn, message: expect.stringContaining("1st try") }]));
        const ctrlC = { headers: { ":path": "/pulumirpc.ResourceProvider/Cancel" } };
        channel("http2.server.stream.start").publish(ctrlC);
        expect(await ended).toContain("Ctrl-C");
    });
});

describe("progress without an engine", () => {
    it.each([undefined, "--eval", "http://127.0.0.1:80"])(
        "is printed when the answer is new, else once a minute (%s)",
        async (argument) => {
            const { lines, at } = printed();
            const { waiting: tell, ended } = (await progressWith(argument))();
            tell(waiting(1));
            tell(waiting(2));
            tell(waiting(3, "pending"));
            at(59_999);
            tell(waiting(4, "pending"));
            at(60_000);
            tell(waiting(5, "pending"));
            ended("yes");
            expect(lines().map((line) => line.slice(0, 3))).toEqual(["1st", "3rd", "5th", "yes"]);
        },
    );
});
