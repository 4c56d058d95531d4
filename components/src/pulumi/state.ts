// What the state of the running stack holds. Pulumi doesn't tell a program in any other way.
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import type * as proto from "@pulumi/pulumi/proto/resource_pb";
import { oncePerProgram } from "./program";

/** A resource as the state has it. A secret is in the engine's envelope. */
export interface ResourceInState {
    urn: string;
    type: string;
    outputs: Record<string, unknown>;
}

/**
 * The resources of the stack at the first call, without those that wait for deletion. Read once per program. `undefined` if
 * the engine can't tell. This uses the engine's own function, which takes the names that StackReference takes.
 *
 * @param component A component of this program: once it is registered, there is a state to read.
 */
export async function resourcesInState(component: pulumi.Resource): Promise<ResourceInState[] | undefined> {
    // Each waits for its own component, because another's may wait for this one.
    await new Promise((resolve) => component.urn.apply(resolve));
    return oncePerProgram("resources in state", async () => {
        try {
            const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
            const { outputs } = await ask("pulumi:pulumi:readStackResourceOutputs", { stackName });
            return Object.entries(outputs).map(([urn, resource]) => ({ ...(resource as ResourceInState), urn }));
        } catch {
            return undefined;
        }
    });
}

/**
 * A function of the engine. The SDK's `invoke` would turn references in the answer into resources of this program, and fail
 * with those that it doesn't know.
 */
async function ask(token: string, args: Record<string, string>): Promise<{ outputs: object }> {
    const { ResourceInvokeRequest } = require("@pulumi/pulumi/proto/resource_pb") as typeof proto;
    // The SDK's dependency, not ours.
    const { Struct } = createRequire(require.resolve("@pulumi/pulumi"))("google-protobuf/google/protobuf/struct_pb.js");
    const request = new ResourceInvokeRequest();
    request.setTok(token);
    request.setArgs(Struct.fromJavaScript(args));
    request.setAcceptresources(false);
    const monitor = pulumi.runtime.getMonitor();
    const answer = await new Promise<proto.ResourceInvokeResponse>((resolve, reject) => {
        monitor?.invoke(request, (error, response) => (error ? reject(error) : resolve(response)));
    });
    return answer.getReturn()?.toJavaScript() as { outputs: object };
}
