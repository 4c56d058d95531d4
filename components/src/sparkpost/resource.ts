// What all of SparkPost's resources are: dynamic resources of one kind, whose inputs are those that the handler of that
// kind takes in the runtime.
import * as pulumi from "@pulumi/pulumi";
import { shortenStackTraces } from "../pulumi/stackTraces";
import { providers } from "./provider";
import type { InputsOf, Kind, OutputsOf } from "./runtime";

/** The inputs of a kind as a program gives them; the engine adds the shim. */
type Declared<Inputs> = { [Field in Exclude<keyof Inputs, "__provider">]: pulumi.Input<Inputs[Field]> };
/** What a handler gives beside its inputs. */
type OnlyOutput<K extends Kind> = Exclude<keyof OutputsOf<K>, keyof InputsOf<K>> & string;

/** A resource of one kind, which is its type's name too. */
export abstract class SparkPostResource<K extends Kind> extends pulumi.dynamic.Resource {
    /**
     * @param outputs All that the handler gives beside the inputs, by name: only what is named here becomes a field.
     */
    constructor(
        kind: K,
        name: string,
        inputs: Declared<InputsOf<K>>,
        outputs: Record<OnlyOutput<K>, undefined>,
        opts: pulumi.CustomResourceOptions | undefined,
    ) {
        const restore = shortenStackTraces();
        try {
            super(providers[kind], name, { ...inputs, ...outputs }, opts, "sparkpost", kind);
        } finally {
            restore();
        }
    }
}

/**
 * An output that is an input of the same name too: known once SparkPost was asked. Without that, a resource which an update
 * leaves out (`--target`, `--exclude`) would give what the program wishes.
 *
 * @param seen An output that only the handler gives.
 */
export function onceSeen<Value>(value: pulumi.Output<Value>, seen: pulumi.Output<unknown>): pulumi.Output<Value> {
    return pulumi.all([value, seen]).apply(([known]) => known as Value);
}
