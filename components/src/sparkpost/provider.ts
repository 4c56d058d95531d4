// The shim that stands in every state: it fetches the methods of its resource from the runtime when the provider
// process starts.
import type { dynamic } from "@pulumi/pulumi";
import type { Kind } from "./runtime";

/**
 * The provider of one kind of resource. Its text stands in the state twice per resource, white space and names
 * included, so it is written as short as it can be.
 *
 * Everything else lives in the runtime module. If that can't be loaded, whatever the engine calls first says so:
 * without methods, a destroy would drop resources from the state as deleted with no call made.
 */
function shim(kind: Kind): dynamic.ResourceProvider {
    const provider = {
        k: kind,
        // biome-ignore format: see above
        configure(r: dynamic.ConfigureRequest) { try { Object.assign(this, require("pulumi-sparkpost-tracking/sparkpost/runtime").provider(this.k, r.config)); } catch (e) { const f = () => { throw e; }; Object.assign(this, { check: f, read: f, update: f, delete: f }); } },
    };
    // `configure` adds the methods in the provider process. It must be synchronous, which the SDK's type doesn't allow
    // for.
    return provider as unknown as dynamic.ResourceProvider;
}

/** One provider per kind, shared by its resources, so that each is serialized once a program. */
export const providers: Record<Kind, dynamic.ResourceProvider> = {
    TrackingDomain: shim("TrackingDomain"),
    Verification: shim("Verification"),
    DefaultDomain: shim("DefaultDomain"),
    Eligibility: shim("Eligibility"),
    Certificate: shim("Certificate"),
    DomainLink: shim("DomainLink"),
};
