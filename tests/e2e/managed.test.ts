// A host with SparkPost's own certificate, from its first `up` to `destroy`, with what may become of it in between.
import { describe, expect, it } from "vitest";
import type { Assumed, DomainSettings, TimelineEvent } from "../../dev/sandbox/index.ts";
import { TestStack } from "../support/stack.ts";
import { inOrder } from "../support/timeline.ts";

const hostname = "track.example.com";
const managed = { dns: { cloudflare: { zone: "example.com" } } };
const domain = { hostname, managed, default: true, protect: false };
const inUse = { secure: true, verified: true, tls_status: "valid" } as const;

/** What no vendor documents, read both ways. */
const readings: [string, Partial<Assumed>][] = [
    ["costs the verification", {}],
    [
        "keeps the verification",
        { certificateResetsVerified: false, putSecureResetsVerified: false, unverifiedHost: "served" },
    ],
];

describe.each(readings)("where the certificate %s", (_reading, assumed) => {
    it("asks, writes, verifies over http, orders, waits, probes and makes the default, in this order", async () => {
        await using stack = await TestStack.start({
            sandbox: { assumed, faults: { nameDelay: 1_500, managedCertificateDelay: 1_500 } },
            domains: [domain],
        });
        await stack.up();

        const events = history(stack);
        inOrder(events, [
            ["registered with http links", ({ kind, secure }) => kind === "registered" && secure === false],
            ["eligibility asked", ({ kind }) => kind === "POST certificate/check"],
            ["record", ({ kind }) => kind === "record-created"],
            ["name", ({ kind }) => kind === "name-visible"],
            ["SparkPost's first look", ({ kind }) => kind === "verify-asked"],
            ["verified over http", ({ kind }) => kind === "verified"],
            ["certificate ordered", ({ kind }) => kind === "certificate-ordered"],
            ["certificate and https links", ({ kind }) => kind === "certificate-issued"],
            ["our https request", isOurHttpsRequest],
            ["default", ({ kind }) => kind === "default-changed"],
        ]);
        const lastQuestion = events.findLastIndex(({ kind, secure }) => kind === "verify-asked" && secure === true);
        expect(lastQuestion).toBeGreaterThan(events.findIndex(isOurHttpsRequest));
        expect(stack.events("certificate-ordered")).toHaveLength(1);
        // No resolver before the authoritative servers know the name: it would remember "no such name" for half an hour.
        const denials = stack
            .events("dns-query")
            .filter(({ host, server, rcode }) => host === hostname && server === "resolver" && rcode === "NXDOMAIN");
        expect(denials).toEqual([]);
        expect(stack.domain(hostname)).toMatchObject({ ...inUse, default: true });
        const click = await stack.sandbox.click(`https://${hostname}/f/mail?target=https%3A%2F%2Fshop.example`);
        expect(click).toMatchObject({ status: 302, location: "https://shop.example" });

        await stack.unchanged("--refresh");
    });
});

it("is seen where it has drifted, and mended by an up with refresh", async () => {
    await using stack = await TestStack.start({ domains: [domain] });
    const { us } = stack.sandbox.sparkpost;
    await stack.up();
    const drifts: [DomainSettings, RegExp[]][] = [
        [{ tls_status: "failed", tls_certificate: { error_code: "caa" } }, [/~ tlsStatus *: "failed" => "valid"/]],
        [{ secure: false, verified: false }, [/~ secure *: false => true/, /~ verified *: false => true/]],
    ];
    for (const [settings, changes] of drifts) {
        us.change(hostname, settings);
        const drift = await stack.drift();
        for (const change of changes) {
            expect(drift).toMatch(change);
        }
        await stack.up("--refresh");
        expect(stack.domain(hostname), JSON.stringify(settings)).toMatchObject(inUse);
    }
    await stack.unchanged("--refresh");
    // What failed was ordered anew; the rest needed no order.
    expect(stack.events("certificate-ordered")).toHaveLength(2);
});

it("is taken up where SparkPost holds the certificate already, without an order or a changed scheme", async () => {
    const hostname = "track.example.net";
    await using stack = await TestStack.start({
        sandbox: {
            otherZones: [{ name: "example.net", records: [{ name: hostname, type: "CNAME", value: "v2.spgo.io" }] }],
        },
        domains: [{ hostname, managed: { dns: { manual: {} } }, adopt: true, protect: false }],
    });
    const { us } = stack.sandbox.sparkpost;
    us.seed({ domain: hostname, ...inUse, uses_managed_certificate: true });
    await stack.up();

    const changes = us.calls.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
    expect(changes).toEqual([`POST /us/api/v1/tracking-domains/${hostname}/verify`]);
    expect(stack.domain(hostname)).toMatchObject(inUse);
    await stack.unchanged("--refresh");

    await stack.destroy();
    expect(stack.domain(hostname)).toMatchObject(inUse);
});

it("comes down backwards: default, record, registration", async () => {
    await using stack = await TestStack.start({ domains: [{ ...domain, restorePreviousDefault: true }] });
    stack.sandbox.sparkpost.us.seed({ domain: "before.example.com", verified: true, default: true });
    await stack.up();
    const comingDown = stack.sandbox.timeline.length;
    await stack.destroy();
    inOrder(stack.sandbox.timeline.slice(comingDown), [
        ["default", ({ kind }) => kind === "default-changed"],
        ["record", ({ kind }) => kind === "record-deleted"],
        ["registration", ({ kind }) => kind === "domain-deleted"],
    ]);
    expect(stack.sandbox.sparkpost.us.domains().map(({ domain }) => domain)).toEqual(["before.example.com"]);
    expect(stack.sandbox.cloudflare.records("example.com")).toEqual([]);
});

/** What happened, with SparkPost's certificate calls among it as they came in. */
function history({ sandbox }: TestStack): TimelineEvent[] {
    const calls = sandbox.sparkpost.us.calls
        .filter(({ path }) => path.includes("/certificate/"))
        .map(({ at, method, path }): TimelineEvent => {
            const kind = `${method} certificate/${path.split("/").at(-1)}`;
            return { at, actor: "sparkpost", kind, what: `${method} ${path}` };
        });
    return [...calls, ...sandbox.timeline].sort((a, b) => a.at - b.at);
}

/** An https request to the tracker that isn't SparkPost's own verification. */
function isOurHttpsRequest({ kind, scheme, userAgent }: TimelineEvent): boolean {
    return kind === "tracker-request" && scheme === "https" && userAgent !== "SparkPost";
}

it("with records by hand is told of one that was added under a doubled name, and where to enter it", async () => {
    const records = [{ name: "www.example.com", type: "A" as const, value: "192.0.2.77" }];
    await using stack = await TestStack.start({
        sandbox: { zones: [], otherZones: [{ name: "example.com", records }] },
        domains: [{ name: "track", hostname, managed: { dns: { manual: {} } }, protect: false }],
    });
    stack.sandbox.dns.set({ name: `${hostname}.example.com`, type: "CNAME", value: "v2.spgo.io" });
    await stack.up();
    const { nextSteps } = await stack.outputs(hostname);
    expect(nextSteps.join("\n")).toContain(`Delete the record ${hostname}.example.com`);
});
