// A setting of a vendor's provider, for the few calls to the vendor that its provider doesn't offer.
import * as pulumi from "@pulumi/pulumi";

/** The first of these values that isn't empty. For updates, where every value of a provider is known. */
export function firstKnown(...values: pulumi.Input<string | undefined>[]): Promise<string | undefined> {
    return new Promise((resolve) => {
        pulumi.all(values).apply((known) => resolve(known.find(Boolean)));
    });
}

/**
 * Settings of the provider that a component's children get, each by its name there and its environment variable: the
 * provider's own, else the configuration's, else the environment's. For updates.
 */
export async function providerSettings<Name extends string>(
    component: pulumi.Resource,
    vendor: string,
    variables: Record<Name, string>,
): Promise<Record<Name, string | undefined>> {
    // By any type of the vendor's: only its package counts.
    const provider = component.getProvider(`${vendor}:index:Provider`) as Partial<Record<Name, pulumi.Output<string>>>;
    const config = new pulumi.Config(vendor);
    const settings = Object.entries<string>(variables).map(async ([name, variable]) => [
        name,
        await firstKnown(provider?.[name as Name], config.getSecret(name), process.env[variable]),
    ]);
    return Object.fromEntries(await Promise.all(settings));
}
