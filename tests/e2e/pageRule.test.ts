// The page rule that gives a host its own settings: refused where it couldn't be made or wouldn't fire, else it does what it is for.
import { expect, it } from "vitest";
import type { SandboxOptions } from "../../dev/sandbox/index.ts";
import { makePageRule, pageRuleApi } from "../support/pageRules.ts";
import { type TestDomain, TestStack } from "../support/stack.ts";

it("refuses a page rule that couldn't be made or wouldn't fire, and makes one that mail scanners get through", async () => {
    const hostname = "track.example.com";
    const withRule = (priority: number): TestDomain => ({
        hostname,
        protect: false,
        cloudflare: { zone: "example.com", settings: "pageRule", priority },
        probe: { deadline: 5 },
    });
    const cloudflareToken: SandboxOptions["cloudflareToken"] = { kind: "user" };
    await using stack = await TestStack.start({
        // Scanners without a user agent are challenged, and the origin is asked without encryption, unless the rule says otherwise.
        sandbox: {
            zones: [{ name: "example.com", ssl: "flexible" }],
            assumed: { noUserAgent: "challenged" },
            cloudflareToken,
        },
        domains: [withRule(1)],
    });
    const { cloudflare } = stack.sandbox;
    for (const target of ["a.example.com/*", "b.example.com/*", "c.example.com/*"]) {
        await makePageRule(stack.sandbox, target, 1);
    }
    expect(await stack.failingUp()).toMatch(
        /Page rule track.example.com\/\*: the zone has no page rule left \(it uses 3 of 3\).*`settings: none`/,
    );
    expect(cloudflare.records("example.com")).toEqual([]);

    for (const { id } of cloudflare.pageRules("example.com").slice(1)) {
        await pageRuleApi(stack.sandbox, "DELETE", `/${id}`);
    }
    await makePageRule(stack.sandbox, "*example.com/*", 5);
    expect(await stack.failingUp()).toMatch(
        /the page rule \*example.com\/\* \(priority 5\) matches the same requests and outranks this one \(priority 1\).*`priority: 6`/,
    );
    expect(cloudflare.records("example.com")).toEqual([]);
    expect(cloudflare.pageRules("example.com")).toHaveLength(2);

    cloudflareToken.kind = "account";

    cloudflareToken.kind = "user";
    await stack.declare(withRule(6));
    const { output } = await stack.up();
    expect(output).not.toContain("warning:");
    expect(stack.domain(hostname)).toMatchObject({ verified: true });
    expect(cloudflare.pageRules("example.com")).toContainEqual(
        expect.objectContaining({ priority: 6, status: "active" }),
    );
    expect(await stack.sandbox.click(`https://${hostname}/f/a`, { userAgent: "" })).toMatchObject({ status: 302 });
    await stack.unchanged();
});
