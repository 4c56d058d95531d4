// Mistakes about Fastly, and what Fastly refuses: told in words, before more is changed than must be.
import { describe, expect, it } from "vitest";
import { diagnosticOf } from "../support/diagnostics.ts";
import { TestStack } from "../support/stack.ts";

const hostname = "track.example.com";
const dns = { cloudflare: { zone: "example.com" } };
const fastly = { dns };

it("tells every mistake of the configuration at once, and asks nobody", async () => {
    await using stack = await TestStack.start({
        ownProcesses: true,
        config: {
            "sparkpost-tracking:domains": [
                { hostname: "two.example.com", fastly, cloudflare: dns.cloudflare },
                { hostname: "none.example.com" },
                { hostname: "nobody.example.com", fastly: {} },
                { hostname: "both.example.com", fastly: { dns: { ...dns, manual: {} } } },
                { hostname, fastly: { dns, certificateAuthority: "verisign", cacheTtl: -1, certificateDeadline: 0 } },
                { hostname: "theirs.example.com", fastly: { dns, serviceId: "abc", cacheTtl: 5 } },
            ],
        },
    });
    const { output } = await stack.run("preview", 1);

    const lines = diagnosticOf(output, "Stack (sparkpost-tracking-dev)").trim().split("\n");
    const [first, mistakes] = [lines[0], lines.slice(1, -1)];
    expect(lines.at(-1)).toContain("#mistakes");
    expect(first).toBe(`error: Configuration: ${mistakes.length} mistakes, nothing was changed.`);
    const expected = [
        ["[0].cloudflare, fastly:", "give exactly one edge"],
        ["[1].cloudflare, fastly, managed:", "give exactly one edge"],
        ["[2].fastly.dns", "say who writes the records"],
        ["[3].fastly.dns", "say who writes the records"],
        ["[4].fastly.certificateAuthority", '("verisign"): write "lets-encrypt" or "certainly" or "globalsign"'],
        ["[4].fastly.cacheTtl (-1)", "write whole seconds from 0 up"],
        ["[4].fastly.certificateDeadline (0)", "write seconds, more than 0"],
        ["[5].fastly.cacheTtl", "with `serviceId` the service is yours"],
    ];
    for (const [field, words = ""] of expected) {
        const fitting = mistakes.filter((line) => line.includes(`- domains${field}`) && line.includes(words));
        expect(fitting, `${field}: ${words}\n${output}`).toHaveLength(1);
    }
    expect(mistakes).toHaveLength(expected.length);
    const { sparkpost, cloudflare, fastly: vendor } = stack.sandbox;
    expect([...sparkpost.us.calls, ...cloudflare.calls, ...vendor.calls]).toEqual([]);
});

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
