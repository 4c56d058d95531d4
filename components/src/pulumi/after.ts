// The order of steps, where one of them may fail.
import * as pulumi from "@pulumi/pulumi";
import { asksNobody } from "./afterCheck";
import { failProgram, oncePerProgram } from "./program";
import { UserError } from "./userError";

/**
 * What to depend on, as the option `dependsOn` takes it. Where one of the resources fails in an update with
 * `--continue-on-error`, what depends on it is left out.
 *
 * @param subject What isn't finished then, such as a hostname.
 */
export function after(subject: string, ...resources: pulumi.Resource[]): pulumi.Input<pulumi.Resource[]> {
    if (asksNobody()) {
        return resources;
    }
    const made = resources.map((resource) => asStep(subject, resource).urn);
    return pulumi.all(made).apply(() => resources) as pulumi.Output<pulumi.Resource[]>;
}

/** Those that are steps already: many a step is one that several others come after. */
const steps = new WeakSet<pulumi.Resource>();

/**
 * A step that others come after. The SDK would throw an exception for each output of one that fails, and for each resource
 * that is left out; here the engine's own error stands, and one sentence beside it for all that takes an output.
 */
export function asStep<Step extends pulumi.Resource>(subject: string, resource: Step): Step {
    if (!asksNobody() && !steps.has(resource)) {
        steps.add(resource);
        const fields = resource as unknown as Record<string, unknown>;
        for (const [name, output] of Object.entries(fields).filter(([, field]) => pulumi.Output.isInstance(field))) {
            fields[name] = pulumi.recover(output as pulumi.Output<unknown>, (error) => leaveOut(subject, error));
            leaveFailureToEngine(fields[name] as pulumi.Output<unknown>);
        }
    }
    return resource;
}

/** A refusal of ours says itself why what comes after it is left out. */
function leaveOut(subject: string, error: unknown): never {
    failProgram();
    if (error instanceof UserError) {
        throw error;
    }
    throw oncePerProgram(
        `left out of ${subject}`,
        () => new UserError(`${subject}: the steps after the one that failed were left out.`, "step-failed"),
    );
}

/** An output that fails with its resource, and that nobody takes, is no error of the program. */
function leaveFailureToEngine(output: pulumi.Output<unknown>): void {
    pulumi.recover(output, () => undefined);
}
