// What CAA records mean for a certificate that an `up` is about to order, told before anything is changed.
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../pulumi/userError";
import { type Authority, caaFindings, findCaa } from "./caa";
import { dnsClient, type LookUpOptions } from "./client";

/** A certificate that is going to be ordered. */
export interface CertificateOrder extends LookUpOptions {
    hostname: string;
    authority: Authority;
    /** It is there already: only its renewal is at stake. */
    hasCertificate: boolean;
    /** Where the host's record leads by the time of the order. Default: where it leads today. */
    target?: string;
}

/**
 * Refuses an order that the authority is going to refuse, with the record that is missing; for updates. Of a host that has
 * its certificate it warns, because the next renewal will fail; and of what may keep the authority from issuing. Where DNS
 * doesn't answer, the authority's own answer has to do.
 */
export async function checkCaa(order: CertificateOrder, component: pulumi.Resource): Promise<void> {
    const { hostname, authority, hasCertificate, target, ...options } = order;
    for (const { isForbidden, seen, remedy } of caaFindings(
        hostname,
        authority,
        await findCaa(hostname, dnsClient(options), target),
    )) {
        if (isForbidden && !hasCertificate) {
            throw new UserError(`Certificate of ${hostname}: ${seen}. ${remedy}\nNothing was ordered.`, "caa");
        }
        const what = isForbidden ? `it can't be renewed, because ${seen}` : seen;
        pulumi.log.warn(`Certificate of ${hostname}: ${what}. ${remedy}`, component);
    }
}
