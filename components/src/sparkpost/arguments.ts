// What all SparkPost resources do with their arguments: refuse mistakes at once, and turn the rest into the runtime's
// inputs.
import * as pulumi from "@pulumi/pulumi";
import { checkHostname } from "../hostname";
import { refusePlainKey } from "../pulumi/configKey";
import { below, type Problem } from "../pulumi/problems";
import { refuse } from "../pulumi/userError";
import { type AccountArgs, type ApiAccount, accountProblems, defaultApiKeyConfig, resolveAccount } from "./account";

/** Arguments that every SparkPost resource takes. */
export interface SparkPostArgs {
    /**
     * The tracking domain: a subdomain of your own domain. It is kept in lower case and punycode.
     *
     * @example "track.example.com"
     */
    domain: pulumi.Input<string>;
    /**
     * The SparkPost account.
     *
     * @default the US service's primary account
     */
    account?: AccountArgs;
}

/** The runtime's inputs. Throws for all mistakes, also for `ownProblems`. The provider checks a domain that is an output. */
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
