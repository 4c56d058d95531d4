// Domains that were there before: taken over unchanged, and left in place by everything that comes later.
import { expect, it } from "vitest";
import { TestStack } from "../support/stack.ts";

const hostname = "track.example.com";
const other = "click.example.com";
const unverified = "unverified.example.com";
const redirect = "redirect.example.com";

it("are adopted as they are, with nothing left to change, and stay in place with record and default through rename and destroy", async () => {
    const adopted = { adopt: true, protect: false };
    const others = [
        { ...adopted, hostname: unverified },
        { ...adopted, hostname: redirect, cloudflare: { zone: "example.com", mode: "redirect" as const } },
    ];
    await using stack = await TestStack.start({
        domains: [{ ...adopted, name: "track", hostname, default: true }, ...others],
    });
    const { sparkpost, cloudflare, click } = stack.sandbox;
    sparkpost.us.seed({ domain: hostname, secure: true, verified: true, default: true });
    sparkpost.us.seed({ domain: unverified, secure: false, verified: false });
    sparkpost.us.seed({ domain: redirect, secure: true, verified: true });
    const { output } = await stack.up();
    expect(output).toContain(`\`pulumi destroy\` deletes the page rule of ${redirect}`);
    expect(stack.domain(unverified)).toMatchObject({ secure: true, verified: true });
    await stack.unchanged();

    await stack.declare({ ...adopted, name: "track", hostname: other, default: true }, ...others);
    await stack.up();
    await stack.destroy();

    for (const domain of [hostname, unverified, redirect, other]) {
        expect(stack.domain(domain)).toMatchObject({ secure: true, verified: true, default: domain === other });
    }
    const names = cloudflare.records("example.com").map(({ name }) => name);
    expect(names.sort()).toEqual([hostname, unverified, redirect, other].sort());
    expect(stack.events("domain-deleted", "record-deleted")).toEqual([]);
    // The redirect goes on as a proxy.
    expect(cloudflare.pageRules("example.com")).toEqual([]);
    for (const scheme of ["http", "https"]) {
        const link = `${scheme}://${redirect}/f/mail?target=https%3A%2F%2Fshop.example`;
        expect(await click(link)).toMatchObject({ status: 302, location: "https://shop.example" });
    }
});
