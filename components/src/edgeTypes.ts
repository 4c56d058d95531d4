// What the edges of ours share: type tokens, the options of their components and children, and what keeps a host's
// resources when it moves from one edge to another.
import * as pulumi from "@pulumi/pulumi";
import { importCommandLine, type ToImport } from "./commands";
import { after, asStep } from "./pulumi/after";
import { firstKnown } from "./pulumi/providerSetting";
import { resourcesInState } from "./pulumi/state";

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
    readonly #name: string;
    readonly #type: EdgeType;
    readonly #hostname: string;

    constructor(kind: keyof typeof EDGE_TYPES, name: string, hostname: string, opts: pulumi.ComponentResourceOptions) {
        const type = EDGE_TYPES[kind];
        super(
            type,
            name,
            {},
            pulumi.mergeOptions(opts, { aliases: edgeAliases(type), protect: undefined, retainOnDelete: undefined }),
        );
        this.#opts = opts;
        this.#name = name;
        this.#type = type;
        this.#hostname = hostname;
    }

    /**
     * How something becomes this child in the state, by its id, if an update made it that was killed: of that the engine has
     * noted only that it began. (`pulumi refresh --import-pending-creates` of Pulumi 3.259 drops the note and takes nothing
     * in.) `undefined` where the state hasn't got the edge: no update has come to its children then. For updates.
     *
     * @param component Who asks: this edge, or the component right above, for which the edge itself may wait.
     */
    async intoState(
        child: Omit<ToImport, "id">,
        component: pulumi.Resource = this,
    ): Promise<((id: string) => string) | undefined> {
        const urn = (await firstKnown(component.urn)) ?? "";
        const own = component === this ? urn : await firstKnown(pulumi.createUrn(this.#name, this.#type, urn));
        const provider = await firstKnown(this.getProvider(child.type)?.urn);
        const state = await resourcesInState(component);
        if (own === undefined || !state?.some((resource) => resource.urn === own)) {
            return undefined;
        }
        return (id) =>
            "A `pulumi up` of this stack that was killed may have made it. If so, import it, then run `pulumi up` again:\n" +
            `    ${importCommandLine({ ...child, id }, own, provider)}`;
    }

    /**
     * The options of a child that comes after these, and after what the edge itself waits for: a component's own dependsOn
     * doesn't reach its children, nor do protection and retention.
     */
    protected order(...dependsOn: pulumi.Resource[]): pulumi.CustomResourceOptions {
        const { protect, retainOnDelete } = this.#opts;
        return pulumi.mergeOptions(
            { parent: this, dependsOn: this.#opts.dependsOn, protect, retainOnDelete },
            { dependsOn: after(this.#hostname, ...dependsOn) },
        );
    }

    /** A child of which other children take outputs. */
    protected step<Child extends pulumi.Resource>(child: Child): Child {
        return asStep(this.#hostname, child);
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
