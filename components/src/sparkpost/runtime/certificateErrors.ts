// What SparkPost's refusals about managed certificates mean, and what to do.
import { type ApiAccount, describeScope } from "../account";
import { OperationError, SparkPostError } from "./errors";

/** What else can put a domain behind HTTPS. */
export const otherWays = "Another edge can have the certificate instead: Cloudflare, Fastly, or one of your own.";

/** The error of a certificate call, with its meaning for this call in the place of the general remedy. */
export function certificateRefused(error: unknown, domain: string, account: ApiAccount): unknown {
    if (!(error instanceof SparkPostError)) {
        return error;
    }
    const { call, status, said, retryAfter } = error;
    const remedy = meaning(status, domain, account);
    return remedy === undefined ? error : new SparkPostError(call, status, said, remedy, retryAfter);
}

/** The error for a domain that SparkPost answered "no" about. */
export function notEligible(domain: string): OperationError {
    return new OperationError(
        `SparkPost doesn't hold a certificate for ${domain}: it says that the domain isn't eligible (supportsManagedCertificate false).\n` +
            `Let's Encrypt may refuse the name, or a CAA record of its domain leaves out letsencrypt.org. ${otherWays}`,
    );
}

function meaning(status: number, domain: string, account: ApiAccount): string | undefined {
    switch (status) {
        case 400:
            return (
                `SparkPost holds a certificate for a verified domain whose host is a plain CNAME to a v2 endpoint (v2.spgo.io, eu.v2.spgo.io), without a CDN in between. ` +
                `Look up what ${domain} leads to, mend it, and run \`pulumi up\` again.`
            );
        case 403:
            return (
                `Managed certificates aren't open to ${describeScope(account)} (Enterprise services have none; ask SparkPost's support for others), ` +
                `or the API key lacks the grant tracking_domains/manage, or its list of allowed IPs leaves this machine out. ${otherWays}`
            );
        case 404:
            return (
                `${domain} was just deleted, or the API at ${new URL(account.apiUrl).host} has no managed certificates (only SparkPost's US and EU services do). ` +
                "In the first case run `pulumi up --refresh`."
            );
        case 503:
            return "SparkPost's look at the domain timed out, over several tries. That passes: run `pulumi up` again in some minutes.";
        default:
            return undefined;
    }
}
