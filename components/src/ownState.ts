// What the state of the running stack holds, which a program isn't told otherwise.
import * as pulumi from "@pulumi/pulumi";
import { oncePerProgram } from "./program";

/** A resource as the state has it. */
export interface ResourceInState {
    type: string;
    outputs: Record<string, unknown>;
}

/**
 * The resources that the stack had before this update, read once a program; `undefined` where the engine can't tell. It
 * is the engine's own function for resources of stacks, which takes the names that StackReference takes.
 */
export function resourcesInState(): Promise<ResourceInState[] | undefined> {
    return oncePerProgram("resources in state", read);
}

async function read(): Promise<ResourceInState[] | undefined> {
    // Then a new stack has no file yet, which the engine doesn't expect.
    if (process.env.PULUMI_SKIP_CHECKPOINTS) {
        return undefined;
    }
    try {
        const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
        const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
        return Object.values(outputs as Record<string, ResourceInState>);
    } catch {
        return undefined;
    }
}
