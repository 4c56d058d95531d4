// What Fastly refuses: told in words, before more is changed than must be.
import { describe, expect, it } from "vitest";
import { diagnosticOf } from "../support/diagnostics.ts";
import { TestStack } from "../support/stack.ts";

const hostname = "track.example.com";
const dns = { cloudflare: { zone: "example.com" } };
const fastly = { dns };

it("says that a key may not manage certificates, before it changes a service, and goes on once it may", async () => {
    const fastlyToken = { tls: false };
    await using stack = await TestStack.start({ sandbox: { fastlyToken }, domains: [{ hostname, fastly }] });
    const output = await stack.failingUp();
    expect(output).toMatch(
        /Fastly answered GET tls\/subscriptions.* with 403\.\n.*scope `global`.*may manage TLS.*\n *Nothing was changed at Fastly\./,
    );
    expect(stack.sandbox.fastly.services()).toEqual([]);
    expect(stack.sandbox.cloudflare.records("example.com")).toEqual([]);
    expect(stack.events("unmodelled")).toEqual([]);

    fastlyToken.tls = true;
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
});

describe("a host that another customer of Fastly serves", () => {
    it.each(["creation", "activation"] as const)(
        "is refused in Fastly's words at %s, and nothing leads there",
        async (takenDomain) => {
            await using stack = await TestStack.start({
                sandbox: { assumed: { takenDomain } },
                domains: [{ hostname, fastly, protect: false }],
            });
            stack.sandbox.fastly.seedService({ name: "theirs", domain: hostname, customer: "another" });
            const output = await stack.failingUp();
            expect(diagnosticOf(output, `ServiceVcl (${hostname})`)).toMatch(/is already taken by another customer/);
            expect(stack.sandbox.fastly.subscriptions()).toEqual([]);
            expect(stack.sandbox.cloudflare.records("example.com")).toEqual([]);
            expect(stack.events("verify-asked")).toEqual([]);
            expect(stack.domain(hostname)).toMatchObject({ verified: false });

            await stack.destroy();
            expect(stack.sandbox.fastly.services().every(({ deleted_at }) => deleted_at)).toBe(true);
            expect(stack.domain(hostname)).toBeUndefined();
        },
    );
});
