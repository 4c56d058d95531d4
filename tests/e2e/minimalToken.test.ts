// The README's own minimal API token: what it can't read is left out, and an update that is well prints no error. The
// plugins print each look-up that fails, also where the program goes on without it.
import { expect, it } from "vitest";
import { TestStack } from "../support/stack.ts";

const accountId = "0123456789abcdef0123456789abcdef";

it("is enough, and no update prints an error; with the zone's name or its id", async () => {
    await using stack = await TestStack.start({
        ownProcesses: true,
        sandbox: { cloudflareToken: { kind: "account", permissions: ["Zone Read", "DNS Write"] } },
    });
    const zoneId = stack.sandbox.cloudflare.zoneId("example.com");
    await stack.declare(
        { hostname: "track.example.com", cloudflare: { zone: "example.com" } },
        { hostname: "click.example.com", cloudflare: { zoneId } },
    );
    // Cloudflare's clients ask for pages until one is empty.
    const isLookUp = ({ path }: { path: string }) => path.includes("/zones?") && !path.includes("page=2");
    const lookUps = () => stack.sandbox.cloudflare.calls.filter(isLookUp).length;
    await stack.run("preview", 0);
    expect(lookUps()).toBe(1);
    await stack.up();
    await stack.up("--refresh");
    expect(stack.output).not.toMatch(/error|\[ERROR\]|errored|\*\*failed\*\*/i);
    expect(stack.domain("track.example.com")).toMatchObject({ secure: true, verified: true });
    expect(stack.domain("click.example.com")).toMatchObject({ secure: true, verified: true });
});

it("is told nothing of a zone that isn't there yet, in the first preview and the first update of `createZone`", async () => {
    await using stack = await TestStack.start({
        sandbox: { zones: [] },
        domains: [{ hostname: "track.example.org", cloudflare: { zone: "example.org", createZone: true, accountId } }],
    });
    await stack.run("preview", 0);
    await stack.up();
    expect(stack.output).not.toMatch(/error|\[ERROR\]|errored|\*\*failed\*\*/i);
    expect(stack.events("zone-created")).toHaveLength(1);
});
