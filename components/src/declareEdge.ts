// The edge that the arguments of a tracking domain ask for.
import type * as pulumi from "@pulumi/pulumi";
import type { HttpsTrackingDomainArgs } from "./arguments";
import { CloudflareEdge, type CloudflareEdgeTransforms } from "./cloudflare/edge";
import { CloudflareRedirectEdge } from "./cloudflare/redirectEdge";
import type { Edge } from "./edge";
import { FastlyEdge, type FastlyEdgeTransforms } from "./fastly/edge";
import { ManagedEdge, type ManagedEdgeTransforms } from "./managed/edge";
import { resolveAccount } from "./sparkpost/account";

/** Adjustments of the edge's children, whichever edge it is. */
export interface EdgeTransforms extends CloudflareEdgeTransforms, FastlyEdgeTransforms, ManagedEdgeTransforms {}

/** Declares the edge, or takes the user's own. The arguments must be free of problems. */
export function declareEdge(
    name: string,
    {
        hostname,
        account,
        adopt: inUse,
        probe,
        verification,
        edge,
        cloudflare,
        fastly,
        managed,
    }: HttpsTrackingDomainArgs,
    transform: EdgeTransforms,
    opts: pulumi.ComponentResourceOptions,
): Edge {
    const { endpoint, managedEndpoint } = resolveAccount(account);
    const { resolver, nameServers } = probe || {};
    if (fastly) {
        return new FastlyEdge(name, { ...fastly, hostname, inUse, endpoint, resolver, nameServers, transform }, opts);
    }
    if (managed) {
        const own = { hostname, inUse, account, endpoint: managedEndpoint, resolver, nameServers, transform };
        const verificationDeadline = verification?.deadline;
        return new ManagedEdge(name, { ...managed, ...own, verificationDeadline }, opts);
    }
    if (edge) {
        return edge;
    }
    const { mode, settings, statusCode, ...zone } = cloudflare ?? {};
    const args = { ...zone, hostname, inUse, endpoint, resolver, nameServers, transform };
    return mode === "redirect"
        ? new CloudflareRedirectEdge(name, { ...args, statusCode }, opts)
        : new CloudflareEdge(name, { ...args, settings }, opts);
}
