// The base class of all SparkPost resources. Each is a dynamic resource of one kind, with the inputs of that kind's handler
// in the runtime.
import * as pulumi from "@pulumi/pulumi";
import { checkOwnPackage } from "../pulumi/installed";
import { firstKnown } from "../pulumi/providerSetting";
import { shortenStackTraces } from "../pulumi/stackTraces";
import { providers } from "./provider";
import type { InputsOf, Kind, OutputsOf } from "./runtime";

/** The inputs of a kind as a program gives them. */
type Declared<Inputs> = { [Field in Exclude<keyof Inputs, "__provider" | "ownUrn">]: pulumi.Input<Inputs[Field]> };
/** What a handler gives beside its inputs. */
type OnlyOutput<K extends Kind> = Exclude<keyof OutputsOf<K>, keyof InputsOf<K>> & string;

/** A resource of one kind, which is its type's name too. */
export abstract class SparkPostResource<K extends Kind> extends pulumi.dynamic.Resource {
    /**
     * @param outputs The names of all outputs that aren't inputs. Only these become fields.
     */
    constructor(
        kind: K,
        name: string,
        inputs: Declared<InputsOf<K>>,
        outputs: Record<OnlyOutput<K>, undefined>,
        opts: pulumi.CustomResourceOptions | undefined,
    ) {
        checkOwnPackage();
        const restore = shortenStackTraces();
        try {
            const own = waiting.includes(kind) && { ownUrn: urnOf(kind, name, opts?.parent) };
            // Without a module: the longest type decides where the column of messages begins in Pulumi's tree.
            super(providers[kind], name, { ...inputs, ...own, ...outputs }, opts, undefined, kind);
        } finally {
            restore();
        }
    }
}

/** Kinds that wait for SparkPost, and show their progress on their own row. */
const waiting: readonly Kind[] = ["Verification", "Certificate", "Eligibility"];

/** The type that Pulumi gives a resource of a kind. */
export function typeOf(kind: Kind): string {
    return `pulumi-nodejs:dynamic:${kind}`;
}

/**
 * The URN that a resource is going to have. The parent's is taken as a promise: the output waits for the parent's children
 * too, of which this is one.
 */
function urnOf(kind: Kind, name: string, parent: pulumi.Resource | undefined): pulumi.Output<string> {
    return pulumi.createUrn(name, typeOf(kind), parent && (firstKnown(parent.urn) as Promise<string>));
}

/**
 * An output with the same name as an input, known only once SparkPost was asked. Otherwise a resource that an update skips
 * (`--target`, `--exclude`) would show what the program asks for.
 *
 * @param seen An output that only the handler gives.
 */
export function onceSeen<Value>(value: pulumi.Output<Value>, seen: pulumi.Output<unknown>): pulumi.Output<Value> {
    return pulumi.all([value, seen]).apply(([known]) => known as Value);
}
