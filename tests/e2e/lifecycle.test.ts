// The shipped stack from its first `up` to `destroy`, with what somebody else may do to it in between.
import { expect, it } from "vitest";
import { TestStack } from "../support/stack.ts";

const hostname = "track.example.com";

it("goes up, stays unchanged, sees and mends drift, and comes down", async () => {
    await using stack = await TestStack.start({ domains: [{ hostname, default: true, protect: false }] });
    const { us } = stack.sandbox.sparkpost;

    await stack.run("preview", 0);
    expect(us.calls).toEqual([]);

    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, default: true, verified: true });
    us.seed({ domain: "theirs.example.com", verified: true });
    us.change("theirs.example.com", { default: true });
    us.change(hostname, { secure: false, verified: false });
    stack.sandbox.cloudflare.changeRecord(hostname, { proxied: false });
    const drift = await stack.drift();
    expect(drift).toMatch(/~ proxied *: false => true/);
    expect(drift).toMatch(/~ secure +: false => true/);
    expect(drift).toMatch(/~ verified +: false => true/);
    expect(drift).toMatch(/~ domain +: "theirs.example.com" => "track.example.com"/);
    await stack.up("--refresh");
    expect(stack.domain(hostname)).toMatchObject({ secure: true, default: true, verified: true });

    us.remove(hostname);
    expect(await stack.drift()).toMatch(/\+ pulumi-nodejs:dynamic:TrackingDomain/);
    await stack.up("--refresh");
    expect(stack.domain(hostname)).toMatchObject({ secure: true, default: true, verified: true });
    await stack.unchanged("--refresh");

    us.change(hostname, { default: false });
    await stack.destroy();
    expect(stack.domain(hostname)).toBeUndefined();
    expect(stack.sandbox.cloudflare.records("example.com")).toEqual([]);
});
