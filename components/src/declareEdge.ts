// The edge that the arguments of a tracking domain ask for.
import type * as pulumi from "@pulumi/pulumi";
import type { HttpsTrackingDomainArgs } from "./arguments";
import { CloudflareEdge, type CloudflareEdgeTransforms } from "./cloudflare/edge";
import type { DnsRecordSpec } from "./dns/writer";
import type { Edge } from "./edge";
import { FastlyEdge, type FastlyEdgeTransforms } from "./fastly/edge";
import type { HostInDns, HostLook } from "./hostToday/look";
import { ANY_ENDPOINT } from "./hostToday/today";
import { ManagedEdge, type ManagedEdgeTransforms } from "./managed/edge";
import { resolveAccount } from "./sparkpost/account";

/** Adjusts the edge's children, whichever edge it is. */
export interface EdgeTransforms extends CloudflareEdgeTransforms, FastlyEdgeTransforms, ManagedEdgeTransforms {}

/**
 * Declares the edge, or returns the user's own. The arguments must have been checked.
 *
 * @param preflight The look at what the hostname is today: the edge begins it, and the registration waits for it.
 */
export function declareEdge(
    name: string,
    {
        hostname,
        account,
        adopt,
        probe,
        verification,
        edge,
        cloudflare,
        fastly,
        managed,
        appLinks,
    }: HttpsTrackingDomainArgs,
    { preflight, transform }: { preflight: HostLook; transform: EdgeTransforms },
    opts: pulumi.ComponentResourceOptions,
): Edge {
    const { endpoint, managedEndpoint } = resolveAccount(account);
    const { resolver, nameServers, caFile, connectTo } = probe || {};
    const host = { hostname, inUse: adopt, preflight, resolver, nameServers, caFile, connectTo, transform };
    if (fastly) {
        return new FastlyEdge(name, { ...fastly, ...host, endpoint, appLinks }, opts);
    }
    if (managed) {
        const verificationDeadline = verification?.deadline;
        return new ManagedEdge(
            name,
            { ...managed, ...host, account, endpoint: managedEndpoint, verificationDeadline },
            opts,
        );
    }
    if (edge) {
        preflight.beginInDns(ownHost(edge, { hostname, inUse: adopt, options: probe || {} }));
        return edge;
    }
    return new CloudflareEdge(name, { ...cloudflare, ...host, endpoint, appLinks }, opts);
}

/** What the look must know of a hostname behind the user's own edge, as far as it is known without waiting for a resource. */
function ownHost(
    { endpoint, dependsOn, dnsRecords, replaces }: Edge,
    host: Pick<HostInDns, "hostname" | "inUse" | "options">,
): HostInDns {
    const ofHost = (Array.isArray(dnsRecords) ? (dnsRecords as DnsRecordSpec[]) : []).filter(
        ({ name }) => name === host.hostname,
    );
    return {
        ...host,
        endpoint: typeof endpoint === "string" ? endpoint : ANY_ENDPOINT,
        targets: ofHost.map(({ value }) => value).filter((value) => typeof value === "string"),
        isAlias: ofHost.some(({ type }) => type === "CNAME"),
        isMade: dependsOn.length > 0,
        replaces,
        field: "edge",
    };
}
