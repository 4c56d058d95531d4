// What links in sent mail depend on is protected; a rename replaces it in the right order where that is allowed.
import { expect, it } from "vitest";
import { TestStack } from "../support/stack.ts";

const hostname = "track.example.com";
const other = "click.example.com";

it("takes nothing when a protected domain is destroyed without a preview, or renamed", async () => {
    await using stack = await TestStack.start({ domains: [{ name: "track", hostname, default: true }] });
    await stack.up();

    const destroy = await stack.run("destroy --yes --skip-preview");
    expect(destroy.code).not.toBe(0);
    expect(destroy.output).toContain("protected");

    await stack.declare({ name: "track", hostname: other, default: true });
    expect(await stack.failingUp()).toContain("protect");

    expect(stack.events("domain-deleted", "record-deleted")).toEqual([]);
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true, default: true });
    expect(stack.sandbox.cloudflare.records("example.com")).toHaveLength(1);

    await stack.declare({ name: "track", hostname, default: true });
    await stack.up();
});

it("takes nothing of a protected host behind Fastly, whose record alone is protected", async () => {
    const fastly = { dns: { cloudflare: { zone: "example.com" } } };
    await using stack = await TestStack.start({ domains: [{ hostname, fastly }] });
    await stack.up();
    const { cloudflare, ...sandbox } = stack.sandbox;
    const there = () => [cloudflare.records("example.com"), sandbox.fastly.services(), sandbox.fastly.subscriptions()];
    const before = there();

    // With a preview, and without one.
    for (const command of ["destroy --yes", "destroy --yes --skip-preview --continue-on-error"]) {
        const { code, output } = await stack.run(command);
        expect(code).not.toBe(0);
        expect(output).toContain("protected");
    }
    expect(there()).toEqual(before);
});

it("renames with the new host working before the old one goes, and remembers whose default it took", async () => {
    const domain = { name: "track", default: true, restorePreviousDefault: true, protect: false };
    await using stack = await TestStack.start({ domains: [{ ...domain, hostname }] });
    const { us } = stack.sandbox.sparkpost;
    us.seed({ domain: "before.example.com", verified: true, default: true });
    await stack.up();

    await stack.declare({ ...domain, hostname: other });
    await stack.up();
    const kinds = stack.sandbox.timeline.map(({ kind, host }) => `${kind} ${host}`);
    const [newDefault, oldRecord, oldDomain] = [
        `default-changed ${other}`,
        `record-deleted ${hostname}`,
        `domain-deleted ${hostname}`,
    ].map((event) => kinds.indexOf(event));
    expect(newDefault).toBeGreaterThan(kinds.indexOf(`verified ${other}`));
    expect(oldRecord).toBeGreaterThan(newDefault ?? Number.NaN);
    expect(oldDomain).toBeGreaterThan(oldRecord ?? Number.NaN);
    await stack.unchanged();

    const comingDown = stack.sandbox.timeline.length;
    await stack.destroy();
    const backwards = ["default-changed", "record-deleted", "domain-deleted"];
    const undone = stack.sandbox.timeline.slice(comingDown).map(({ kind }) => kind);
    expect([...new Set(undone.filter((kind) => backwards.includes(kind)))]).toEqual(backwards);
    expect(us.domains()).toMatchObject([{ domain: "before.example.com", default: true }]);
});

it("says that the record is gone where SparkPost refuses the deletion at the end, how to put it back, and ends when asked again", async () => {
    await using stack = await TestStack.start({ domains: [{ hostname, protect: false }] });
    await stack.up();
    const { sparkpost, cloudflare, faults } = stack.sandbox;
    const errors = [{ message: "resource conflict", description: "in use by one or more sending domains" }];
    faults.sparkpost.push({ method: "DELETE", status: 409, times: 1, body: { errors } });

    const { code, output } = await stack.run("destroy --yes --skip-preview");
    expect(code).not.toBe(0);
    // Its whole words stand in the catalogue of messages.
    expect(output).toMatch(/in use by one or more sending domains[\s\S]*already deleted[\s\S]*`pulumi up`/);
    expect(stack.domain(hostname)).toBeDefined();
    expect(cloudflare.records("example.com")).toEqual([]);

    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
    expect(cloudflare.records("example.com")).toHaveLength(1);
    await stack.destroy();
    expect(sparkpost.us.domains()).toEqual([]);
});
