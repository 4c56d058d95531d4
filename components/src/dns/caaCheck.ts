// Checks the CAA records for a certificate that an `up` is about to order, before anything is changed.
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../pulumi/userError";
import { type Authority, caaFindings, findCaa } from "./caa";
import { dnsClient, type LookUpOptions } from "./client";

/** A certificate that will be ordered. */
interface CertificateOrder extends LookUpOptions {
    hostname: string;
    authority: Authority;
    /** The hostname already has one, so this is about its renewal. */
    hasCertificate: boolean;
    /** Where the hostname's record will point when it is ordered. Default: where it points today. */
    target?: string;
}

/**
 * Refuses an order that the authority will refuse, and names the missing record. If the hostname already has a certificate, it
 * only warns: the next renewal will fail. It also warns of what may keep the authority from issuing. If DNS doesn't answer, it
 * does nothing. For updates.
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
