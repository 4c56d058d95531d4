// The order of steps, and the outputs of a component, if one of the steps fails.
import * as pulumi from "@pulumi/pulumi";
import { asksNobody } from "./afterCheck";
import { failProgram, oncePerProgram } from "./program";
import { UserError } from "./userError";

/**
 * The value for the option `dependsOn`. If one of the resources fails in an update with `--continue-on-error`, everything
 * that depends on it is left out.
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

/** The resources that are already steps: several others may come after one step. */
const steps = new WeakSet<pulumi.Resource>();

/**
 * A step that others come after. If it fails, the SDK would throw an exception for each of its outputs, and for each
 * resource that is left out. This leaves the engine's own error, and one sentence for all that takes an output.
 */
export function asStep<Step extends pulumi.Resource>(subject: string, resource: Step): Step {
    if (!asksNobody() && !steps.has(resource)) {
        steps.add(resource);
        const fields = resource as unknown as Record<string, unknown>;
        for (const [name, output] of Object.entries(fields).filter(([, field]) => pulumi.Output.isInstance(field))) {
            fields[name] = pulumi.recover(output as pulumi.Output<unknown>, (error) => leaveOut(subject, error));
            // A failed output that nothing takes isn't an error of the program: the engine reports it.
            pulumi.recover(fields[name] as pulumi.Output<unknown>, () => undefined);
        }
    }
    return resource;
}

/** Our refusals say themselves why the later steps are left out. */
function leaveOut(subject: string, error: unknown): never {
    failProgram();
    if (error instanceof UserError) {
        throw error;
    }
    throw oncePerProgram(
        `left out of ${subject}`,
        () => new UserError(`${subject}: a step failed, so the steps after it were left out.`, "step-failed"),
    );
}

/**
 * The value as an output of a component, or `absent` if an update ends without it: its resource failed, or was left out
 * (`--target`, `--exclude`, `--continue-on-error`). So it causes no error, other components keep their outputs, and the
 * engine's placeholder for an unknown value reaches no output of the stack. In a preview an unknown value stays unknown.
 *
 * What takes the output depends on the whole component, so nothing is made or changed with the value missing.
 */
export function seenOr<Value>(
    value: pulumi.Output<Value>,
    absent: NoInfer<Value>,
    component: pulumi.Resource,
): pulumi.Output<Value> {
    const instead = () => {
        failProgram();
        return component.urn.apply(() => absent) as pulumi.Output<Value>;
    };
    const recovered = pulumi.recover(value, instead);
    if (asksNobody()) {
        return recovered;
    }
    // The second parameter, which the SDK's types don't have: also call this with unknown values.
    const apply = recovered.apply as unknown as (
        look: (known: Value) => Value,
        runWithUnknowns: boolean,
    ) => pulumi.Output<Value>;
    return apply.call(recovered, (known) => (pulumi.containsUnknowns(known) ? absent : known), true);
}
