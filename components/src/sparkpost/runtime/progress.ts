// Progress of a long wait, shown live on the row of the resource that waits.
import { createRequire } from "node:module";
import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LINE_INTERVAL, ROW_INTERVAL, sparingly, type Waiting } from "../../process/poll";

/** Where a handler tells its progress. */
export interface Progress {
    /** Takes what is waited for, as often as there is an answer; tells it now and then. */
    waiting(waiting: Waiting): void;
    /** How the wait ended well: the row doesn't go on saying "not yet". */
    ended(how: string): void;
}

/**
 * Progress shown by the engine on the row of this resource: live, and not repeated at the end, as everything printed would
 * be, line by line. The way there isn't a documented interface (the engine's address is this process's first argument);
 * where it doesn't lead anywhere, lines are printed, less often.
 */
export function progressOn(urn: string | undefined): Progress {
    let isTold = false;
    const show = (line: string) => {
        isTold = true;
        logged(line, urn) || console.log(line);
    };
    // In CI, and printed, each line stays to be read.
    const interval = process.env.CI || !connect() ? LINE_INTERVAL : ROW_INTERVAL;
    const tell = sparingly(show, interval);
    return {
        waiting: (waiting) => tell(waiting),
        ended: (how) => (isTold ? show(how) : undefined),
    };
}

let connection: EngineClient | undefined;
let hasFailed = false;

/** Whether the engine is asked to show it. */
function logged(line: string, urn: string | undefined): boolean {
    const engine = connect();
    if (!engine) {
        return false;
    }
    const { LogRequest, LogSeverity } = require("@pulumi/pulumi/proto/engine_pb");
    const request = new LogRequest();
    request.setSeverity(LogSeverity.INFO);
    request.setMessage(line);
    request.setEphemeral(true);
    request.setUrn(urn ?? "");
    engine.log(request, (error: unknown) => {
        hasFailed ||= Boolean(error);
    });
    return true;
}

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
    return hasFailed ? undefined : connection;
}
