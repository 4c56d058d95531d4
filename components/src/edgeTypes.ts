// The edges of ours by their type tokens, and what keeps a host's resources when it moves from one to another.
import * as pulumi from "@pulumi/pulumi";

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

/**
 * The options of an edge's component: those given, with its aliases, without protection and retention. Which of its
 * children are protected or retained is said to each of them. Engines hand retention down, and the page rule of a
 * redirect mustn't be retained. Below a protected parent `protect: false` frees a child only where everything between
 * program and engine hands a `false` on, and a child that stays protected keeps its host from moving.
 */
export function edgeOptions(ownType: EdgeType, opts: pulumi.ComponentResourceOptions): pulumi.ComponentResourceOptions {
    return pulumi.mergeOptions(opts, { aliases: edgeAliases(ownType), protect: undefined, retainOnDelete: undefined });
}
