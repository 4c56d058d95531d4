// A tracking domain behind Fastly whose DNS records a person writes: what each `up` does, before and after they are there.
import { expect, it } from "vitest";
import { type HostOutputs, type TestDomain, TestStack } from "../support/stack.ts";
import { inOrder, isHttpsThroughEdge } from "../support/timeline.ts";

const hostname = "track.example.org";
const manual = { fastly: { dns: { manual: {} } } };
const domain: TestDomain = { name: "track", hostname, ...manual, default: true };
const working = { secure: true, verified: true, default: true };
/** What would change the domain, or break its links. */
const changes = ["secure-changed", "verify-asked", "default-changed", "domain-deleted", "service-deleted"];

it("ends well while the records aren't there, goes on once they are, and takes nothing back when they go", async () => {
    await using stack = await TestStack.start({
        sandbox: { otherZones: [{ name: "example.org" }] },
        domains: [domain],
    });
    const { dns, waitFor } = stack.sandbox;
    const { output } = await stack.up();
    expect(stack.events(...changes, "edge-request")).toEqual([]);
    expect(stack.domain(hostname)).toMatchObject({ verified: false });
    const { dnsRecords, nextSteps, verified } = await stack.outputs(hostname);
    expect(verified).toBe(false);
    expect(dnsRecords.map(({ name }) => name)).toEqual([`_acme-challenge.${hostname}`, hostname]);
    for (const { type, name, value, ttl } of dnsRecords) {
        const step = `Add the record ${name} ${ttl} ${type} ${value}.`;
        expect(nextSteps).toContain(step);
        // Whole on the component's row; as an output Pulumi would cut it at 150 characters.
        expect(output).toContain(step);
    }
    expect(nextSteps.join("\n")).not.toContain("Lower the TTL");

    dns.set(dnsRecords[0] as HostOutputs["dnsRecords"][0]);
    await waitFor(({ kind, state }) => kind === "subscription-state" && state === "issued");
    dns.set(dnsRecords[1] as HostOutputs["dnsRecords"][0]);
    await stack.up();
    inOrder(stack.sandbox.timeline, [
        ["record", ({ kind, host }) => kind === "record-set" && host === hostname],
        ["https through the edge", isHttpsThroughEdge],
        ["verified", ({ kind }) => kind === "verified"],
        ["default", ({ kind }) => kind === "default-changed"],
    ]);
    expect(stack.domain(hostname)).toMatchObject(working);
    expect((await stack.outputs(hostname)).nextSteps).toEqual([]);
    await stack.unchanged("--refresh");
    const settled = stack.events(...changes).length;

    // DNS that can't be asked isn't DNS without records.
    const nowhere = { resolver: "127.0.0.1:9", nameServers: ["127.0.0.1:9"] };
    await stack.declare({ ...domain, probe: nowhere });
    const silent = await stack.run("preview", 1);
    expect(silent.output).toMatch(
        /DNS of _acme-challenge.track.example.org: its record can't be looked up, because .*127.0.0.1:9.*\n.*`resolver` or `nameServers`.*\n?.*recordsExist: true/,
    );
    // The words of `notes` speak of deleting: what counts is the engine's tally.
    expect(silent.output).not.toMatch(/\d+ to (delete|replace)/);

    await stack.declare(domain);
    dns.remove(hostname);
    await stack.up();
    expect((await stack.outputs(hostname)).nextSteps[0]).toContain(`Add the record ${hostname}`);
    const destroy = await stack.run("destroy --yes --skip-preview");
    expect(destroy.code).not.toBe(0);
    expect(stack.events(...changes)).toHaveLength(settled);
    expect(stack.domain(hostname)).toMatchObject(working);

    dns.set(dnsRecords[1] as HostOutputs["dnsRecords"][0]);
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject(working);
});

it("tells the owner of a host in use to lower its TTL first, and takes his word for records that exist", async () => {
    const before = { name: hostname, type: "CNAME" as const, ttl: 3_600, value: "spgo.io" };
    await using stack = await TestStack.start({
        sandbox: { otherZones: [{ name: "example.org", records: [before] }], ttlScale: 0 },
        domains: [{ ...domain, adopt: true }],
    });
    const { dns, waitFor, click } = stack.sandbox;
    stack.sandbox.sparkpost.us.seed({ domain: hostname, secure: false, verified: true });
    await stack.up();
    const { dnsRecords, nextSteps } = await stack.outputs(hostname);
    const [challenge, host] = dnsRecords as [HostOutputs["dnsRecords"][0], HostOutputs["dnsRecords"][0]];
    expect(nextSteps.slice(0, 3)).toEqual([
        `Lower the TTL of ${hostname} (now spgo.io) to 300, and wait until the old TTL has passed.`,
        `Add the record ${challenge.name} 300 CNAME ${challenge.value}.`,
        expect.stringMatching(/^Run `pulumi up --refresh` .* \(it is pending now\)/),
    ]);
    // Led to Fastly before there is a certificate, the host would have no https.
    expect(nextSteps.join("\n")).not.toContain(`Change the record ${hostname}`);
    expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: true });
    const link = `http://${hostname}/f/a/b/c/d?target=https://shop.example/`;
    expect((await click(link)).status).toBe(302);

    dns.set(challenge);
    await waitFor(({ kind, state }) => kind === "subscription-state" && state === "issued");
    await stack.up("--refresh");
    expect((await stack.outputs(hostname)).nextSteps).toContainEqual(
        expect.stringContaining(`Change the record ${hostname} 300 CNAME ${host.value}`),
    );
    dns.set(host);
    expect((await click(link)).status).toBe(302);
    await stack.declare({ ...domain, adopt: true, fastly: { dns: { manual: { recordsExist: true } } } });
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject(working);
    expect((await click(link)).status).toBe(302);
    expect((await click(link.replace("http:", "https:"))).status).toBe(302);
    await stack.unchanged();
});
