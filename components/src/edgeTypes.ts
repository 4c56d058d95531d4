// What the edges of ours share: type tokens, the options of their components and children, and what keeps a host's
// resources when it moves from one edge to another.
import * as pulumi from "@pulumi/pulumi";

/** The type token of every edge component. A token is identity: changing one replaces nothing only with an alias. */
export const EDGE_TYPES = {
    cloudflare: "sparkpost-tracking:index:CloudflareEdge",
    fastly: "sparkpost-tracking:index:FastlyEdge",
    managed: "sparkpost-tracking:index:ManagedEdge",
} as const;

export type EdgeType = (typeof EDGE_TYPES)[keyof typeof EDGE_TYPES];

/**
 * An edge of ours. Which of its children are protected or retained is said to each of them, not to the component. Engines
 * hand retention down, and the page rule of a redirect mustn't be retained. Below a protected parent `protect: false` frees
 * a child only where everything between program and engine hands a `false` on, and a child that stays protected keeps its
 * host from moving.
 */
export abstract class EdgeComponent extends pulumi.ComponentResource {
    readonly #opts: pulumi.ComponentResourceOptions;

    constructor(kind: keyof typeof EDGE_TYPES, name: string, opts: pulumi.ComponentResourceOptions) {
        const type = EDGE_TYPES[kind];
        super(
            type,
            name,
            {},
            pulumi.mergeOptions(opts, { aliases: edgeAliases(type), protect: undefined, retainOnDelete: undefined }),
        );
        this.#opts = opts;
    }

    /**
     * The options of a child that comes after these, and after what the edge itself waits for: a component's own dependsOn
     * doesn't reach its children, nor do protection and retention.
     */
    protected order(...dependsOn: pulumi.Resource[]): pulumi.CustomResourceOptions {
        const { protect, retainOnDelete } = this.#opts;
        return pulumi.mergeOptions(
            { parent: this, dependsOn: this.#opts.dependsOn, protect, retainOnDelete },
            { dependsOn },
        );
    }
}

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
