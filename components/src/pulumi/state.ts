// What the state of the running stack holds, which a program isn't told otherwise.
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import type * as proto from "@pulumi/pulumi/proto/resource_pb";
import { oncePerProgram } from "./program";

/** A resource as the state has it; what is secret stands as the engine's envelope of it. */
export interface ResourceInState {
    urn: string;
    type: string;
    outputs: Record<string, unknown>;
}

/**
 * The resources that the stack has when this is first asked, without those that are to be deleted, read once a program;
 * `undefined` where the engine can't tell. It is the engine's own function for the resources of a stack, which takes the
 * names that StackReference takes.
 *
 * @param component Of this program: once it is registered there is a state to be read.
 */
export async function resourcesInState(component: pulumi.Resource): Promise<ResourceInState[] | undefined> {
    // Each waits for its own component: that of another may wait for this one.
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
 * A function of the engine. The SDK's `invoke` would make resources of this program out of references to resources in the
 * answer, and fail with those that it doesn't know.
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
