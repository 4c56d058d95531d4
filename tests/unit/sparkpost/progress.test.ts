import { createRequire } from "node:module";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";

const sdk = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi"));
const { Server, ServerCredentials } = sdk("@grpc/grpc-js");

beforeEach(() => void vi.resetModules());

/** The progress of a process whose first argument is this. */
async function progressWith(argument: string | undefined) {
    const argv = vi
        .spyOn(process, "argv", "get")
        .mockReturnValue(["node", "provider", ...(argument ? [argument] : [])]);
    onTestFinished(() => argv.mockRestore());
    const { engineProgress } = await import("../../../components/src/sparkpost/runtime/progress.ts");
    return engineProgress;
}

/** What is printed; time stands still at `Date.now()` unless it is moved. */
function printed() {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const now = vi.spyOn(Date, "now").mockReturnValue(1_000_000);
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

describe("progress with an engine", () => {
    it("is an ephemeral message for each report, and nothing is printed", async () => {
        const requests: LogRequest.AsObject[] = [];
        const port = await startEngine((engine) =>
            engine.addService(EngineService, {
                log(call: { request: LogRequest }, callback: (error: null, response: unknown) => void) {
                    requests.push(call.request.toObject());
                    callback(null, new (sdk("google-protobuf/google/protobuf/empty_pb").Empty)());
                },
            }),
        );
        const { lines } = printed();
        const progress = await progressWith(`127.0.0.1:${port}`);
        progress.report("attempt 1", "no");
        progress.report("attempt 2", "no");
        await vi.waitFor(() => expect(requests).toHaveLength(2));
        expect(requests[0]).toMatchObject({ message: "attempt 1", ephemeral: true, severity: 1 });
        expect(lines()).toEqual([]);
    });

    it("is printed from then on when the engine doesn't take such messages: they aren't a documented interface", async () => {
        const port = await startEngine(() => {});
        const { lines } = printed();
        const progress = await progressWith(`127.0.0.1:${port}`);
        await vi.waitFor(() => {
            progress.report("attempt", "no");
            expect(lines()).toEqual(["attempt"]);
        });
    });
});

describe("progress without an engine", () => {
    it.each([undefined, "--eval", "http://127.0.0.1:80"])(
        "is printed when the answer changes, else once a minute (%s)",
        async (argument) => {
            const { lines, at } = printed();
            const progress = await progressWith(argument);
            progress.report("one", "no");
            progress.report("two", "no");
            progress.report("three", "pending");
            at(59_999);
            progress.report("four", "pending");
            at(60_000);
            progress.report("five", "pending");
            expect(lines()).toEqual(["one", "three", "five"]);
        },
    );
});
