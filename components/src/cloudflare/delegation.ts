// What a person must do to delegate a zone to Cloudflare. Pure.
import { compareCommand } from "../commands";
import { registrableDomain } from "../hostname";

/**
 * The steps to an active zone, in order. A zone that the API made is empty. Delegating it without all public records takes mail
 * and website down, so comparing comes first. An old DS record makes every answer of the new name servers invalid, so it is
 * removed before the delegation.
 *
 * @param nameServers Cloudflare's name servers for this zone; `undefined` if they aren't assigned yet.
 */
export function delegationSteps(zone: string, nameServers: readonly string[] | undefined): string[] {
    return [
        `Copy every record of ${zone} into its zone at Cloudflare, which is empty unless somebody filled it.`,
        `Run \`${compareCommand(zone)}\` until both sides answer the same.`,
        `Remove the old DS record ${delegationPlace(zone)}, and wait out its TTL (mostly a day).`,
        ...delegationOrders(zone, nameServers ?? []),
        "Run `pulumi up` again when Cloudflare's dashboard says Active.",
    ];
}

/** What is good to know before a zone is delegated. */
export function delegationNotes(zone: string): string[] {
    return [
        `What ${zone} lacks at Cloudflare is gone from the internet once you delegate it: mail (MX, TXT), website (A, AAAA) and the rest.`,
        `As long as the old DS record of ${zone} is there, resolvers that validate refuse every answer of Cloudflare's name servers.`,
        // https://developers.cloudflare.com/dns/zone-setups/reference/domain-status/
        "Cloudflare deletes a zone that isn't active within 28 days, unless it has a paid plan.",
        ...(isBelowAnother(zone) ? [whyOneChange(zone)] : []),
    ];
}

/**
 * The step before those, for a host in use that will be proxied: Cloudflare orders a certificate only once the zone is active.
 */
export function httpsLinksStep(hostname: string): string {
    return `Has sent mail https links of ${hostname}? Then first make its record in the new zone as it is today, DNS only.`;
}

/** Why that step comes first, and what follows. */
export function httpsLinksNote(hostname: string): string {
    return (
        `The record of ${hostname} is proxied as soon as the zone is active. Its https links then break for 15 minutes to 24 hours, until Cloudflare has a certificate; http links go on. ` +
        "With the record DNS only they go on too, and `pulumi up --refresh` proxies it once a certificate is active. " +
        `Or keep ${hostname} out of this, and set up a sibling hostname.`
    );
}

/** Where a zone is delegated: "at the registrar of example.com". */
export function delegationPlace(zone: string): string {
    return isBelowAnother(zone) ? `in the DNS zone above ${zone}` : `at the registrar of ${zone}`;
}

/** The instructions to delegate. */
export function delegationOrders(zone: string, nameServers: readonly string[]): string[] {
    const servers = nameServers.length > 0 ? nameServers.join(" and ") : "those that Cloudflare assigns to it";
    return isBelowAnother(zone)
        ? [
              `Set the NS records of ${zone} in the zone above to ${servers}.`,
              `In the same change, remove the zone above's other records of ${zone}, a CNAME above all.`,
          ]
        : [`Set the name servers of ${zone} at its registrar to ${servers}.`];
}

/** Why both instructions for a zone below another must be one change. */
export function whyOneChange(zone: string): string {
    return (
        `No NS record can stand beside a CNAME. In two changes ${zone} is gone in between, and resolvers remember that for as long as the SOA record of the zone above says. ` +
        "Every link of a host in use is dead meanwhile."
    );
}

/** Whether the zone is below a registrable domain: then another zone's records delegate it. */
export function isBelowAnother(zone: string): boolean {
    return (registrableDomain(zone) ?? zone) !== zone;
}
