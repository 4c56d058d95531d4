// The SDK's dynamic provider, which runs SparkPost's resources, for a process to which engines attach one after the other.
import { createRequire } from "node:module";
import path from "node:path";
import grpc from "@grpc/grpc-js";
import type { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";

const require = createRequire(import.meta.url);
const sdk = "@pulumi/pulumi/cmd/dynamic-provider";
const runtime = "pulumi-sparkpost-tracking/sparkpost/runtime";
/** The modules that remember something of a command: a stack's configuration, clients with answers, what is declared. */
const remembering = [sdk, runtime].map((name) => path.dirname(require.resolve(name)) + path.sep);
let last: grpc.Server | undefined;

// The runtime ends its process with the engine that started it. Here it must end with the process that started this one.
require(runtime).provider("TrackingDomain", new Map());

/**
 * Serves one engine, and forgets the engine before. Gives the port. The SDK's own server doesn't fit: it can't be attached to,
 * and prints its port.
 */
export function serveDynamicProvider(): Promise<number> {
    last?.forceShutdown();
    for (const file of Object.keys(require.cache)) {
        if (remembering.some((folder) => file.startsWith(folder))) {
            delete require.cache[file];
        }
    }
    const { prototype } = grpc.Server;
    const { addService, bindAsync } = prototype;
    return new Promise((resolve, reject) => {
        prototype.addService = function (service, implementation) {
            last = this;
            const attach: grpc.handleUnaryCall<PluginAttach, unknown> = ({ request }, answer) => {
                // Where the runtime tells progress.
                process.argv[2] = request.getAddress();
                answer(null, new empty.Empty());
            };
            addService.call(this, service, Object.assign(implementation, { attach }));
        };
        prototype.bindAsync = function (address, credentials) {
            bindAsync.call(this, address, credentials, (error, port) => (error ? reject(error) : resolve(port)));
        };
        process.argv[2] ??= "an engine";
        require(sdk);
        Object.assign(prototype, { addService, bindAsync });
        silence();
    });
}

/** The SDK's servers listen for errors of the whole process, and would report the program's errors again. */
export function silence(): void {
    for (const event of ["uncaughtException", "unhandledRejection", "exit"]) {
        process.removeAllListeners(event);
    }
}
