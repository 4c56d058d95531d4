// SparkPost's own certificate where something was before, or a person is needed: records by hand, and a host behind a CDN.
import { expect, it } from "vitest";
import { TestStack } from "../support/stack.ts";

const dns = { cloudflare: { zone: "example.com" } };
const inUse = { secure: true, verified: true, tls_status: "valid" };

it("with a record by hand takes two ups: the first says what to add, the second goes through", async () => {
    const hostname = "track.example.net";
    await using stack = await TestStack.start({
        sandbox: { otherZones: [{ name: "example.net" }], ttlScale: 0.001 },
        domains: [{ hostname, managed: { dns: { manual: {} } }, default: true, protect: false }],
    });
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: false, default: false });
    expect(stack.events("verify-asked", "certificate-ordered", "default-changed")).toEqual([]);
    expect((await stack.outputs(hostname)).nextSteps.slice(0, 2)).toEqual([
        `Add the record ${hostname} 300 CNAME v2.spgo.io.`,
        expect.stringContaining("Run `pulumi up` again"),
    ]);

    stack.sandbox.dns.set({ name: hostname, type: "CNAME", value: "v2.spgo.io" });
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ ...inUse, default: true });
    expect((await stack.outputs(hostname)).verified).toBe(true);
    await stack.unchanged("--refresh");
});

it("takes a host from Cloudflare only where the interruption is accepted, by one change of its record", async () => {
    const hostname = "track.example.com";
    const common = { hostname, protect: false };
    await using stack = await TestStack.start({
        sandbox: { ttlScale: 0.001 },
        domains: [{ ...common, ...dns }],
    });
    await stack.up();
    const [record] = stack.sandbox.cloudflare.records("example.com");
    const before = stack.domain(hostname);

    await stack.declare({ ...common, managed: { dns } });
    const refusal = await stack.failingUp();
    expect(refusal).toContain(`${hostname} has HTTPS today`);
    expect(refusal).toContain("takes about 15 minutes");
    expect(refusal).toContain("click2.example.com");
    expect(refusal).toContain("acceptInterruption: true");
    expect(stack.sandbox.cloudflare.records("example.com")).toEqual([record]);
    expect(stack.events("record-updated", "record-deleted", "secure-changed")).toEqual([]);
    expect(stack.domain(hostname)).toEqual(before);

    await stack.declare({ ...common, managed: { dns, acceptInterruption: true } });
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject(inUse);
    expect(stack.events("record-updated")).toHaveLength(1);
    expect(stack.events("record-created")).toHaveLength(1);
    expect(stack.events("record-deleted", "domain-deleted")).toEqual([]);
    expect(stack.sandbox.cloudflare.records("example.com")).toMatchObject([
        { id: record?.id, name: hostname, content: "v2.spgo.io", proxied: false, ttl: 300 },
    ]);
    const click = await stack.sandbox.click(`https://${hostname}/f/mail?target=https%3A%2F%2Fshop.example`);
    expect(click).toMatchObject({ status: 302, location: "https://shop.example" });
    const advice = (await stack.outputs(hostname)).notes.join();
    expect(advice).toContain(`${hostname} moved from cloudflare to managed`);
    expect(advice).toContain("until SparkPost had its certificate");
    await stack.unchanged("--refresh");
});
