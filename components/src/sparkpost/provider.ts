// The shim that stands in every state: it fetches the methods of its resource from the runtime when the provider process starts.
import type { dynamic } from "@pulumi/pulumi";
import type { Kind } from "./runtime";

/**
 * The provider of one kind of resource, as small as it can be, since its text is stored twice per resource.
 *
 * Everything else lives in the runtime module. If that can't be loaded, each method says so: without methods, a destroy would drop resources from the state as deleted
 * with no call made.
 */
function shim(kind: Kind): dynamic.ResourceProvider {
    const provider = {
        k: kind,
        configure(this: Record<string, unknown>, request: dynamic.ConfigureRequest) {
            try {
                Object.assign(
                    this,
                    require("pulumi-sparkpost-tracking/sparkpost/runtime").provider(this.k, request.config),
                );
            } catch (error) {
                for (const method of ["check", "diff", "create", "read", "update", "delete"]) {
                    this[method] = () => {
                        throw error;
                    };
                }
            }
        },
    };
    // `configure` adds the methods in the provider process. It must be synchronous, which the SDK's type doesn't allow for.
    return provider as unknown as dynamic.ResourceProvider;
}

/** One provider per kind, shared by its resources, so that each is serialized once a program. */
export const providers: Record<Kind, dynamic.ResourceProvider> = {
    TrackingDomain: shim("TrackingDomain"),
    TrackingDomainVerification: shim("TrackingDomainVerification"),
    DefaultTrackingDomain: shim("DefaultTrackingDomain"),
};
