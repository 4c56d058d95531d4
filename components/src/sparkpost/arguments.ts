// What the constructors of all SparkPost resources do with their arguments: refuse what is wrong, at once, and bring
// the rest into the form the runtime takes.
import * as pulumi from "@pulumi/pulumi";
import { checkHostname } from "../hostname";
import { refusePlainKey } from "../pulumi/configKey";
import { below, type Problem } from "../pulumi/problems";
import { refuse } from "../pulumi/userError";
import { type AccountArgs, type ApiAccount, accountProblems, defaultApiKeyConfig, resolveAccount } from "./account";

/** Arguments that every SparkPost resource takes. */
export interface SparkPostArgs {
    /**
     * The tracking domain, such as `track.example.com`: a subdomain, lower-cased by us, punycode for international
     * names.
     */
    domain: pulumi.Input<string>;
    /**
     * The SparkPost account.
     *
     * @default the US service's primary account
     */
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
    refusePlainKey(api.apiKeyConfig ?? defaultApiKeyConfig, "SparkPost");
    return { domain: normalised, account: api };
}
