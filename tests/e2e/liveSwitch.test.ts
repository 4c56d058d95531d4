// A host in use goes from http to https while recipients click its links: in place, or by a sibling host.
import { describe, expect, it } from "vitest";
import { Recipients } from "../support/clicks.ts";
import {
    expectNoneLost,
    goLive,
    liveHost,
    liveReadings,
    liveRecord,
    liveZone,
    recipientsOf,
} from "../support/liveHost.ts";
import { siteWithHsts } from "../support/ownServer.ts";
import { TestStack } from "../support/stack.ts";
import { inOrder, isHttpsThroughEdge } from "../support/timeline.ts";

describe.each(liveReadings)("where the tracker %s", (_reading, assumed, expectClicks) => {
    it("goes to https in place, its record first proxied with a certificate, then forgotten by resolvers, then switched", async () => {
        await using stack = await TestStack.start({ sandbox: { assumed } });
        const { sandbox } = stack;
        const record = goLive(sandbox);
        const connectTo = [...sandbox.probe.connectTo, ...(await siteWithHsts(sandbox))];
        await using recipients = recipientsOf(sandbox);
        await recipients.pass();

        await stack.declare({
            hostname: liveHost,
            adopt: true,
            cloudflare: { zone: liveZone, import: { record } },
            probe: { connectTo },
        });
        const { output } = await stack.up();
        expect(output).toMatch(/warning: example\.com sends Strict-Transport-Security with includeSubDomains/);
        expect(stack.domain(liveHost)).toMatchObject({ secure: true, verified: true });
        await recipients.pass();
        await stack.declare({ hostname: liveHost, adopt: true, cloudflare: { zone: liveZone }, probe: { connectTo } });
        await stack.unchanged();

        const clicks = await recipients.stop();
        expectClicks(sandbox, clicks);
        expect(new Set(clicks.map(({ url }) => new URL(url).protocol))).toEqual(new Set(["http:", "https:"]));
        inOrder(sandbox.timeline, [
            ["certificate", ({ kind, host }) => kind === "certificate-ready" && host === liveHost],
            [
                "proxied",
                ({ kind, host, proxied }) => kind === "record-updated" && host === liveHost && proxied === true,
            ],
            ["https through the edge", isHttpsThroughEdge],
            ["switch to secure", ({ kind, secure }) => kind === "secure-changed" && secure === true],
            ["verified", ({ kind }) => kind === "verified"],
        ]);
        expect(stack.events("record-deleted", "domain-deleted", "registered")).toEqual([]);
        expect(`${sandbox.cloudflare.zoneId(liveZone)}/${liveRecord(sandbox)?.id}`).toBe(record);
    });
});

it("leaves the old host as it is with a sibling host, whose links new mail has", async () => {
    const sibling = "click2.example.com";
    await using stack = await TestStack.start();
    const { sandbox } = stack;
    goLive(sandbox);
    const seen = () => ({
        domain: stack.domain(liveHost),
        record: liveRecord(sandbox),
    });
    const before = seen();
    await using recipients = recipientsOf(sandbox);
    await recipients.pass();
    // New mail has the sibling's links from then on.
    const isDefault = ({ kind, host }: (typeof sandbox.timeline)[number]) =>
        kind === "default-changed" && host === sibling;
    const newMail = sandbox.waitFor(isDefault, 60_000).then(() => new Recipients(sandbox, sibling));

    const domain = { hostname: sibling, cloudflare: { zone: liveZone }, default: true };
    await stack.declare(domain);
    await stack.up();
    await stack.declare({ ...domain, sendingDomains: ["example.com"] });
    await stack.up();
    expect(sandbox.sparkpost.us.links()).toEqual({ "example.com": sibling });
    expect(stack.domain(sibling)).toMatchObject({ secure: true, verified: true, default: true });
    await using newRecipients = await newMail;
    await newRecipients.pass();
    await recipients.pass();

    const newClicks = await newRecipients.stop();
    expectNoneLost(sandbox, newClicks);
    expect(new Set(newClicks.map(({ url }) => new URL(url).protocol))).toEqual(new Set(["http:", "https:"]));
    const clicks = await recipients.stop();
    expectNoneLost(sandbox, clicks);
    expect(clicks.filter(({ url }) => !url.startsWith(`http://${liveHost}/`))).toEqual([]);
    expect(seen()).toEqual(before);
    inOrder(sandbox.timeline, [
        ["verified", ({ kind, host }) => kind === "verified" && host === sibling],
        ["default", ({ kind, host }) => kind === "default-changed" && host === sibling],
        ["link", ({ kind }) => kind === "link-changed"],
    ]);
    await stack.unchanged();
});
