// Names of configuration keys that hold an API key, as in `account.apiKeyConfig`, `cloudflare.apiTokenConfig` and
// `fastly.apiKeyConfig`. The key itself is never an argument.
import * as pulumi from "@pulumi/pulumi";
import { isMocked } from "./afterCheck";
import { checkFastlyPackage } from "./installed";
import { oncePerProgram } from "./program";
import { UserError } from "./userError";

/** The name with its namespace, which is the project's by default. */
function fullName(name: string): string {
    return name.includes(":") ? name : `${pulumi.getProject()}:${name}`;
}

/** Refuses a key in plain configuration, because the engine writes that into the state as it is. */
export function refusePlainKey(name: string, vendor: "SparkPost" | "Cloudflare" | "Fastly"): void {
    const full = fullName(name);
    // The SDK's code exports it, but not its types. Without it a secret can't be told from plain text.
    const { allConfig, isConfigSecret } = pulumi.runtime as typeof pulumi.runtime & {
        isConfigSecret?(key: string): boolean;
    };
    if (allConfig()[full] !== undefined && isConfigSecret?.(full) === false) {
        throw new UserError(
            `The configuration key ${full} holds an API key in plain text. Pulumi writes plain configuration into the state.\n` +
                `Make it a secret: pulumi config set --secret ${full}\nIf it was ever committed or deployed in plain text, replace the key in ${vendor}'s UI too.`,
            "key-in-plain-text",
        );
    }
}

/** Keys of a vendor by the names of configuration keys. */
export interface VendorKeys {
    cloudflare?: string;
    fastly?: string;
}

/** Throws if such a key isn't in the configuration, or is in plain text there. */
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
        // A key from the environment could be another account's.
        throw new UserError(
            `The configuration key ${fullName(name)} isn't set. It must hold an API key of ${vendor}.\nSet it: pulumi config set --secret ${fullName(name)}`,
            "key-missing",
        );
    }
}

/**
 * The options of a component whose children use these keys. They hold a provider for each key, one per program, named like
 * the key. The provider is directly below the stack, so that it stays the same for all hosts.
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
        // Loaded here, because most programs use the default providers.
        if (vendor === "fastly") {
            checkFastlyPackage();
            const { Provider } = require("@pulumi/fastly/provider") as typeof import("@pulumi/fastly/provider");
            return new Provider(full, { apiKey: secret, baseUrl });
        }
        const { Provider } = require("@pulumi/cloudflare/provider") as typeof import("@pulumi/cloudflare/provider");
        return new Provider(full, { apiToken: secret, baseUrl });
    });
}
