// Two environments of the one program, side by side in one account.
import { expect, it } from "vitest";
import { TestStack } from "../support/stack.ts";

it("keeps two environments apart", async () => {
    await using dev = await TestStack.start({
        stack: "dev",
        domains: [{ hostname: "track-dev.example.com", protect: false }],
    });
    await using prod = await TestStack.start({
        stack: "prod",
        within: dev.sandbox,
        domains: [{ hostname: "track.example.com", default: true, protect: false }],
    });
    await Promise.all([dev.up(), prod.up()]);
    expect(dev.domain("track-dev.example.com")).toMatchObject({ verified: true, default: false });
    expect(dev.domain("track.example.com")).toMatchObject({ verified: true, default: true });

    await dev.destroy();
    expect(dev.domain("track-dev.example.com")).toBeUndefined();
    await prod.unchanged("--refresh");
});
