import type { ServiceVclArgs } from "@pulumi/fastly/serviceVcl";
import type { Unwrap } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { recipeWarnings } from "../../../components/src/fastly/recipe.ts";
import { serviceArgs } from "../../../components/src/fastly/service.ts";

const hostname = "track.example.com";
const recipe = serviceArgs({ hostname, endpoint: "spgo.io", description: "SparkPost", cacheTtl: 10 });
const warnings = (changes: Partial<ServiceVclArgs>) =>
    recipeWarnings(hostname, { ...recipe, ...changes } as Unwrap<ServiceVclArgs>);
const [backend] = recipe.backends as { name: string; address: string }[];

it("says nothing of the recipe, nor of passing every request", () => {
    expect(warnings({})).toEqual([]);
    expect(warnings({ defaultTtl: 0 })).toEqual([]);
});

it.each<[string, Partial<ServiceVclArgs>, RegExp]>([
    [
        "a backend that overrides the host",
        { backends: [{ name: "sparkpost", address: "spgo.io", useSsl: true, overrideHost: "spgo.io" }] },
        /^overrideHost of the backend sparkpost replaces the Host header of track.example.com.*http links break/,
    ],
    [
        "request settings that do",
        { requestSettings: [{ name: "r", defaultHost: "spgo.io" }] },
        /^defaultHost of the request setting r replaces/,
    ],
    ["a service that does", { defaultHost: "spgo.io" }, /^the service's defaultHost replaces/],
    [
        "a backend without TLS",
        { backends: [{ ...(backend ?? { name: "", address: "" }), useSsl: false, port: 80 }] },
        /^The backend sparkpost \(port 80\) is asked without TLS/,
    ],
    [
        "an hour of cache",
        { defaultTtl: 3600 },
        /^Fastly caches the answers of track.example.com for 3600 s: who clicks/,
    ],
])("warns of %s", (_what, changes, warning) => {
    expect(warnings(changes)).toEqual([expect.stringMatching(warning)]);
});
