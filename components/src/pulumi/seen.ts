// Outputs that tell people what is, also after an update that failed here or left resources out.
import * as pulumi from "@pulumi/pulumi";
import { asksNobody } from "./afterCheck";
import { failProgram } from "./program";

/**
 * The value as an output of a component, or `absent` where an update ends without knowing it: the resource that gives it
 * failed, or was left out (`--target`, `--exclude`, `--continue-on-error`). So no error leaves the program for its sake,
 * other components' outputs are kept, and the engine's placeholder for an unknown value reaches no output of the stack.
 * A preview leaves unknown what isn't known.
 *
 * What takes the output depends on the whole component then, and so isn't made or changed with the value missing.
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
    // The SDK's types leave the second parameter out: to be called with what isn't known, too.
    const apply = recovered.apply as unknown as (
        look: (known: Value) => Value,
        runWithUnknowns: boolean,
    ) => pulumi.Output<Value>;
    return apply.call(recovered, (known) => (pulumi.containsUnknowns(known) ? absent : known), true);
}
