// What the CAA records of a host mean for a certificate that an `up` is about to order, told before it is.
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../pulumi/userError";
import { type Authority, caaProblem, relevantRecords } from "./caa";
import { describeFailure, dnsClient, type LookUpOptions } from "./client";

/**
 * Tells of an authority that DNS forbids, with the record that is missing; for updates. It refuses what would be ordered
 * in vain; of a host that has its certificate it warns, because the next renewal will fail. Where DNS doesn't answer, or
 * the authority is one that isn't known, the authority's own answer has to do.
 */
export async function checkCaa(
    hostname: string,
    authority: Authority,
    { hasCertificate, ...options }: LookUpOptions & { hasCertificate: boolean },
    component: pulumi.Resource,
): Promise<void> {
    if (authority.issuer === undefined) {
        return;
    }
    const found = await relevantRecords(hostname, dnsClient(options));
    if (found && "code" in found) {
        if (found.kind === "failed") {
            pulumi.log.warn(
                `Certificate of ${hostname}: the CAA records can't be read, because ${describeFailure(found)}. ` +
                    "A certificate authority that can't read them doesn't issue. Check the zone at the DNS service, and the DS record at the registrar.",
                component,
            );
        }
        return;
    }
    const problem = caaProblem(hostname, authority, found);
    if (problem && hasCertificate) {
        pulumi.log.warn(`Certificate of ${hostname}: it can't be renewed, because ${problem}`, component);
    } else if (problem) {
        throw new UserError(`Certificate of ${hostname}: ${problem}\nNothing was ordered.`);
    }
}
