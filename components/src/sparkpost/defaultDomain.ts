// The default tracking domain of an account or subaccount.
import type * as pulumi from "@pulumi/pulumi";
import { claimOnce, isClaimed } from "../pulumi/program";
import { UserError } from "../pulumi/userError";
import { type AccountArgs, type ApiAccount, describeScope, resolveAccount, scopeOf } from "./account";
import { commonInputs, type SparkPostArgs } from "./arguments";
import { onceSeen, SparkPostResource } from "./resource";

/** The arguments of a {@link DefaultDomain}. */
export interface DefaultDomainArgs extends SparkPostArgs {
    /**
     * On delete, gives the default back to the domain that had it before the first `up`, if this domain still has it.
     *
     * @default false: delete changes nothing
     */
    restorePrevious?: boolean;
    /**
     * While true, the default isn't touched. Use it for a first `up` that comes before a manual step. The first `up` with
     * false makes the domain the default. After that, true only postpones a change to another domain.
     *
     * @default false
     */
    hold?: pulumi.Input<boolean>;
}

/**
 * Makes a verified tracking domain the default of its scope: the account, or the subaccount if one is given. A scope has
 * one default, so a program can declare one such resource per scope. Another domain is an update of it.
 */
export class DefaultDomain extends SparkPostResource<"DefaultDomain"> {
    /** The default domain. After a refresh it may be another one, or an empty text for none. */
    declare readonly domain: pulumi.Output<string>;
    /** The domain that this stack last made the default. None while held. */
    declare readonly ours: pulumi.Output<string | undefined>;
    /** The default before the first `up`, if it was another one. */
    declare readonly previous: pulumi.Output<string | undefined>;
    /** Set while nothing was done yet. */
    declare readonly hold: pulumi.Output<boolean | undefined>;

    constructor(name: string, args: DefaultDomainArgs, opts?: pulumi.CustomResourceOptions) {
        const inputs = commonInputs(`DefaultDomain ${name}`, args);
        claimScope(name, inputs.account);
        super(
            "DefaultDomain",
            name,
            { ...inputs, restorePrevious: args.restorePrevious ?? false, hold: args.hold },
            { ours: undefined, previous: undefined, adopted: undefined },
            opts,
        );
        this.domain = onceSeen(this.domain, this.ours);
    }
}

/** Whether this program declares a default for the scope of this account. Ask only after the program has run. */
export function hasDefault(account: AccountArgs | undefined): boolean {
    return isClaimed(`default of ${scopeOf(resolveAccount(account).api)}`);
}

/** Two defaults of one scope would replace each other at every `up`, without an error from SparkPost. */
function claimScope(name: string, account: ApiAccount): void {
    const owner = claimOnce(`default of ${scopeOf(account)}`, name);
    if (owner !== undefined) {
        throw new UserError(
            `DefaultDomain ${name}: ${owner} is already the default of ${describeScope(account)}. A scope can have only one.\n` +
                "Keep `default: true` on one domain of each account and subaccount.",
            "two-owners",
        );
    }
}
