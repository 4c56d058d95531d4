// What our look at the endpoint's certificate says that Full (strict) would do at Cloudflare's edge.
import { describe, expect, it } from "vitest";
import { type Origin, originCertificate } from "../../components/src/cloudflare/sslMode.ts";
import { HOST, liveHost, world } from "./world.ts";

describe("an endpoint, asked for a host's certificate,", () => {
    it.each([
        ["has its own", "spgo.io", "endpoint"],
        ["has none that is right for either", "spgo.io.example.com", "refused"],
    ])("%s", async (_what, endpoint, is) => {
        const sandbox = await world();
        liveHost(sandbox);
        sandbox.cloudflare.seedRecord({ name: "spgo.io.example.com", content: "spgo.io", proxied: false });
        const { resolver, caFile, connectTo } = sandbox.probe;
        const origin: Origin = { hostname: HOST, endpoint, options: { resolver, caFile, connectTo } };
        expect(await originCertificate(origin)).toMatchObject({ is });
    });

    it("can't be asked where DNS doesn't know it", async () => {
        const sandbox = await world();
        const { resolver, caFile, connectTo } = sandbox.probe;
        const origin: Origin = { hostname: HOST, endpoint: "gone.example", options: { resolver, caFile, connectTo } };
        expect(await originCertificate(origin)).toMatchObject({ is: "unknown" });
    });

    it("has the host's, once SparkPost holds it", async () => {
        const sandbox = await world();
        const certificate = { uses_managed_certificate: true, tls_status: "valid" } as const;
        sandbox.sparkpost.us.seed({ domain: HOST, secure: true, verified: true, ...certificate });
        sandbox.cloudflare.seedRecord({ name: HOST, content: "v2.spgo.io", proxied: false });
        const { resolver, caFile, connectTo } = sandbox.probe;
        const origin: Origin = { hostname: HOST, endpoint: "v2.spgo.io", options: { resolver, caFile, connectTo } };
        expect(await originCertificate(origin)).toEqual({ is: "host" });
    });
});
