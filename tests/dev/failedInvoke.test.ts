// What a failed look-up looks like to the engine: the program gets the error, and the stack's row has it too.
import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { InvokeRequest, type InvokeResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { expect, onTestFinished, test } from "vitest";
import { startSandbox } from "../../dev/sandbox/index.ts";

const program = path.resolve(import.meta.dirname, "../../dev/offline/standins/cloudflare.ts");

test("a look-up that fails is an error for the program, and a line on the stack's row; an empty list is neither", async () => {
    const { cloudflare, close } = await startSandbox({ cloudflareToken: { kind: "user", permissions: ["Zone Read"] } });
    onTestFinished(close);
    const lines: [number, string, string][] = [];
    const at = await startEngine((log) => lines.push([log.getSeverity(), log.getUrn(), log.getMessage()]));
    const invoke = await startPlugin(at, {
        CLOUDFLARE_API_TOKEN: cloudflare.apiToken,
        CLOUDFLARE_BASE_URL: cloudflare.baseUrl,
    });

    const none = { name: "nowhere.example", match: "all" };
    expect(await invoke("cloudflare:index/getZones:getZones", none)).toMatchObject({ results: [] });
    expect(lines).toEqual([]);

    await expect(invoke("cloudflare:index/getZone:getZone", { filter: none })).rejects.toThrow(
        "failed to find exactly one result: 0 found",
    );
    const setting = { zoneId: cloudflare.zoneId("example.com"), settingId: "ssl" };
    await expect(invoke("cloudflare:index/getZoneSetting:getZoneSetting", setting)).rejects.toThrow("403");
    expect(lines).toEqual([
        [engine.LogSeverity.ERROR, "", "[ERROR] 0 found: failed to find exactly one result"],
        [
            engine.LogSeverity.ERROR,
            "",
            expect.stringMatching(/^\[ERROR\] GET .*ssl.*403.*: failed to make http request$/),
        ],
    ]);
});

/** An engine that takes log lines. Its address. */
async function startEngine(told: (log: engine.LogRequest) => void): Promise<string> {
    const server = new grpc.Server();
    server.addService(EngineService as unknown as grpc.ServiceDefinition, {
        log(call: { request: engine.LogRequest }, done: (error: null, answer: Empty) => void) {
            told(call.request);
            done(null, new Empty());
        },
    });
    onTestFinished(() => server.forceShutdown());
    const port = await new Promise<number>((resolve, reject) => {
        const credentials = grpc.ServerCredentials.createInsecure();
        server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    return `127.0.0.1:${port}`;
}

/** A plugin that the engine at an address started. Gives how to call its functions. */
async function startPlugin(at: string, env: NodeJS.ProcessEnv) {
    const plugin = spawn(process.execPath, [program, at], { env: { ...process.env, ...env } });
    onTestFinished(() => void plugin.kill("SIGKILL"));
    const { value: port } = await createInterface({ input: plugin.stdout })[Symbol.asyncIterator]().next();
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    onTestFinished(() => client.close());
    return (token: string, args: object) => {
        const request = new InvokeRequest();
        request.setTok(token);
        request.setArgs(Struct.fromJavaScript(args as Parameters<typeof Struct.fromJavaScript>[0]));
        return new Promise((resolve, reject) => {
            client.invoke(request, (error: Error | null, answer: InvokeResponse) =>
                error ? reject(error) : resolve(answer.getReturn()?.toJavaScript()),
            );
        });
    };
}
