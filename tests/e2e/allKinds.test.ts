// Every kind of edge that a configuration can name, side by side in one stack.
import { expect, it } from "vitest";
import { type TestDomain, TestStack } from "../support/stack.ts";

const cloudflare = { zone: "example.com" };
const dns = { cloudflare };
const domains: TestDomain[] = [
    { hostname: "proxy.example.com", cloudflare, default: true },
    { hostname: "redirect.example.com", cloudflare: { ...cloudflare, mode: "redirect" } },
    { hostname: "fastly.example.com", fastly: { dns } },
    { hostname: "managed.example.com", managed: { dns } },
];

it("goes up with all of them verified and a click through each, stays unchanged, and comes down", async () => {
    await using stack = await TestStack.start({
        sandbox: { ttlScale: 0.001 },
        domains: domains.map((domain) => ({ ...domain, protect: false })),
    });
    const { us } = stack.sandbox.sparkpost;
    await stack.up();
    expect(us.domains().map(({ domain, secure, verified }) => [domain, secure, verified])).toEqual(
        expect.arrayContaining(domains.map(({ hostname }) => [hostname, true, true])),
    );
    expect(us.domains()).toHaveLength(domains.length);
    for (const { hostname } of domains) {
        const click = await stack.sandbox.click(`https://${hostname}/f/mail?target=https%3A%2F%2Fshop.example`);
        expect(click.status, hostname).toBe(302);
    }
    // One look-up serves all hosts of the zone: a list, asked for until a page is empty.
    const lookUps = stack.sandbox.cloudflare.calls.filter(({ path }) => path.includes("/zones?"));
    expect(lookUps.map(({ path }) => new URL(path, "http://api").searchParams.get("page") ?? "1")).toEqual(["1", "2"]);
    await stack.unchanged();
    await stack.unchanged("--refresh");

    us.change("proxy.example.com", { default: false });
    await stack.destroy();
    expect(us.domains()).toEqual([]);
    expect(stack.sandbox.cloudflare.records("example.com")).toEqual([]);
    expect(stack.sandbox.cloudflare.pageRules("example.com")).toEqual([]);
});
