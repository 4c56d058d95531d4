// Progress of a long wait, shown live while it lasts.
import { createRequire } from "node:module";
import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";

/** Where progress is told: `line`, and `answer`, the part of it that isn't new each time. */
export interface Progress {
    report(line: string, answer: string): void;
}

/**
 * Progress shown by the engine, on the stack's row: live, and not repeated at the end, which everything printed would
 * be, line by line. The way there isn't a documented interface (the engine's address is this process's first argument);
 * where it doesn't lead anywhere, a line is printed when the answer changes, else once a minute.
 */
export const engineProgress: Progress = {
    report(line, answer) {
        const engine = connect();
        if (!engine || hasFailed) {
            print(line, answer);
            return;
        }
        const { LogRequest, LogSeverity } = require("@pulumi/pulumi/proto/engine_pb");
        const request = new LogRequest();
        request.setSeverity(LogSeverity.INFO);
        request.setMessage(line);
        request.setEphemeral(true);
        engine.log(request, (error: unknown) => {
            hasFailed ||= Boolean(error);
        });
    },
};

let connection: EngineClient | undefined;
let hasFailed = false;

function connect(): EngineClient | undefined {
    const address = process.argv[2];
    if (!connection && address && /^[\w.-]+:\d+$/.test(address)) {
        try {
            // Loaded here, for only a wait needs them; gRPC is the SDK's dependency, not ours.
            const { EngineClient } = require("@pulumi/pulumi/proto/engine_grpc_pb");
            const { credentials } = createRequire(require.resolve("@pulumi/pulumi"))("@grpc/grpc-js");
            connection = new EngineClient(address, credentials.createInsecure()) as EngineClient;
        } catch {
            return undefined;
        }
    }
    return connection;
}

/** When each answer was printed last, in ms. */
const printed = new Map<string, number>();

function print(line: string, answer: string): void {
    if (Date.now() - (printed.get(answer) ?? 0) >= 60_000) {
        printed.set(answer, Date.now());
        console.log(line);
    }
}
