import { describe, expect, it } from "vitest";
import { EDGE_TYPES, edgeAliases } from "../../components/src/edgeTypes.ts";
import { HttpsTrackingDomain, type HttpsTrackingDomainArgs } from "../../components/src/index.ts";
import { probeOf, run } from "../support/program.ts";

const hostname = "track.example.com";
const dns = { cloudflare: { zone: "example.com" } };
const challenge = { recordName: `_acme-challenge.${hostname}`, recordType: "CNAME", recordValue: "x.example" };
const target = { recordName: hostname, recordType: "CNAME", recordValues: ["j.sni.global.fastly.net"] };
const through = (cloudflare: HttpsTrackingDomainArgs["cloudflare"]) =>
    run(() => new HttpsTrackingDomain("track", { hostname, cloudflare: { zone: "example.com", ...cloudflare } }));

describe("a host that moves from one edge to another", () => {
    it.each(Object.values(EDGE_TYPES))("may have been any other than %s under the same name", (type) => {
        const others = Object.values(EDGE_TYPES).filter((other) => other !== type);
        expect(edgeAliases(type)).toEqual(others.map((other) => ({ type: other })));
    });

    it("says so in either mode of Cloudflare's", async () => {
        const [proxy, redirect] = [await through({}), await through({ mode: "redirect" })];
        expect(proxy.one("CloudflareEdge").aliasTypes).toEqual([EDGE_TYPES.fastly, EDGE_TYPES.managed]);
        expect(redirect.one("CloudflareEdge").aliasTypes).toEqual(proxy.one("CloudflareEdge").aliasTypes);
    });

    it("keeps kind and name of record and page rule, which is what their identity is made of below the edge's", async () => {
        const [proxy, redirect] = [await through({ settings: "pageRule" }), await through({ mode: "redirect" })];
        for (const kind of ["DnsRecord", "PageRule"]) {
            const [before, after] = [redirect.one(kind), proxy.one(kind)];
            expect([after.type, after.name]).toEqual([before.type, before.name]);
        }
        expect(proxy.one("DnsRecord").inputs).toEqual(redirect.one("DnsRecord").inputs);
    });

    it("gets its record before its page rule in both, so that no rule goes before the record leads to the endpoint", async () => {
        for (const { one } of [await through({ settings: "pageRule" }), await through({ mode: "redirect" })]) {
            expect(one("PageRule").dependsOn).toContain("DnsRecord track");
        }
    });

    it.each<[string, Partial<HttpsTrackingDomainArgs>]>([
        ["Cloudflare's proxy", { cloudflare: { zone: "example.com", settings: "pageRule" } }],
        ["Cloudflare's redirect", { cloudflare: { zone: "example.com", mode: "redirect" } }],
        ["Fastly", { fastly: { dns } }],
        ["SparkPost's own certificate", { managed: { dns } }],
    ])(
        "is held by no protection at %s: the edge has none for children to inherit, only the record",
        async (_, edge) => {
            const outputs = { TlsSubscription: { managedDnsChallenges: [challenge], managedHttpChallenges: [target] } };
            const { resources, errors } = await run(() => new HttpsTrackingDomain("track", { hostname, ...edge }), {
                preview: true,
                outputs,
            });
            expect(errors).toEqual([]);
            expect(resources.filter(({ protect }) => protect).map(({ type, name }) => [type, name])).toEqual([
                ["cloudflare:index/dnsRecord:DnsRecord", "track"],
                ["pulumi-nodejs:dynamic:TrackingDomain", "track"],
            ]);
        },
    );

    it("can leave the redirect's rule to the engine even where everything is retained", async () => {
        const { one } = await run(
            () =>
                new HttpsTrackingDomain("track", {
                    hostname,
                    adopt: true,
                    cloudflare: { zone: "example.com", mode: "redirect" },
                    probe: { resolver: "127.0.0.1:1" },
                }),
            { until: (registered) => registered.some(({ type }) => type.endsWith(":PageRule")) },
        );
        expect(one("DnsRecord")).toMatchObject({ protect: true, retainOnDelete: true });
        expect(one("PageRule")).toMatchObject({ protect: false, retainOnDelete: false });
    });
});

describe("mode redirect of a tracking domain", () => {
    it("hands on status and priority, and lets transforms reach both children", async () => {
        const { one, errors } = await run(
            () =>
                new HttpsTrackingDomain("track", {
                    hostname,
                    account: { region: "eu" },
                    cloudflare: { zone: "example.com", mode: "redirect", statusCode: 301, priority: 5 },
                    transform: { record: { comment: "mine" }, pageRule: { status: "disabled" } },
                }),
        );
        expect(errors).toEqual([]);
        expect(one("PageRule").inputs).toMatchObject({
            priority: 5,
            status: "disabled",
            actions: { forwardingUrl: { url: "https://eu.spgo.io/$1", statusCode: 301 } },
        });
        expect(one("DnsRecord").inputs.comment).toBe("mine");
    });

    it("takes the steps in order: record, rule, probe, verification", async () => {
        const { one } = await through({ mode: "redirect" });
        expect(one("DnsRecord").dependsOn).toEqual(["TrackingDomain track"]);
        expect(one("PageRule").dependsOn).toEqual(["DnsRecord track", "TrackingDomain track"]);
        expect(one("Command").dependsOn).toEqual(["DnsRecord track", "PageRule track", "TrackingDomain track"]);
    });

    it("is what the probe is told to expect, of an edge of one's own too", async () => {
        expect(probeOf((await through({ mode: "redirect" })).one("Command")).redirects).toBe(true);
        expect(probeOf((await through({ mode: "proxy" })).one("Command"))).not.toHaveProperty("redirects");
        const edge = { endpoint: "spgo.io", redirects: true, dependsOn: [] };
        const { one } = await run(() => new HttpsTrackingDomain("track", { hostname, edge }));
        expect(probeOf(one("Command")).redirects).toBe(true);
    });
});
