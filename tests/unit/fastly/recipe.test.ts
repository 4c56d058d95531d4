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

it.each<[string, Partial<ServiceVclArgs>]>([
    [
        "a backend that overrides the host",
        { backends: [{ name: "sparkpost", address: "spgo.io", useSsl: true, overrideHost: "spgo.io" }] },
    ],
    ["request settings that do", { requestSettings: [{ name: "r", defaultHost: "spgo.io" }] }],
    ["a service that does", { defaultHost: "spgo.io" }],
    ["a backend without TLS", { backends: [{ ...(backend ?? { name: "", address: "" }), useSsl: false, port: 80 }] }],
    ["an hour of cache", { defaultTtl: 3600 }],
])("warns of %s", (_what, changes) => {
    expect(warnings(changes)).toMatchSnapshot();
});
