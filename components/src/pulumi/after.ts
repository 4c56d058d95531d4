// The order of steps, where one of them may fail.
import * as pulumi from "@pulumi/pulumi";
import { asksNobody } from "./afterCheck";
import { failProgram, oncePerProgram } from "./program";
import { UserError } from "./userError";

/**
 * What to depend on, as the option `dependsOn` takes it. Where one of the resources fails in an update with
 * `--continue-on-error`, what depends on it is left out. The SDK would throw an exception for each output of the one and
 * each resource that is left out; here the engine's own error stands, and one sentence beside it.
 *
 * @param subject What isn't finished then, such as a hostname.
 */
export function after(subject: string, ...resources: pulumi.Resource[]): pulumi.Output<pulumi.Resource[]> {
    for (const resource of resources) {
        leaveFailureToEngine(resource);
    }
    const made = pulumi.all(resources.map(({ urn }) => urn)).apply(() => resources) as pulumi.Output<pulumi.Resource[]>;
    return pulumi.recover(made, (): pulumi.Resource[] => {
        failProgram();
        throw oncePerProgram(
            `left out of ${subject}`,
            () => new UserError(`${subject}: the steps after the one that failed were left out.`),
        );
    });
}

/** Where the resource fails, its outputs that nobody takes are no errors of the program. */
export function leaveFailureToEngine(resource: pulumi.Resource): void {
    if (asksNobody()) {
        return;
    }
    for (const output of Object.values(resource).filter((field) => pulumi.Output.isInstance(field))) {
        pulumi.recover(output, () => undefined);
    }
}
