// What our edges share: type tokens, the options of components and children, and the aliases that keep a hostname's resources
// when it moves to another edge.
import * as pulumi from "@pulumi/pulumi";
import { importCommandLine, type ToImport } from "./commands";
import { after, asStep } from "./pulumi/after";
import { firstKnown } from "./pulumi/providerSetting";
import { resourcesInState } from "./pulumi/state";

/** The type token of every edge component. A token is part of the identity: to change one, add an alias. */
export const EDGE_TYPES = {
    cloudflare: "sparkpost-tracking:index:CloudflareEdge",
    fastly: "sparkpost-tracking:index:FastlyEdge",
    managed: "sparkpost-tracking:index:ManagedEdge",
} as const;

type EdgeType = (typeof EDGE_TYPES)[keyof typeof EDGE_TYPES];

/**
 * An edge of ours. Protection and retention are set on each child, not on the component, for two reasons. Engines pass
 * retention on to children, and the page rule of a redirect must not be retained. And a child's `protect: false` is lost below
 * a protected parent wherever SDK or engine drop a `false`; a child that stays protected keeps its hostname from moving.
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
     * The advice for something that a killed update may have made: how to import it as this child, by its id. Of such a
     * resource the engine only noted that it began. (`pulumi refresh --import-pending-creates` of Pulumi 3.259 drops the note
     * and imports nothing.) `undefined` if the state doesn't have the edge: then no update has reached its children. For
     * updates.
     *
     * @param component Who asks: this edge, or the component right above, because the edge itself may wait for that one.
     */
    async importAdvice(
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
     * The options of a child that comes after these resources and after what the edge itself waits for. A component's own
     * dependsOn, protection and retention don't reach its children.
     */
    protected order(...dependsOn: pulumi.Resource[]): pulumi.CustomResourceOptions {
        const { protect, retainOnDelete } = this.#opts;
        return pulumi.mergeOptions(
            { parent: this, dependsOn: this.#opts.dependsOn, protect, retainOnDelete },
            { dependsOn: after(this.#hostname, ...dependsOn) },
        );
    }

    /** A child whose outputs other children use. */
    protected step<Child extends pulumi.Resource>(child: Child): Child {
        return asStep(this.#hostname, child);
    }
}

/**
 * The aliases of an edge: the same name under the type of every other edge. Its children inherit them. So a hostname's DNS
 * record stays one resource, whichever edge the hostname moves to, and is updated in place. A name can have only one CNAME,
 * and deleting and creating the record would lose clicks.
 */
export function edgeAliases(ownType: EdgeType): pulumi.Alias[] {
    return Object.values(EDGE_TYPES)
        .filter((type) => type !== ownType)
        .map((type) => ({ type }));
}
