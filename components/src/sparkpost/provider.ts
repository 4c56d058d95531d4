// The shim that stands in every state: it fetches the methods of its resource from the runtime when the provider
// process starts.
import type { dynamic } from "@pulumi/pulumi";
import type { Kind } from "./runtime";

/**
 * The provider of one kind of resource. The state holds its text twice per resource, with white space and names, so it is
 * as short as possible.
 *
 * Everything else is in the runtime module. If that can't be loaded, the engine's first call fails with that error. Without
 * methods, a destroy would drop resources from the state as deleted without any call.
 */
function shim(kind: Kind): dynamic.ResourceProvider {
    const provider = {
        k: kind,
        // biome-ignore format: see above
        configure(r: dynamic.ConfigureRequest) { try { Object.assign(this, require("pulumi-sparkpost-tracking/sparkpost/runtime").provider(this.k, r.config)); } catch (e) { const f = () => { throw e; }; Object.assign(this, { check: f, read: f, update: f, delete: f }); } },
    };
    // `configure` adds the methods in the provider process. It must be synchronous; the SDK's type says otherwise.
    return provider as unknown as dynamic.ResourceProvider;
}

/** One provider per kind, shared by its resources, so that a program serializes each only once. */
export const providers: Record<Kind, dynamic.ResourceProvider> = {
    TrackingDomain: shim("TrackingDomain"),
    Verification: shim("Verification"),
    DefaultDomain: shim("DefaultDomain"),
    Eligibility: shim("Eligibility"),
    Certificate: shim("Certificate"),
    DomainLink: shim("DomainLink"),
};
