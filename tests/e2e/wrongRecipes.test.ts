// What people get wrong at Cloudflare: the probe says what it found and what to do, before SparkPost is asked or mail uses the host.
import { expect, it } from "vitest";
import { diagnosticOf } from "../support/diagnostics.ts";
import { TestStack, testProgram } from "../support/stack.ts";

const probe = { deadline: 1 };

it("finds the SSL mode off, a record without proxy and a host too deep, and passes once they are mended", async () => {
    await using stack = await TestStack.start({
        sandbox: { zones: [{ name: "example.com" }, { name: "example.org", ssl: "off" }], ttlScale: 0 },
        program: testProgram("domains"),
    });
    const inExampleOrg = { zone: "example.org" };
    const bare = { hostname: "bare.example.com", probe };
    const tooDeep = { hostname: "too.deep.example.com", protect: false, probe };
    await stack.declare(
        { hostname: "off.example.org", cloudflare: inExampleOrg, probe },
        { ...bare, transform: { record: { proxied: false } } },
        // Its owner says so, and is wrong.
        { ...tooDeep, cloudflare: { zone: "example.com", certificateCoversHost: true } },
    );
    const output = await stack.failingUp("--continue-on-error");

    expect(probeOf("off.example.org", output)).toMatch(
        /the edge redirects https:\/\/off.example.org to itself [\s\S]*Set the zone's SSL mode to Full/,
    );
    expect(output).toContain("warning: The zone's SSL mode is Off. Cloudflare redirects https to http");
    expect(probeOf("bare.example.com", output)).toMatch(
        /bare.example.com leads straight to spgo.io .*the record isn't proxied\.\n.*proxied: true, the orange cloud/,
    );
    expect(probeOf("too.deep.example.com", output)).toMatch(
        /the edge has no certificate for too.deep.example.com yet .*\n.*more than one label below example.com.*too.example.com/,
    );
    expect(stack.events("verify-asked")).toEqual([]);
    expect(stack.sandbox.sparkpost.us.domains().some(({ verified }) => verified)).toBe(false);

    stack.sandbox.cloudflare.setSsl("example.org", "full");
    await stack.declare({ hostname: "off.example.org", cloudflare: inExampleOrg, probe }, bare);
    await stack.up();
    expect(stack.sandbox.sparkpost.us.domains().map(({ verified }) => verified)).toEqual([true, true]);
});

it("finds an origin that is down and a challenge, warns of SSL mode flexible, and passes once the edge relays", async () => {
    const hostname = "track.example.com";
    await using stack = await TestStack.start({
        sandbox: { zones: [{ name: "example.com", ssl: "flexible" }], faults: { originDown: true } },
        domains: [{ hostname, probe }],
    });
    const { faults } = stack.sandbox;

    expect(probeOf(hostname, await stack.failingUp())).toMatch(
        /the endpoint spgo.io didn't answer a direct request over https .*the edge answered 521\.\n.*SparkPost's status page/,
    );

    Object.assign(faults, { originDown: false, edgeChallenge: true });
    expect(probeOf(hostname, await stack.failingUp())).toMatch(
        /the edge stops a browser with a challenge \(cf-mitigated: challenge\)\.\n.*Browser Integrity Check.*settings: "pageRule"/,
    );
    expect(stack.events("verify-asked")).toEqual([]);

    faults.edgeChallenge = false;
    const { output } = await stack.up();
    expect(output).toMatch(/warning: The zone's SSL mode is Flexible\. .*without encryption.*Set it to Full/);
    expect(stack.domain(hostname)).toMatchObject({ verified: true });
});

it("refuses an inactive zone with its name servers, and a host two labels below, before anything", async () => {
    const nameServers = ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"];
    await using stack = await TestStack.start({
        sandbox: { zones: [{ name: "example.com", status: "pending", nameServers }] },
        domains: [{ hostname: "track.example.com" }],
    });
    const inactive = await stack.run("preview", 1);
    expect(inactive.output).toMatch(
        / error: Cloudflare zone example.com: it isn't active \(status pending\).*\n.*1\. Copy .*\n.*2\. .*compare-zone example\.com`.*\n.*3\. Remove the old DS record.*\n.*4\. Set the name servers of example\.com at its registrar to ada\.ns\.cloudflare\.com and bob\.ns\.cloudflare\.com/,
    );
    await stack.declare({ hostname: "two.labels.example.com" });
    const tooDeep = await stack.run("preview", 1);
    expect(tooDeep.output).toMatch(
        /domains\[0\].hostname \("two.labels.example.com"\): it is 2 labels below the zone example.com/,
    );
    expect(stack.sandbox.sparkpost.us.calls).toEqual([]);
});

function probeOf(hostname: string, output: string): string {
    return diagnosticOf(output, `Command (${hostname}-probe)`);
}
