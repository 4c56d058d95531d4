// A look at Fastly's TLS subscriptions before ours is made. The provider's own errors name the call; these name the
// remedy.
import * as pulumi from "@pulumi/pulumi";
import { type ApiAnswer, apiClient, NoAnswer } from "../http/client";
import { providerSettings } from "../pulumi/providerSetting";
import { UserError } from "../pulumi/userError";

/**
 * Refuses a key that can't manage certificates, before anything is made at Fastly, and warns of a certificate that
 * Fastly has given up on. For updates. Where no key is to be found (a provider of another kind), Fastly's own answer
 * has to do. Tells whether the host has a certificate already.
 *
 * @param subscription Ours; the host may have others.
 * @param isProtected  It may be protected, so that replacing it takes a step more.
 */
export async function checkTlsAccess(
    hostname: string,
    subscription: pulumi.CustomResource,
    isProtected: boolean,
    component: pulumi.Resource,
): Promise<{ hasCertificate: boolean }> {
    const access = await apiAccess(component);
    if (!access) {
        return { hasCertificate: false };
    }
    const path = `tls/subscriptions?filter[tls_domains.id]=${encodeURIComponent(hostname)}`;
    const answer = await ask(access, path);
    // What isn't Fastly's answer, or none at all, is told by the provider, which asks next.
    const { status, body } = answer && !answer.isFromProxy && isObject(answer.body) ? answer : {};
    if (status === 401 || status === 403) {
        throw new UserError(describeRefusal(path, status));
    }
    const data = isObject(body) ? body.data : undefined;
    const all: Subscription[] = (Array.isArray(data) ? data : []).filter(isObject);
    const failed = all.filter(({ attributes }) => attributes?.state === "failed");
    if (failed.length > 0) {
        pulumi.all([subscription.urn, subscription.id]).apply(([ourUrn, ourId]) => {
            if (failed.some((one) => one.id === ourId)) {
                pulumi.log.warn(failedWarning(hostname, ourUrn, isProtected), component);
            }
        });
    }
    return {
        hasCertificate: all.some(
            ({ attributes }) => attributes?.state === "issued" || attributes?.state === "renewing",
        ),
    };
}

interface Subscription {
    id?: unknown;
    attributes?: { state?: unknown } | null;
}

async function ask({ key, baseUrl }: { key: string; baseUrl: string }, path: string): Promise<ApiAnswer | undefined> {
    const headers = { "Fastly-Key": key, Accept: "application/vnd.api+json" };
    try {
        return await apiClient({ baseUrl, headers, secrets: [key] }).call("GET", `/${path}`);
    } catch (error) {
        if (error instanceof NoAnswer) {
            return undefined;
        }
        throw error;
    }
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A refusal in words. */
export function describeRefusal(path: string, status: number): string {
    const remedy =
        status === 401
            ? "The API token isn't valid: check fastly:apiKey, or FASTLY_API_KEY in the environment."
            : "The token must have the scope `global` and belong to a user who may manage TLS (superuser, or the permission TLS management).";
    return `Fastly answered GET ${path} with ${status}.\n${remedy}\nNothing was changed at Fastly.`;
}

/** Fastly tries for 7 days, then never again. Source: TLS subscriptions API. */
export function failedWarning(hostname: string, urn: string, isProtected: boolean): string {
    const replace = `pulumi up --replace '${urn}'`;
    return (
        `Fastly has given up on the certificate of ${hostname} (state failed), as it does when its records weren't right for 7 days. ` +
        `Mend the records that \`dnsRecords\` shows, then order anew: ` +
        (isProtected
            ? `pulumi state unprotect '${urn}' && ${replace}; the new order has a challenge of its own.`
            : replace)
    );
}

async function apiAccess(component: pulumi.Resource): Promise<{ key: string; baseUrl: string } | undefined> {
    const { apiKey: key, baseUrl = "https://api.fastly.com" } = await providerSettings(component, "fastly", {
        apiKey: "FASTLY_API_KEY",
        baseUrl: "FASTLY_API_URL",
    });
    return key ? { key, baseUrl } : undefined;
}
