// Outputs that stay true after an update that failed here or left resources out.
import * as pulumi from "@pulumi/pulumi";
import { asksNobody } from "./afterCheck";
import { failProgram } from "./program";

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
