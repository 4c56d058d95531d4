// SparkPost's guide of 2020 as it was written: a zone that a person delegates between two updates, a page rule with 301, and a
// domain in use that nothing happens to before.
import { expect, it } from "vitest";
import type { OtherRecord } from "../../dev/sandbox/index.ts";
import { type TestDomain, TestStack } from "../support/stack.ts";
import { inOrder } from "../support/timeline.ts";

const hostname = "track.example.org";
const accountId = "0123456789abcdef0123456789abcdef";
const link = `https://${hostname}/f/a?target=${encodeURIComponent("https://shop.example/?a=1&b=2")}`;

/** The whole guide, for a host of this zone. */
function guide(zone: string): TestDomain {
    return {
        hostname,
        cloudflare: { zone, createZone: true, accountId, mode: "redirect", statusCode: 301 },
        adopt: true,
        default: true,
    };
}

it("makes the zone and waits without harm until it is delegated, then redirects, switches to https and makes the default", async () => {
    await using stack = await inUse("example.org");
    const { cloudflare, sparkpost, click } = stack.sandbox;
    const before = stack.domain(hostname);

    const { output } = await stack.up();
    // What a delegation would lose is the command's to tell, which `nextSteps` name.
    expect(output).not.toMatch(/error|warning:/i);
    const held = await stack.outputs(hostname);
    expect(held).toMatchObject({ url: `http://${hostname}`, verified: true, default: false });
    const steps = [
        "Has sent mail https links of track.example.org?",
        "Copy every record of example.org",
        "Run `npx --no-install pulumi-sparkpost-tracking compare-zone example.org`",
        "Remove the old DS record at the registrar",
        "Set the name servers of example.org at its registrar to aron.ns.cloudflare.com and peyton.ns.cloudflare.com.",
        "Run `pulumi up` again",
    ];
    expect(held.nextSteps).toEqual(steps.map((step) => expect.stringContaining(step)));
    for (const step of held.nextSteps) {
        expect(output).toContain(step);
    }
    expect(nothingHappened(stack)).toBe(true);
    expect(stack.domain(hostname)).toEqual(before);
    expect(cloudflare.pageRules("example.org")).toHaveLength(1);

    // A person never gets to it: links work by the old DNS, and further updates have nothing to do.
    expect((await stack.up()).output).toContain("unchanged");
    expect(nothingHappened(stack)).toBe(true);
    expect(stack.domain(hostname)).toEqual(before);
    expect(stack.events("zone-created", "record-created", "page-rule-created")).toHaveLength(3);
    expect(await click(link.replace("https:", "http:"))).toMatchObject({
        status: 302,
        location: "https://shop.example/?a=1&b=2",
    });

    cloudflare.delegate("example.org");
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true, default: true });
    inOrder(stack.sandbox.timeline, [
        ["the zone is active", ({ kind }) => kind === "zone-active"],
        ["https through the edge", ({ kind, scheme }) => kind === "edge-request" && scheme === "https"],
        ["verified", ({ kind }) => kind === "verified"],
        ["default", ({ kind }) => kind === "default-changed"],
    ]);
    expect(await click(link)).toMatchObject({
        status: 301,
        location: link.replace(hostname, sparkpost.us.endpoint),
    });
    const done = await stack.outputs(hostname);
    expect(done).toMatchObject({ url: `https://${hostname}`, verified: true, default: true });
    expect(done.nextSteps).toEqual([]);
    await stack.unchanged("--refresh");
});

it("takes a host that is a zone of its own, whose NS records go into the zone above", async () => {
    await using stack = await inUse(hostname);
    await stack.up();
    const { nextSteps } = await stack.outputs(hostname);
    expect(nextSteps).toEqual([
        expect.stringContaining("https links of track.example.org"),
        expect.stringContaining("Copy every record"),
        expect.stringContaining("`npx --no-install pulumi-sparkpost-tracking compare-zone track.example.org`"),
        expect.stringContaining("Remove the old DS record in the DNS zone above track.example.org"),
        expect.stringMatching(/^Set the NS records of track\.example\.org in the zone above to aron/),
        expect.stringMatching(/^In the same change, .* a CNAME above all/),
        expect.stringContaining("Run `pulumi up` again"),
    ]);
    expect(nothingHappened(stack)).toBe(true);

    stack.sandbox.cloudflare.delegate(hostname);
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true, default: true });
    expect(await stack.sandbox.click(link)).toMatchObject({ status: 301 });
});

it("keeps a host with https links as it was until there is a certificate, if a person makes its record so", async () => {
    await using stack = await inUse("example.org");
    const { cloudflare, click } = stack.sandbox;
    await stack.up();
    // Links become https only when resolvers have forgotten this answer.
    cloudflare.changeRecord(hostname, { proxied: false, ttl: 2 });
    cloudflare.delegate("example.org");
    // Straight to SparkPost, as by the old DNS.
    expect(await click(link.replace("https:", "http:"))).toMatchObject({ status: 302 });

    await stack.up("--refresh");
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true, default: true });
    expect(await click(link)).toMatchObject({ status: 301 });
});

/** A stack with the guide for a domain that has http links, whose zone is still at another DNS vendor. */
async function inUse(zone: string): Promise<TestStack> {
    const records: OtherRecord[] = [
        { name: hostname, type: "CNAME", value: "spgo.io" },
        { name: "www.example.org", type: "CNAME", value: "shop.example.net" },
        { name: "example.org", type: "MX", value: "10 mail.example.net" },
    ];
    const stack = await TestStack.start({
        // What resolvers keep of the old DNS is over when the zone is delegated: nobody sets it up within five minutes.
        sandbox: { zones: [], otherZones: [{ name: "example.org", records }], ttlScale: 0 },
        domains: [guide(zone)],
    });
    stack.sandbox.sparkpost.us.seed({ domain: hostname, secure: false, verified: true });
    return stack;
}

/** Neither has SparkPost been told anything, nor has anybody asked through the edge. */
function nothingHappened({ sandbox }: TestStack): boolean {
    const told = sandbox.sparkpost.us.calls.filter(({ method }) => method !== "GET");
    const asked = sandbox.timeline.filter(({ kind }) =>
        ["edge-request", "tls-handshake", "verify-asked"].includes(kind),
    );
    return told.length + asked.length === 0;
}
