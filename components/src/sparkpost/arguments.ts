// What the constructors of all SparkPost resources do with their arguments: refuse what is wrong, at once, and bring
// the rest into the form the runtime takes.
import * as pulumi from "@pulumi/pulumi";
import { checkHostname } from "../hostname";
import { below, type Problem } from "../pulumi/problems";
import { refuse, UserError } from "../pulumi/userError";
import { type AccountArgs, type ApiAccount, accountProblems, defaultApiKeyConfig, resolveAccount } from "./account";

/** Arguments that every SparkPost resource takes. */
export interface SparkPostArgs {
    /**
     * The tracking domain, such as `track.example.com`: a subdomain, lower-cased by us, punycode for international
     * names.
     */
    domain: pulumi.Input<string>;
    /** The SparkPost account. Default: the US service's primary account. */
    account?: AccountArgs;
}

/** The inputs that the runtime gets; refuses what is wrong with them, and the resource's own problems. A domain that is an output is checked when it is known, by the provider. */
export function commonInputs(
    resource: string,
    { domain, account }: SparkPostArgs,
    ownProblems: Problem[] = [],
): { domain: pulumi.Input<string>; account: ApiAccount } {
    const problems: Problem[] = below("account", accountProblems(account));
    let normalised = domain;
    if (!pulumi.Output.isInstance(domain) && !(domain instanceof Promise)) {
        const { hostname, mistakes } = checkHostname(domain);
        problems.push(...mistakes.map((message) => ({ field: "domain", value: domain, message })));
        normalised = hostname;
    }
    refuse(resource, [...problems, ...ownProblems]);
    const { api } = resolveAccount(account);
    refusePlainKey(api);
    return { domain: normalised, account: api };
}

/** The engine writes plain configuration into the state as it is: a key there would lie open. */
export function refusePlainKey({ apiKeyConfig = defaultApiKeyConfig }: ApiAccount): void {
    const name = apiKeyConfig.includes(":") ? apiKeyConfig : `${pulumi.getProject()}:${apiKeyConfig}`;
    // Exported by the SDK's code, though not by its types; without it nobody can tell a secret from plain text.
    const { allConfig, isConfigSecret } = pulumi.runtime as typeof pulumi.runtime & {
        isConfigSecret?(key: string): boolean;
    };
    if (allConfig()[name] !== undefined && isConfigSecret?.(name) === false) {
        throw new UserError(
            `The configuration key ${name} holds an API key in plain text, and Pulumi writes plain configuration into the state.\n` +
                `Make it a secret: pulumi config set --secret ${name}\nIf it was ever committed or deployed like that, replace the key in SparkPost's UI too.`,
        );
    }
}
