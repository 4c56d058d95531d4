// What a person has to do until a zone at Cloudflare is the one that the internet asks. Pure.
import { compareCommand } from "../commands";
import { registrableDomain } from "../hostname";

/**
 * The steps to an active zone, in order. A zone that the API made is empty, so that delegating it takes mail and website
 * down unless every public record was copied: comparing comes first. An old DS record makes every answer of the new name
 * servers invalid, so that it goes before they are named.
 *
 * @param nameServers Cloudflare's for this zone; undefined while they aren't assigned yet.
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
 * What comes before those steps for a host in use that is going to be proxied: Cloudflare orders a certificate only once
 * the zone is active.
 */
export function httpsLinksStep(hostname: string): string {
    return `Has sent mail https links of ${hostname}? Then first make its record in the new zone as it is today, DNS only.`;
}

/** Why that step comes first, and how it goes on. */
export function httpsLinksNote(hostname: string): string {
    return (
        `The record of ${hostname} is proxied as soon as the zone is active. Its https links then break for 15 minutes to 24 hours, until Cloudflare has a certificate; http links go on. ` +
        "With the record DNS only they go on too, and `pulumi up --refresh` proxies it once a certificate is active. " +
        `Or keep ${hostname} out of this, and set up a sibling host.`
    );
}

/** Where a zone's delegation is kept: "at the registrar of example.com". */
export function delegationPlace(zone: string): string {
    return isBelowAnother(zone) ? `in the DNS zone above ${zone}` : `at the registrar of ${zone}`;
}

/** The delegation itself, one order each. */
export function delegationOrders(zone: string, nameServers: readonly string[]): string[] {
    const servers = nameServers.length > 0 ? nameServers.join(" and ") : "those that Cloudflare assigns to it";
    return isBelowAnother(zone)
        ? [
              `Set the NS records of ${zone} in the zone above to ${servers}.`,
              `In the same change, remove the zone above's other records of ${zone}, a CNAME above all.`,
          ]
        : [`Set the name servers of ${zone} at its registrar to ${servers}.`];
}

/** Why a zone below another is delegated and cleared in one change. */
export function whyOneChange(zone: string): string {
    return (
        `No NS record can stand beside a CNAME. In two changes ${zone} is gone in between, and resolvers remember that for as long as the SOA record of the zone above says. ` +
        "Every link of a host in use is dead meanwhile."
    );
}

/** A zone below a registrable domain is delegated by another zone's records. */
export function isBelowAnother(zone: string): boolean {
    return (registrableDomain(zone) ?? zone) !== zone;
}
