// The link from a sending domain to the tracking domain that its mail's links go through.
import * as pulumi from "@pulumi/pulumi";
import { checkSendingDomain } from "../hostname";
import type { Problem } from "../pulumi/problems";
import { claimOnce } from "../pulumi/program";
import { UserError } from "../pulumi/userError";
import { type ApiAccount, describeScope, scopeOf } from "./account";
import { commonInputs, type SparkPostArgs } from "./arguments";
import { onceSeen, SparkPostResource } from "./resource";

/** What a {@link DomainLink} is made of. */
export interface DomainLinkArgs extends SparkPostArgs {
    /** The sending domain, such as `example.com`; of the same account and subaccount as the tracking domain. */
    sendingDomain: pulumi.Input<string>;
    /**
     * On delete, links the sending domain again to what it was linked to before the first `up`, if ours is still the
     * link.
     *
     * @default false: delete unlinks it, and its mail uses the default tracking domain
     */
    restorePrevious?: boolean;
    /**
     * While true the link isn't touched: for a first `up` after which a person has to do something before the tracking
     * domain can be verified. The `up` that finds it false links. Once that has happened, true takes nothing back; it
     * only puts off another tracking domain.
     *
     * @default false
     */
    hold?: pulumi.Input<boolean>;
}

/**
 * Links a sending domain to a tracking domain: mail from it has its links go through that one, whatever the default is.
 * A sending domain has one link; another tracking domain is an update of it.
 *
 * Source: SparkPost's sending domains API (`PUT /sending-domains/{domain}`). The API key needs the grants
 * `sending_domains/view` and `sending_domains/manage`. Errors name the call, the status and the remedy.
 */
export class DomainLink extends SparkPostResource<"DomainLink"> {
    declare readonly sendingDomain: pulumi.Output<string>;
    /** The tracking domain; another one, or an empty text, after a refresh that found it so. Known only once that is so. */
    declare readonly domain: pulumi.Output<string>;
    /** The tracking domain that this stack linked last; none while held. */
    declare readonly ours: pulumi.Output<string | undefined>;
    /** The link before the first `up`, if it was another one. */
    declare readonly previous: pulumi.Output<string | undefined>;
    /** Set while nothing was done yet. */
    declare readonly hold: pulumi.Output<boolean | undefined>;

    constructor(name: string, args: DomainLinkArgs, opts?: pulumi.CustomResourceOptions) {
        const { sendingDomain, problems } = sendingDomainInput(args.sendingDomain);
        const inputs = commonInputs(`DomainLink ${name}`, args, problems);
        claimSendingDomain(name, sendingDomain, inputs.account);
        super(
            "DomainLink",
            name,
            { ...inputs, sendingDomain, restorePrevious: args.restorePrevious ?? false, hold: args.hold },
            { ours: undefined, previous: undefined, adopted: undefined },
            opts,
        );
        this.domain = onceSeen(this.domain, this.ours);
    }
}

/** The name in the form we keep, and what is wrong with it; one that is an output is checked when it is known. */
function sendingDomainInput(given: pulumi.Input<string>): { sendingDomain: pulumi.Input<string>; problems: Problem[] } {
    if (pulumi.Output.isInstance(given) || given instanceof Promise) {
        return { sendingDomain: given, problems: [] };
    }
    const { name, mistake } = checkSendingDomain(given);
    const problems = mistake ? [{ field: "sendingDomain", value: given, message: mistake }] : [];
    return { sendingDomain: name, problems };
}

/** Two links of one sending domain would take it from each other at every `up`, without an error from SparkPost. */
function claimSendingDomain(name: string, sendingDomain: pulumi.Input<string>, account: ApiAccount): void {
    if (typeof sendingDomain !== "string") {
        return;
    }
    const owner = claimOnce(`link of ${sendingDomain} of ${scopeOf(account)}`, name);
    if (owner !== undefined) {
        throw new UserError(
            `DomainLink ${name}: ${owner} already links ${sendingDomain} of ${describeScope(account)}. A sending domain can have only one link.\n` +
                "Name each sending domain at one tracking domain only.",
            "two-owners",
        );
    }
}
