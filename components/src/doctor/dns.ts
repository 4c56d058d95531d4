// "DNS": who serves the host's zone, what they say of the host, and what a resolver makes of it.
import { Unmet } from "../probe/findings";
import type { Check } from "./check";
import { brokenBy } from "./finding";
import type { Request, World } from "./world";

/** What DNS says of the host, and the addresses that are to be asked. */
export async function lookAtDns(
    { hostname, account }: Request,
    world: World,
): Promise<{ checks: Check[]; aliases: string[]; addresses: string[] }> {
    const checks: Check[] = [];
    try {
        const addresses = await world.names.addressesOfHost(
            hostname,
            (seen) => void checks.push({ heading: "dns", kind: "name-servers-silent", state: "warning", seen }),
        );
        const { aliases } = await world.dns.addresses(hostname);
        return { checks, aliases, addresses };
    } catch (error) {
        if (!(error instanceof Unmet)) {
            throw error;
        }
        const subject = { hostname, endpoint: account.endpoint ?? "spgo.io" };
        return { checks: [...checks, brokenBy(error.finding, "dns", subject)], aliases: [], addresses: [] };
    }
}
