// Every kind of edge that a configuration can name, side by side in one stack.
import { expect, it } from "vitest";
import { type AppLinks, appFilesOf } from "../../components/src/appLinks.ts";
import { type TestDomain, TestStack } from "../support/stack.ts";

const cloudflare = { zone: "example.com" };
const dns = { cloudflare };
const appLinks: AppLinks = {
    apple: [{ appId: "ABCDE12345.com.example.app" }],
    android: [{ packageName: "com.example.app", fingerprints: [Array.from({ length: 32 }, () => "A1").join(":")] }],
};
const domains: TestDomain[] = [
    { hostname: "proxy.example.com", cloudflare, appLinks, default: true },
    { hostname: "redirect.example.com", cloudflare: { ...cloudflare, mode: "redirect" }, appLinks },
    { hostname: "fastly.example.com", fastly: { dns }, appLinks },
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
    for (const { hostname } of domains.filter((domain) => domain.appLinks)) {
        for (const { path, content } of appFilesOf(appLinks)) {
            const file = await stack.sandbox.click(`https://${hostname}${path}`);
            expect(file).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
            expect(file.body.toString()).toBe(content);
        }
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
    expect([stack.sandbox.cloudflare.routes("example.com"), stack.sandbox.cloudflare.workers()]).toEqual([[], []]);
});
