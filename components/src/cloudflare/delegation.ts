// What a person has to do until a zone that was created at Cloudflare is the one that the internet asks. Pure.
import { registrableDomain } from "../hostname";

/**
 * The steps from a new zone to an active one, in order, one sentence each. A new zone is empty, so that delegating it
 * takes mail and website down unless every public record was copied: comparing comes first. An old DS record makes
 * every answer of the new name servers invalid, so that it goes before they are named.
 *
 * @param nameServers Cloudflare's for this zone; undefined while they aren't assigned yet.
 */
export function delegationSteps(zone: string, nameServers: readonly string[] | undefined): string[] {
    const servers = nameServers?.length ? nameServers.join(" and ") : "that Cloudflare assigns to it";
    const registrable = registrableDomain(zone) ?? zone;
    const [place, entry] =
        registrable === zone
            ? [`at the registrar of ${zone}`, "name servers"]
            : [`in the DNS zone above ${zone}`, `NS records of ${zone}`];
    return [
        `Copy every record of ${zone} into its new zone at Cloudflare, which is empty, and compare what the old and the new name servers answer in public for MX, TXT, CAA, NS, A and AAAA before anything else: \`npx pulumi-sparkpost-tracking compare-zone ${zone}\`.`,
        `Once they answer the same, remove the old DS record first, ${place}, and wait until resolvers have forgotten it (its TTL, mostly a day).`,
        `Only then set, ${place}, the ${entry} to the name servers ${servers}, and run \`pulumi up\` again when Cloudflare's dashboard says Active.`,
    ];
}
