// Looks at what Fastly already has for the hostname, before anything is made there. The provider's own errors name only the
// call; these name the remedy.
import * as pulumi from "@pulumi/pulumi";
import type { ToImport } from "../commands";
import type { EdgeComponent } from "../edgeTypes";
import { NoAnswer } from "../http/client";
import { isObject, plainText } from "../othersWords";
import { firstKnown, providerSettings } from "../pulumi/providerSetting";
import { type ResourceInState, resourcesInState } from "../pulumi/state";
import { UserError } from "../pulumi/userError";
import { askFastly, defaultBaseUrl, type FastlyAccess } from "./client";

/** What the program wants to have at Fastly. */
interface WantedAtFastly {
    hostname: string;
    /** The stack's service, with its name at Fastly; `undefined` with `serviceId`. */
    service?: { resourceName: string; name: pulumi.Input<string | undefined> };
    /** The stack's subscription. The hostname may have others. */
    subscription: { resourceName: string; resource: pulumi.CustomResource };
    /** The subscription may be protected: replacing it then takes one more command. */
    isProtected: boolean;
}

/**
 * Before anything is made at Fastly, refuses an API token that can't manage certificates, and what a killed update left
 * behind. Warns of a certificate that Fastly has given up on. Returns whether the hostname already has a certificate. For
 * updates. Without an API token (another kind of provider) it checks nothing.
 */
export async function checkFastly(wanted: WantedAtFastly, edge: EdgeComponent): Promise<{ hasCertificate: boolean }> {
    const { hostname, subscription, isProtected } = wanted;
    const access = await apiAccess(edge);
    if (!access) {
        return { hasCertificate: false };
    }
    const path = `tls/subscriptions?filter[tls_domains.id]=${encodeURIComponent(hostname)}`;
    const answer = await askFastly(access, path);
    // If Fastly doesn't answer, the provider will say so: it asks next.
    const { status, body } = answer && !answer.isFromProxy && isObject(answer.body) ? answer : {};
    if (status === 401 || status === 403) {
        throw new UserError(describeRefusal(path, status), "fastly-token");
    }
    const data = isObject(body) ? body.data : undefined;
    const all: Subscription[] = (Array.isArray(data) ? data : []).filter(isObject);
    const failed = all.filter(({ attributes }) => attributes?.state === "failed");
    if (failed.length > 0) {
        const { urn, id } = subscription.resource;
        pulumi.all([urn, id]).apply(([ourUrn, ourId]) => {
            if (failed.some((one) => one.id === ourId)) {
                pulumi.log.warn(failedWarning(hostname, ourUrn, isProtected), edge);
            }
        });
    }
    const state = await resourcesInState(edge);
    if (state) {
        await refuseUnknownService(access, wanted, state, edge);
        await refuseUnknownOrder(all, wanted, state, edge);
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
    relationships?: { tls_domains?: { data?: unknown } } | null;
}

const SERVICE = "fastly:index/serviceVcl:ServiceVcl";
const SUBSCRIPTION = "fastly:index/tlsSubscription:TlsSubscription";

/** Refuses a service that the stack doesn't have. Fastly would only say "Duplicate service". */
async function refuseUnknownService(
    access: FastlyAccess,
    { service }: WantedAtFastly,
    state: readonly ResourceInState[],
    edge: EdgeComponent,
): Promise<void> {
    const name = service && (await firstKnown(service.name));
    if (!name || state.some(({ type, outputs }) => type === SERVICE && outputs.name === name)) {
        return;
    }
    const path = `service/search?name=${encodeURIComponent(name)}`;
    const answer = await askFastly(access, path).catch(unanswered);
    const id = answer?.status === 200 && isObject(answer.body) ? answer.body.id : undefined;
    if (typeof id === "string") {
        throw new UserError(
            `Fastly already has a service named ${name} (${plainText(id)}) that this stack doesn't manage. Nothing was changed at Fastly.\n` +
                (await howToGoOn(
                    { type: SERVICE, name: service.resourceName, id },
                    edge,
                    "give its id as `serviceId`, or delete it at Fastly if nothing needs it.",
                )),
            "fastly-exists",
        );
    }
}

/** Refuses a subscription that the stack doesn't have. Fastly would accept a second one, and issue a certificate for each. */
async function refuseUnknownOrder(
    subscriptions: readonly Subscription[],
    { hostname, subscription }: WantedAtFastly,
    state: readonly ResourceInState[],
    edge: EdgeComponent,
): Promise<void> {
    const isOfHost = (domains: unknown) => Array.isArray(domains) && domains.includes(hostname);
    if (state.some(({ type, outputs }) => type === SUBSCRIPTION && isOfHost(outputs.domains))) {
        return;
    }
    const id = subscriptions.find((one) => isOrdered(one) && isOnlyFor(one, hostname))?.id;
    if (typeof id === "string") {
        throw new UserError(
            `Fastly already has a TLS subscription for ${hostname} (${plainText(id)}) that this stack doesn't manage. Nothing was changed at Fastly.\n` +
                (await howToGoOn(
                    { type: SUBSCRIPTION, name: subscription.resourceName, id },
                    edge,
                    "delete it at Fastly if nothing needs it.",
                )),
            "fastly-exists",
        );
    }
}

/** How to go on. @param otherwise What else to do, as an imperative. */
async function howToGoOn({ type, name, id }: ToImport, edge: EdgeComponent, otherwise: string): Promise<string> {
    const importAdvice = await edge.importAdvice({ type, name });
    return importAdvice
        ? `${importAdvice(id)}\nOtherwise ${otherwise}`
        : `${otherwise.charAt(0).toUpperCase()}${otherwise.slice(1)}`;
}

function isOrdered({ attributes }: Subscription): boolean {
    return attributes?.state === "pending" || attributes?.state === "processing";
}

function isOnlyFor({ relationships }: Subscription, hostname: string): boolean {
    const domains = relationships?.tls_domains?.data;
    return Array.isArray(domains) && domains.length === 1 && isObject(domains[0]) && domains[0].id === hostname;
}

/** The provider, which asks next, tells that nobody answers. */
function unanswered(error: unknown): undefined {
    if (!(error instanceof NoAnswer)) {
        throw error;
    }
}

/** The message for a refusal, with its remedy. */
export function describeRefusal(path: string, status: number): string {
    const remedy =
        status === 401
            ? "The API token isn't valid. Check fastly:apiKey, or FASTLY_API_KEY in the environment."
            : "Use an API token with the scope `global`, of a user who may manage TLS (superuser, or the permission TLS management).";
    return `Fastly answered GET ${path} with ${status}.\n${remedy}\nNothing was changed at Fastly.`;
}

/** The warning about a failed certificate. Fastly tries for 7 days, then never again (TLS subscriptions API). */
function failedWarning(hostname: string, urn: string, isProtected: boolean): string {
    const replace = `pulumi up --replace '${urn}'`;
    return (
        `Fastly has given up on the certificate of ${hostname} (state failed), because its DNS records were wrong for 7 days. ` +
        "Correct the records that `dnsRecords` shows, then order the certificate again:\n    " +
        (isProtected
            ? `pulumi state unprotect '${urn}' && ${replace}\nThe new order has another challenge record.`
            : replace)
    );
}

async function apiAccess(component: pulumi.Resource): Promise<FastlyAccess | undefined> {
    const { apiKey: key, baseUrl = defaultBaseUrl } = await providerSettings(component, "fastly", {
        apiKey: "FASTLY_API_KEY",
        baseUrl: "FASTLY_API_URL",
    });
    return key ? { key, baseUrl } : undefined;
}
