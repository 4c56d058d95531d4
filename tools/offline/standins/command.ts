// The stand-in for the command plugin: a program that the engine starts. It really runs the commands of
// `local.Command`; what they print appears on the resource's row.
import grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import { killRunning } from "./command/process.ts";
import { localCommand } from "./command/resource.ts";
import { serve } from "./serve.ts";

/** The engine's address is the last argument it starts a plugin with. */
const client = new EngineClient(process.argv.at(-1) ?? "", grpc.credentials.createInsecure());

await serve({
    name: "command",
    resources: { "command:local:Command": localCommand(log) },
    functions: {},
    cancel: killRunning,
});

function log(urn: string, line: string): Promise<void> {
    const request = new engine.LogRequest();
    request.setSeverity(engine.LogSeverity.INFO);
    request.setUrn(urn);
    request.setMessage(line);
    return new Promise((resolve) => {
        client.log(request, () => resolve()); // a line that can't be shown is no reason to fail
    });
}
