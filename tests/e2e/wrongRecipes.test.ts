// What people get wrong at Cloudflare: the probe says what it found and what to do, before SparkPost is asked or mail uses the host.
import { expect, it } from "vitest";
import { diagnosticOf } from "../support/diagnostics.ts";
import { TestStack, testProgram } from "../support/stack.ts";

const probe = { deadline: 1 };

it("finds the SSL mode off, a record or a placeholder without proxy and a host too deep, and passes once they are mended", async () => {
    await using stack = await TestStack.start({
        sandbox: { zones: [{ name: "example.com" }, { name: "example.org", ssl: "off" }], ttlScale: 0 },
        program: testProgram("domains"),
    });
    const inExampleOrg = { zone: "example.org" };
    const bare = { hostname: "bare.example.com", probe };
    const tooDeep = { hostname: "too.deep.example.com", protect: false, probe };
    // The guide's own: "a CNAME value of example.com is sufficient".
    const placeholder = {
        hostname: "placeholder.example.com",
        cloudflare: { zone: "example.com", mode: "redirect" as const },
        probe,
    };
    const { cloudflare, sparkpost } = stack.sandbox;
    cloudflare.seedRecord({ name: "example.com", type: "A", content: "192.0.2.80", proxied: true });
    await stack.declare(
        { hostname: "off.example.org", cloudflare: inExampleOrg, probe },
        { ...bare, transform: { record: { proxied: false } } },
        { ...placeholder, transform: { record: { proxied: false, content: "example.com" } } },
        // Its owner says so, and is wrong.
        { ...tooDeep, cloudflare: { zone: "example.com", certificateCoversHostname: true } },
    );
    const output = await stack.failingUp("--continue-on-error");

    expect(probeOf("off.example.org", output)).toMatch(
        /the edge redirects https:\/\/off.example.org to itself [\s\S]*Set the zone's SSL mode to Full/,
    );
    expect(output).toContain("warning: The zone's SSL mode is Off. Cloudflare redirects https to http");
    expect(probeOf("bare.example.com", output)).toMatch(
        /bare.example.com leads straight to spgo.io .*the record isn't proxied\.\n.*proxied: true, the orange cloud/,
    );
    expect(probeOf("placeholder.example.com", output)).toMatch(
        /the edge answers 409, error 1001: it doesn't know placeholder\.example\.com\.\n.*Check that the record is proxied/,
    );
    expect(probeOf("too.deep.example.com", output)).toMatch(
        /the edge has no certificate for too.deep.example.com yet .*\n.*more than one label below example.com.*too.example.com/,
    );
    expect(stack.events("verify-asked")).toEqual([]);
    expect(sparkpost.us.domains().some(({ verified }) => verified)).toBe(false);

    cloudflare.setSsl("example.org", "full");
    await stack.declare({ hostname: "off.example.org", cloudflare: inExampleOrg, probe }, bare, placeholder);
    await stack.up();
    expect(sparkpost.us.domains().map(({ verified }) => verified)).toEqual([true, true, true]);
});

function probeOf(hostname: string, output: string): string {
    return diagnosticOf(output, `Command (${hostname}-probe)`);
}
