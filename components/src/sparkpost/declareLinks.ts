// The links from sending domains to one tracking domain, as its arguments name them.
import type * as pulumi from "@pulumi/pulumi";
import { checkSendingDomain } from "../hostname";
import type { Problem } from "../pulumi/problems";
import { type Transform, transformed } from "../pulumi/transform";
import type { SparkPostArgs } from "./arguments";
import { DomainLink, type DomainLinkArgs } from "./domainLink";

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
