// Progress of a long wait, shown live on the resource's own row.
import { createRequire } from "node:module";
import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";

/** Where progress is told: `line` always, `answer` so that a fallback can tell a change from a repetition. */
export interface Progress {
    report(line: string, answer: string): void;
}

/**
 * Progress of the resource with this URN.
 *
 * An ephemeral log message to the engine is shown live and not repeated at the end; anything printed would be repeated line by line under Diagnostics. The engine's
 * address is this process's first argument; that isn't a documented interface, so without it a line is printed when the answer changes, else once a minute.
 */
export function progressOf(urn: string | undefined): Progress {
    const engine = connect();
    return engine ? new EngineProgress(engine, urn ?? "") : new PrintedProgress();
}

let connection: EngineClient | undefined;

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

class EngineProgress implements Progress {
    #fallback?: PrintedProgress;

    constructor(
        private readonly engine: EngineClient,
        private readonly urn: string,
    ) {}

    report(line: string, answer: string): void {
        if (this.#fallback) {
            this.#fallback.report(line, answer);
            return;
        }
        const { LogRequest, LogSeverity } = require("@pulumi/pulumi/proto/engine_pb");
        const request = new LogRequest();
        request.setSeverity(LogSeverity.INFO);
        request.setMessage(line);
        request.setUrn(this.urn);
        request.setEphemeral(true);
        this.engine.log(request, (error: unknown) => {
            if (error) {
                this.#fallback ??= new PrintedProgress();
            }
        });
    }
}

class PrintedProgress implements Progress {
    #answer?: string;
    #printedAt = 0;

    report(line: string, answer: string): void {
        if (answer !== this.#answer || Date.now() - this.#printedAt >= 60_000) {
            this.#answer = answer;
            this.#printedAt = Date.now();
            console.log(line);
        }
    }
}
