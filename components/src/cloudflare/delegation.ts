// What a person has to do until a zone at Cloudflare is the one that the internet asks. Pure.
import { compareCommand } from "../commands";
import { registrableDomain } from "../hostname";

/**
 * The steps to an active zone, in order, one sentence each. A zone that the API made is empty, so that delegating it
 * takes mail and website down unless every public record was copied: comparing comes first. An old DS record makes
 * every answer of the new name servers invalid, so that it goes before they are named.
 *
 * @param nameServers Cloudflare's for this zone; undefined while they aren't assigned yet.
 */
export function delegationSteps(zone: string, nameServers: readonly string[] | undefined): string[] {
    const change = delegationChange(zone, nameServers ?? []);
    // https://developers.cloudflare.com/dns/zone-setups/reference/domain-status/
    const again =
        "run `pulumi up` again when Cloudflare's dashboard says Active (Cloudflare deletes a zone that isn't active within 28 days, unless it has a paid plan)";
    return [
        `Copy every record of ${zone} into its zone at Cloudflare, which is empty unless somebody filled it, and compare what the old and the new name servers answer in public for MX, TXT, CAA, NS, A and AAAA before anything else: \`${compareCommand(zone)}\`.`,
        `Once they answer the same, remove the old DS record first, ${delegationPlace(zone)}, and wait until resolvers have forgotten it (its TTL, mostly a day).`,
        ...(isBelowAnother(zone)
            ? [`Only then ${change}.`, `After that, ${again}.`]
            : [`Only then ${change}, and ${again}.`]),
    ];
}

/**
 * What comes before those steps for a host in use that is going to be proxied: Cloudflare orders a certificate only once
 * the zone is active.
 */
export function httpsLinksStep(hostname: string): string {
    return (
        `Find out whether mail already sent has https links of ${hostname}: its record is proxied as soon as the zone is active, and Cloudflare has a certificate for it 15 minutes to 24 hours later, so that http links go on and https links break meanwhile; ` +
        `if it has any, make the record in the new zone what it is in the old DNS, DNS only, before you delegate, and let \`pulumi up --refresh\` proxy it once a certificate is active, or keep ${hostname} out of this and set a sibling host up.`
    );
}

/** Where a zone's delegation is kept: "at the registrar of example.com". */
export function delegationPlace(zone: string): string {
    return isBelowAnother(zone) ? `in the DNS zone above ${zone}` : `at the registrar of ${zone}`;
}

/** The delegation itself, as an order: "set, at the registrar of example.com, the name servers to …". */
export function delegationChange(zone: string, nameServers: readonly string[]): string {
    const servers = nameServers.length > 0 ? nameServers.join(" and ") : "those that Cloudflare assigns to it";
    if (!isBelowAnother(zone)) {
        return `set, ${delegationPlace(zone)}, the name servers to ${servers}`;
    }
    return (
        `set, ${delegationPlace(zone)}, the NS records of ${zone} to ${servers}, and take that zone's other records of ${zone} away in the same change, ` +
        "a CNAME above all, beside which no NS can stand: in two changes the name is gone in between, resolvers remember that for as long as the SOA record of the zone above says, and every link of a host in use is dead meanwhile"
    );
}

/** A zone below a registrable domain is delegated by another zone's records. */
export function isBelowAnother(zone: string): boolean {
    return (registrableDomain(zone) ?? zone) !== zone;
}
