// A domain that was there before: taken over unchanged, and left in place by everything that comes later.
import { expect, it } from "vitest";
import { TestStack } from "../support/stack.ts";

const hostname = "track.example.com";
const other = "click.example.com";

it("says how to adopt a domain that exists, and adopts it unchanged", async () => {
    await using stack = await TestStack.start({ domains: [{ hostname, protect: false }] });
    stack.sandbox.sparkpost.us.seed({ domain: hostname, secure: true, verified: true });

    const output = await stack.failingUp();
    expect(output).toContain(`${hostname} is already registered`);
    expect(output).toContain("adopt: true");
    expect(output).toContain("a killed `pulumi up` of yours");
    expect(stack.sandbox.cloudflare.records("example.com")).toEqual([]);
});

it("adopts a domain that was never verified, after which nothing is left to change", async () => {
    await using stack = await TestStack.start({ domains: [{ hostname, adopt: true, protect: false }] });
    stack.sandbox.sparkpost.us.seed({ domain: hostname, secure: false, verified: false });
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
    await stack.unchanged();
});

it("leaves an adopted domain, its record and its default in place through rename and destroy", async () => {
    await using stack = await TestStack.start({
        domains: [{ name: "track", hostname, adopt: true, default: true, protect: false }],
    });
    const { us } = stack.sandbox.sparkpost;
    us.seed({ domain: hostname, secure: true, verified: true, default: true });
    await stack.up();

    await stack.declare({ name: "track", hostname: other, adopt: true, default: true, protect: false });
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
    expect(stack.domain(other)).toMatchObject({ secure: true, verified: true, default: true });
    const records = () => stack.sandbox.cloudflare.records("example.com").map(({ name }) => name);
    expect(records().sort()).toEqual([other, hostname]);

    await stack.destroy();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
    expect(stack.domain(other)).toMatchObject({ secure: true, verified: true, default: true });
    expect(records().sort()).toEqual([other, hostname]);
    expect(stack.events("domain-deleted", "record-deleted")).toEqual([]);
});

it("leaves an adopted redirect working, as a proxy: destroy takes its page rule alone", async () => {
    const cloudflare = { zone: "example.com", mode: "redirect" as const };
    await using stack = await TestStack.start({ domains: [{ hostname, adopt: true, protect: false, cloudflare }] });
    const { sandbox } = stack;
    sandbox.sparkpost.us.seed({ domain: hostname, secure: true, verified: true });
    const { output } = await stack.up();
    expect(output).toContain(`\`pulumi destroy\` deletes the page rule of ${hostname}`);

    await stack.destroy();
    expect(sandbox.cloudflare.pageRules("example.com")).toEqual([]);
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
    for (const scheme of ["http", "https"]) {
        const link = `${scheme}://${hostname}/f/mail?target=https%3A%2F%2Fshop.example`;
        expect(await sandbox.click(link)).toMatchObject({ status: 302, location: "https://shop.example" });
    }
});
