// A tracking domain behind Fastly with its records at Cloudflare, from its first `up` to `destroy`.
import { describe, expect, it } from "vitest";
import type { TimelineEvent } from "../../dev/sandbox/index.ts";
import { type TestDomain, TestStack } from "../support/stack.ts";
import { inOrder, isHttpsThroughEdge } from "../support/timeline.ts";

const hostname = "track.example.com";
const challenge = `_acme-challenge.${hostname}`;
const service = `SparkPost tracking ${hostname}`;
const dns = { cloudflare: { zone: "example.com" } };
const domain: TestDomain = { hostname, fastly: { dns }, default: true, protect: false };
const working = { secure: true, verified: true, default: true };
/** The events of whatever sent mail depends on being taken away. */
const takenDown = [
    "version-deactivated",
    "service-deleted",
    "subscription-deleted",
    "record-deleted",
    "domain-deleted",
];
/** The names appear late, the certificate later, and SparkPost says no, no, yes. */
const late = { nameDelay: 600, fastlyCertificateDelay: 1_500, verifyNo: 2 };

const ofKind = (kind: string, host?: string) => (event: TimelineEvent) =>
    event.kind === kind && (host === undefined || event.host === host);
const isIssued = ({ kind, state }: TimelineEvent) => kind === "subscription-state" && state === "issued";

describe("the order", () => {
    it("leads a new host to Fastly only once it has its certificate there, and comes down in reverse", async () => {
        await using stack = await TestStack.start({ sandbox: { faults: late }, domains: [domain] });
        await stack.up();

        const { timeline } = stack.sandbox;
        inOrder(timeline, [
            ["registered", ofKind("registered")],
            ["service active", ofKind("version-activated")],
            ["subscription", ofKind("subscription-created")],
            ["challenge record", ofKind("record-created", challenge)],
            ["challenge's name", ofKind("name-visible", challenge)],
            ["issued", isIssued],
            ["host's record", ofKind("record-created", hostname)],
            ["host's name", ofKind("name-visible", hostname)],
            ["https through the edge", isHttpsThroughEdge],
            ["verification", ofKind("verify-asked")],
            ["verified", ofKind("verified")],
            ["default", ofKind("default-changed")],
        ]);
        expect(timeline.find(isHttpsThroughEdge)).toMatchObject({ edge: "fastly" });
        expect(stack.events("not-verified")).toHaveLength(2);
        // No recursive resolver before the name servers know a name: it would remember "no such name".
        expect(stack.events("dns-query").filter(isDenialByResolver)).toEqual([]);
        await stack.unchanged("--refresh");

        const comingDown = timeline.length;
        stack.sandbox.sparkpost.us.change(hostname, { default: false });
        await stack.destroy();
        inOrder(timeline.slice(comingDown), [
            ["host's record", ofKind("record-deleted", hostname)],
            ["challenge record", ofKind("record-deleted", challenge)],
            ["subscription", ofKind("subscription-deleted")],
            ["service off", ofKind("version-deactivated")],
            ["service", ofKind("service-deleted")],
            ["registration", ofKind("domain-deleted")],
        ]);
        expect(stack.sandbox.cloudflare.records("example.com")).toEqual([]);
    });

    it("switches a host in use only after a validated answer over https through Fastly", async () => {
        await using stack = await TestStack.start({
            sandbox: { faults: late },
            domains: [{ ...domain, adopt: true }],
        });
        stack.sandbox.sparkpost.us.seed({ domain: hostname, secure: false, verified: true });
        await stack.up();

        inOrder(stack.sandbox.timeline, [
            ["issued", isIssued],
            ["host's record", ofKind("record-created", hostname)],
            ["https through the edge", isHttpsThroughEdge],
            ["switch to secure", ({ kind, secure }) => kind === "secure-changed" && secure === true],
            ["verified", ofKind("verified")],
            ["default", ofKind("default-changed")],
        ]);
        expect(stack.events("registered")).toEqual([]);
        expect(stack.domain(hostname)).toMatchObject(working);

        await stack.destroy();
        expect(stack.events(...takenDown)).toEqual([]);
        expect(stack.domain(hostname)).toMatchObject(working);
        expect((await stack.sandbox.click(`https://${hostname}/f/a/b/c/d?target=https://shop.example/`)).status).toBe(
            302,
        );
    });
});

it("changes its service by a version, sees and mends what somebody changed there, and tells the visitor's address", async () => {
    await using stack = await TestStack.start({ domains: [domain] });
    const { fastly, timeline } = stack.sandbox;
    await stack.up();
    const [before] = fastly.services();
    expect(before).toMatchObject({ name: service, active_version: 1 });

    await stack.declare({ ...domain, fastly: { dns, cacheTtl: 20 } });
    await stack.up();
    expect(fastly.services()).toMatchObject([{ id: before?.id, active_version: 2, deleted_at: null }]);
    expect(fastly.services()[0]?.versions[1]?.settings).toMatchObject({ "general.default_ttl": 20 });
    expect(stack.events(...takenDown)).toEqual([]);

    fastly.changeBackend(service, { port: 80, use_ssl: false });
    expect(await stack.drift()).toContain("fastly:index/serviceVcl:ServiceVcl");
    await stack.up("--refresh");
    expect(fastly.services()).toMatchObject([{ id: before?.id, active_version: 4 }]);
    expect(fastly.services()[0]?.versions[3]?.backends).toMatchObject([{ port: 443, use_ssl: true }]);
    await stack.unchanged("--refresh");

    const spoofed = { "x-forwarded-for": "203.0.113.7", "fastly-client-ip": "203.0.113.7" };
    for (const [scheme, headers] of [["http", spoofed] as const, ["https", {}] as const]) {
        const path = `/f/a/${scheme}/c/d?target=https://shop.example/`;
        const answer = await stack.sandbox.click(`${scheme}://${hostname}${path}`, { headers });
        expect(answer).toMatchObject({ status: 302, location: "https://shop.example/" });
        const arrived = timeline.find(({ kind, path: asked }) => kind === "tracker-request" && asked === path);
        expect(arrived).toMatchObject({ event: "click", scheme: "https", visitorScheme: scheme });
        expect(String(arrived?.address)).toMatch(/127\.0\.0\.1$/);
    }
});

function isDenialByResolver({ host = "", server, rcode }: TimelineEvent): boolean {
    return host.endsWith(hostname) && server === "resolver" && rcode === "NXDOMAIN";
}
