// The link from a sending domain to the tracking domain that its mail's links go through.
import * as pulumi from "@pulumi/pulumi";
import { checkSendingDomain } from "../hostname";
import type { Problem } from "../pulumi/problems";
import { claimOnce } from "../pulumi/program";
import { type Transform, transformed } from "../pulumi/transform";
import { UserError } from "../pulumi/userError";
import { type ApiAccount, describeScope, scopeOf } from "./account";
import { commonInputs, type SparkPostArgs } from "./arguments";
import { onceSeen, SparkPostResource } from "./resource";

/** The arguments of a {@link DomainLink}. */
export interface DomainLinkArgs extends SparkPostArgs {
    /** The sending domain, such as `example.com`. It must have the tracking domain's account and subaccount. */
    sendingDomain: pulumi.Input<string>;
    /**
     * On delete, restores the link from before the first `up`, if this stack's link is still there.
     *
     * @default false: delete unlinks the sending domain, and its mail uses the default tracking domain
     */
    restorePrevious?: boolean;
    /**
     * While true, the link isn't touched. Use it for a first `up` that comes before a manual step. The first `up` with false
     * makes the link. After that, true only postpones a change to another tracking domain.
     *
     * @default false
     */
    hold?: pulumi.Input<boolean>;
}

/**
 * Links a sending domain to a tracking domain. Its mail then uses that tracking domain instead of the default. A sending
 * domain has one link, and another tracking domain is an update of it.
 *
 * Source: SparkPost's sending domains API (`PUT /sending-domains/{domain}`). The API key needs the grants
 * `sending_domains/view` and `sending_domains/manage`. Errors name the call, the status and the remedy.
 */
export class DomainLink extends SparkPostResource<"DomainLink"> {
    declare readonly sendingDomain: pulumi.Output<string>;
    /** The linked tracking domain. After a refresh it may be another one, or an empty text for none. */
    declare readonly domain: pulumi.Output<string>;
    /** The tracking domain that this stack last linked. None while held. */
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

/** One link for each sending domain, named `<name>-<sending domain>`. The names must have no problems. */
export function declareLinks(
    name: string,
    sendingDomains: readonly string[],
    args: SparkPostArgs & Pick<DomainLinkArgs, "hold">,
    transform: Transform<DomainLinkArgs> | undefined,
    opts: pulumi.CustomResourceOptions,
): DomainLink[] {
    return sendingDomains.map((given) => {
        const sendingDomain = checkSendingDomain(given).name;
        return new DomainLink(
            ...transformed<DomainLinkArgs>(transform, `${name}-${sendingDomain}`, { ...args, sendingDomain }, opts),
        );
    });
}

/** The mistakes in a list of sending domains: wrong names, and names given twice. */
export function sendingDomainsProblems(sendingDomains: readonly string[] = []): Problem[] {
    const names = sendingDomains.map((given) => checkSendingDomain(given));
    return names.flatMap(({ name, mistake }, index) => {
        const earlier = names.findIndex((other) => other.name === name);
        const message =
            mistake ?? (earlier < index ? `sendingDomains[${earlier}] is the same; remove one of the two` : undefined);
        return message === undefined
            ? []
            : [{ field: `sendingDomains[${index}]`, value: sendingDomains[index], message }];
    });
}

/** The name in lower case and punycode, and its mistakes. The provider checks a name that is an output. */
function sendingDomainInput(given: pulumi.Input<string>): { sendingDomain: pulumi.Input<string>; problems: Problem[] } {
    if (pulumi.Output.isInstance(given) || given instanceof Promise) {
        return { sendingDomain: given, problems: [] };
    }
    const { name, mistake } = checkSendingDomain(given);
    const problems = mistake ? [{ field: "sendingDomain", value: given, message: mistake }] : [];
    return { sendingDomain: name, problems };
}

/** Two links of one sending domain would replace each other at every `up`, without an error from SparkPost. */
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
