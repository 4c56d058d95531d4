// A setting of a vendor's provider, for the few calls that the provider doesn't offer.
import * as pulumi from "@pulumi/pulumi";

/** The first value that isn't empty. For updates, where all values of a provider are known. */
export function firstKnown(...values: pulumi.Input<string | undefined>[]): Promise<string | undefined> {
    return new Promise((resolve) => {
        pulumi.all(values).apply((known) => resolve(known.find(Boolean)));
    });
}

/**
 * Settings of the provider of a component's children, each by its name and its environment variable: from the provider, else
 * from the configuration, else from the environment. For updates.
 */
export async function providerSettings<Name extends string>(
    component: pulumi.Resource,
    vendor: string,
    variables: Record<Name, string>,
): Promise<Record<Name, string | undefined>> {
    // Any type of the vendor does: only its package counts.
    const provider = component.getProvider(`${vendor}:index:Provider`) as Partial<Record<Name, pulumi.Output<string>>>;
    const config = new pulumi.Config(vendor);
    const settings = Object.entries<string>(variables).map(async ([name, variable]) => [
        name,
        await firstKnown(provider?.[name as Name], config.getSecret(name), process.env[variable]),
    ]);
    return Object.fromEntries(await Promise.all(settings));
}
