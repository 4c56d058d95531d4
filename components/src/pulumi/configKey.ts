// Names of configuration keys that hold an API key: what a user writes into `account.apiKeyConfig`,
// `cloudflare.apiTokenConfig` and `fastly.apiKeyConfig`. The key itself is never an argument.
import * as pulumi from "@pulumi/pulumi";
import { isMocked } from "./afterCheck";
import { checkFastlyPackage } from "./installed";
import { oncePerProgram } from "./program";
import { UserError } from "./userError";

/** The name with its namespace, which is the project's unless it says another. */
function fullName(name: string): string {
    return name.includes(":") ? name : `${pulumi.getProject()}:${name}`;
}

/** The engine writes plain configuration into the state as it is: a key there would lie open. */
export function refusePlainKey(name: string, vendor: "SparkPost" | "Cloudflare" | "Fastly"): void {
    const full = fullName(name);
    // Exported by the SDK's code, though not by its types; without it nobody can tell a secret from plain text.
    const { allConfig, isConfigSecret } = pulumi.runtime as typeof pulumi.runtime & {
        isConfigSecret?(key: string): boolean;
    };
    if (allConfig()[full] !== undefined && isConfigSecret?.(full) === false) {
        throw new UserError(
            `The configuration key ${full} holds an API key in plain text, and Pulumi writes plain configuration into the state.\n` +
                `Make it a secret: pulumi config set --secret ${full}\nIf it was ever committed or deployed like that, replace the key in ${vendor}'s UI too.`,
            "key-in-plain-text",
        );
    }
}

/** Keys of a vendor by the names of configuration keys. */
export interface VendorKeys {
    cloudflare?: string;
    fastly?: string;
}

/** Throws where such a key isn't in the configuration, or lies open there. */
export function checkVendorKeys({ cloudflare, fastly }: VendorKeys): void {
    checkVendorKey(cloudflare, "Cloudflare");
    checkVendorKey(fastly, "Fastly");
}

function checkVendorKey(name: string | undefined, vendor: "Cloudflare" | "Fastly"): void {
    if (name === undefined) {
        return;
    }
    refusePlainKey(name, vendor);
    if (pulumi.runtime.allConfig()[fullName(name)] === undefined && !isMocked()) {
        // Another key, of the environment, would be another account's.
        throw new UserError(
            `The configuration has no key ${fullName(name)}, which an API key of ${vendor} is to be taken from.\nSet it: pulumi config set --secret ${fullName(name)}`,
            "key-missing",
        );
    }
}

/**
 * The options of a component whose children are made with these keys: with a provider of each, one a key and program, named
 * like the key. It is a resource of its own below the stack, so that it stays the same one whichever host asks for it.
 */
export function withVendorKeys(
    opts: pulumi.ComponentResourceOptions,
    keys: VendorKeys,
): pulumi.ComponentResourceOptions {
    checkVendorKeys(keys);
    const providers = Object.entries(keys)
        .filter((entry): entry is [keyof VendorKeys, string] => entry[1] !== undefined)
        .map(([vendor, name]) => [vendor, providerOf(vendor, fullName(name))]);
    return providers.length > 0 ? pulumi.mergeOptions(opts, { providers: Object.fromEntries(providers) }) : opts;
}

function providerOf(vendor: keyof VendorKeys, full: string): pulumi.ProviderResource {
    return oncePerProgram(`provider ${vendor} ${full}`, () => {
        const [namespace = "", key = ""] = full.split(":");
        const secret = new pulumi.Config(namespace).getSecret(key);
        const baseUrl = new pulumi.Config(vendor).get("baseUrl");
        // Loaded here: most programs take the default providers.
        if (vendor === "fastly") {
            checkFastlyPackage();
            const { Provider } = require("@pulumi/fastly/provider") as typeof import("@pulumi/fastly/provider");
            return new Provider(full, { apiKey: secret, baseUrl });
        }
        const { Provider } = require("@pulumi/cloudflare/provider") as typeof import("@pulumi/cloudflare/provider");
        return new Provider(full, { apiToken: secret, baseUrl });
    });
}
