// Lets a user adjust what a component declares, without an argument of its own for each of its children's.
import type * as pulumi from "@pulumi/pulumi";

/** Arguments that override those of a child, or a function that changes the child's arguments and options in place. */
export type Transform<Args> = Partial<Args> | ((args: Args, opts: pulumi.CustomResourceOptions, name: string) => void);

/** A child's arguments and options after the user's transform. */
export function transformed<Args extends object>(
    transform: Transform<Args> | undefined,
    name: string,
    args: Args,
    opts: pulumi.CustomResourceOptions,
): [name: string, args: Args, opts: pulumi.CustomResourceOptions] {
    if (typeof transform !== "function") {
        return [name, { ...args, ...transform }, opts];
    }
    const [changedArgs, changedOpts] = [{ ...args }, { ...opts }];
    transform(changedArgs, changedOpts, name);
    return [name, changedArgs, changedOpts];
}
