import { describe, expect, it } from "vitest";
import { HttpsTrackingDomain } from "../../components/src/httpsTrackingDomain.ts";
import { run } from "../support/program.ts";

type Args = ConstructorParameters<typeof HttpsTrackingDomain>[1];
const hostname = "track.example.com";
const dns = { cloudflare: { zone: "example.com" } };
const modifiedOn = "2026-01-01T00:00:00.123456Z";
const outputs = { FormerTtl: { keptFor: 600 }, DnsRecord: { modifiedOn } };
const subscription = {
    managedDnsChallenges: [
        { recordName: `_acme-challenge.${hostname}`, recordType: "CNAME", recordValue: "x.example" },
    ],
    managedHttpChallenges: [{ recordName: hostname, recordType: "CNAME", recordValues: ["t.sni.example"] }],
};

// Where nobody answers.
const probe = { resolver: "127.0.0.1:9", nameServers: ["127.0.0.1:9"] };

/** Until SparkPost is asked. */
const declare = (args: Args, more: object = {}) =>
    run(() => new HttpsTrackingDomain("track", { probe, ...args }), {
        until: (resources) => resources.some(({ type }) => type.endsWith("TrackingDomainVerification")),
        outputs: { ...outputs, TlsSubscription: subscription, ...more },
    });

/** The edges whose record of the host is written at Cloudflare, and what waits for it there. */
const edges: [string, Partial<Args>, string, string][] = [
    ["Cloudflare's proxy", { cloudflare: dns.cloudflare }, "CloudflareEdge", "TrackingDomainVerification"],
    [
        "a redirect",
        { cloudflare: { ...dns.cloudflare, mode: "redirect" } },
        "CloudflareRedirectEdge",
        "TrackingDomainVerification",
    ],
    ["Fastly", { fastly: { dns } }, "FastlyEdge", "TrackingDomainVerification"],
    ["SparkPost's own certificate", { managed: { dns } }, "ManagedEdge", "ManagedCertificate"],
];

describe.each(edges)("a host in use that goes behind %s", (_what, edge, component, waiting) => {
    it("has a memory of its record's TTL, made before the record is changed", async () => {
        const { one, resources } = await declare({ hostname, adopt: true, ...edge });
        const memory = one("FormerTtl");
        expect(memory).toMatchObject({ name: "track", parent: `${component} track`, inputs: { domain: hostname } });
        expect([memory.protect, memory.retainOnDelete]).toEqual([false, false]);
        const record = resources.find(({ type, name }) => type.endsWith("DnsRecord") && name === "track");
        expect(record?.dependsOn).toEqual(expect.arrayContaining(["FormerTtl track", ...memory.dependsOn]));
    });

    it("gets https links when resolvers have forgotten the record, from its last change on", async () => {
        const { one } = await declare({ hostname, adopt: true, ...edge });
        expect(one(waiting).inputs.secureNotBefore).toBe("2026-01-01T00:10:00.123Z");
    });

    it("gets them at once where the record led nowhere without https", async () => {
        const { one } = await declare({ hostname, adopt: true, ...edge }, { FormerTtl: {} });
        expect(one(waiting).inputs.secureNotBefore).toBeUndefined();
    });

    it("that is new has no such memory", async () => {
        const { resources, one } = await declare({ hostname, ...edge });
        expect(resources.filter(({ type }) => type.endsWith("FormerTtl"))).toEqual([]);
        expect(one(waiting).inputs).not.toHaveProperty("secureNotBefore");
    });
});

it("an edge of somebody's own can say when, too", async () => {
    const edge = { endpoint: "spgo.io", dependsOn: [], secureNotBefore: "2026-01-01T00:00:00Z" };
    const { one } = await declare({ hostname, adopt: true, edge });
    expect(one("TrackingDomainVerification").inputs.secureNotBefore).toBe("2026-01-01T00:00:00Z");
});
