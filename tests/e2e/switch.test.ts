// A domain in use is switched to https, or stays as it was: insecure, verified, working.
import { describe, expect, it } from "vitest";
import { TestStack } from "../support/stack.ts";

const hostname = "track.example.com";
const readings = [
    ["loses", true],
    ["keeps", false],
] as const;

describe.each(readings)("where a new scheme %s the verification", (_reading, putSecureResetsVerified) => {
    it("undoes a switch that SparkPost doesn't verify, and finishes it at the next up", async () => {
        await using stack = await TestStack.start({
            sandbox: { assumed: { putSecureResetsVerified } },
            domains: [{ hostname, adopt: true, protect: false, verification: { deadline: 3 } }],
        });
        const { us } = stack.sandbox.sparkpost;
        us.seed({ domain: hostname, secure: false, verified: true });
        // SparkPost says no as often as it is asked within the deadline, and then as it really is.
        stack.sandbox.faults.verifyNo = 3;

        const output = await stack.failingUp();
        expect(output).toContain("#not-verified");
        expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: true });
        const click = await stack.sandbox.click(`http://${hostname}/f/mail?target=https%3A%2F%2Fshop.example`);
        expect(click).toMatchObject({ status: 302, location: "https://shop.example" });

        await stack.up();
        expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
    });
});

it("undoes an update of a verification that fails, and records what is true", async () => {
    await using stack = await TestStack.start({ domains: [{ hostname, protect: false }] });
    await stack.up();

    // Lost and switched back by somebody else; the repair fails for a while.
    stack.sandbox.sparkpost.us.change(hostname, { secure: false });
    await stack.declare({ hostname, protect: false, verification: { deadline: 1 } });
    stack.sandbox.faults.verifyNo = 2;
    expect(await stack.failingUp("--refresh")).toContain("The switch was undone");
    expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: true });

    await stack.declare({ hostname, protect: false });
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
});
