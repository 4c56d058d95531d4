// The edge that the arguments of a tracking domain ask for.
import type * as pulumi from "@pulumi/pulumi";
import type { HttpsTrackingDomainArgs } from "./arguments";
import { CloudflareEdge, type CloudflareEdgeTransforms } from "./cloudflare/edge";
import type { Preflight } from "./cloudflare/preflight";
import type { Edge } from "./edge";
import { FastlyEdge, type FastlyEdgeTransforms } from "./fastly/edge";
import { ManagedEdge, type ManagedEdgeTransforms } from "./managed/edge";
import { resolveAccount } from "./sparkpost/account";

/** Adjustments of the edge's children, whichever edge it is. */
export interface EdgeTransforms extends CloudflareEdgeTransforms, FastlyEdgeTransforms, ManagedEdgeTransforms {}

/**
 * Declares the edge, or takes the user's own. The arguments must be free of problems.
 *
 * @param preflight The look at what the host is today, which the registration waits for: the edge begins it.
 */
export function declareEdge(
    name: string,
    { hostname, account, adopt, probe, verification, edge, cloudflare, fastly, managed }: HttpsTrackingDomainArgs,
    { preflight, transform }: { preflight: Preflight; transform: EdgeTransforms },
    opts: pulumi.ComponentResourceOptions,
): Edge {
    const { endpoint, managedEndpoint } = resolveAccount(account);
    const { resolver, nameServers, caFile, connectTo } = probe || {};
    const host = { hostname, inUse: adopt, preflight, resolver, nameServers, caFile, connectTo, transform };
    if (fastly) {
        return new FastlyEdge(name, { ...fastly, ...host, endpoint }, opts);
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
        preflight.beginElsewhere(name, { ...host, endpoint: endpoint ?? "" }, edge, "edge");
        return edge;
    }
    return new CloudflareEdge(name, { ...cloudflare, ...host, endpoint }, opts);
}
