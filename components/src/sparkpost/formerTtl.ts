// The memory of how long resolvers keep what a host's record said before.
import type * as pulumi from "@pulumi/pulumi";
import { SparkPostResource } from "./resource";

/** What a {@link FormerTtl} is made of. */
export interface FormerTtlArgs {
    /** The host whose record it is. */
    domain: string;
    /**
     * Seconds for which resolvers keep an answer that this update is about to change. `undefined`: it changes none, and
     * what an earlier one has found stays known.
     */
    ttl: pulumi.Input<number | undefined>;
}

/**
 * Remembers, in the state, for how many seconds resolvers keep an answer of a host's DNS record that this stack changes.
 * What changes the record must depend on it. It asks nobody anything.
 */
export class FormerTtl extends SparkPostResource<"FormerTtl"> {
    /**
     * Seconds, from the change of the record on; `undefined` where no such answer was ever found. More than the `ttl` found
     * last where an earlier answer is kept for longer.
     */
    declare readonly keptFor: pulumi.Output<number | undefined>;

    constructor(name: string, { domain, ttl }: FormerTtlArgs, opts: pulumi.CustomResourceOptions) {
        super("FormerTtl", name, { domain, ttl }, { keptFor: undefined, foundAt: undefined }, opts);
    }
}
