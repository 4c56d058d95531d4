// The edges of ours by their type tokens, and what keeps a host's resources when it moves from one to another.
import type * as pulumi from "@pulumi/pulumi";

/** The type token of every edge component. A token is identity: changing one replaces nothing only with an alias. */
export const EDGE_TYPES = {
    cloudflare: "sparkpost-tracking:index:CloudflareEdge",
    cloudflareRedirect: "sparkpost-tracking:index:CloudflareRedirectEdge",
    fastly: "sparkpost-tracking:index:FastlyEdge",
    managed: "sparkpost-tracking:index:ManagedEdge",
} as const;

export type EdgeType = (typeof EDGE_TYPES)[keyof typeof EDGE_TYPES];

/**
 * Aliases for an edge's options: the same name under the type of every other edge. Children of the same type and name
 * inherit them, so that a host's DNS record stays one resource, updated in place, whichever edge the host moves to: a
 * name has one CNAME, and a record that is deleted and created again loses clicks in between.
 */
export function edgeAliases(ownType: EdgeType): pulumi.Alias[] {
    return Object.values(EDGE_TYPES)
        .filter((type) => type !== ownType)
        .map((type) => ({ type }));
}
