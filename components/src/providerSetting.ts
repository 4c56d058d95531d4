// A setting of a vendor's provider, for the few calls to the vendor that its provider doesn't offer.
import * as pulumi from "@pulumi/pulumi";

/** The first of these values that isn't empty. For updates, where every value of a provider is known. */
export function firstKnown(...values: pulumi.Input<string | undefined>[]): Promise<string | undefined> {
    return new Promise((resolve) => {
        pulumi.all(values).apply((known) => resolve(known.find(Boolean)));
    });
}
