// What keeps Fastly from issuing a certificate: each cause is named with its remedy, and the next `up` goes on from there.
import { expect, it } from "vitest";
import { diagnosticOf } from "../support/diagnostics.ts";
import { type TestDomain, TestStack, testProgram } from "../support/stack.ts";

const hostname = "track.example.com";
const challenge = `_acme-challenge.${hostname}`;
const domain: TestDomain = {
    hostname,
    fastly: { dns: { cloudflare: { zone: "example.com" } }, certificateDeadline: 1 },
};
const working = { secure: true, verified: true };
/** What must not happen before there is a certificate. */
const tooEarly = ["verify-asked", "edge-request"];

it("names the challenge's record that is missing, and what DNS has instead", async () => {
    await using stack = await TestStack.start({ program: testProgram("domains") });
    const elsewhere = "wrong.fastly-validations.com";
    await stack.declare({ ...domain, transform: { challengeRecord: { content: elsewhere } } });
    const output = await stack.failingUp();

    const [wanted] = stack.sandbox.fastly.subscriptions().flatMap(({ hosts }) => hosts);
    expect(diagnosticOf(output, `Command (${hostname}-acme-challenge)`)).toContain(
        `The record ${challenge} CNAME ${wanted?.challenge} isn't in DNS after 1 s: DNS has ${elsewhere}.`,
    );
    expect(stack.events(...tooEarly)).toEqual([]);
    expect(stack.sandbox.cloudflare.records("example.com").map(({ name }) => name)).toEqual([challenge]);

    await stack.declare(domain);
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject(working);
    expect(stack.events("record-deleted", "subscription-deleted")).toEqual([]);
    await stack.unchanged();
});

it("names the CAA record that its authority lacks, before anything is ordered", async () => {
    await using stack = await TestStack.start({ domains: [domain] });
    const { cloudflare, fastly } = stack.sandbox;
    cloudflare.seedRecord({ name: "example.com", type: "CAA", content: '0 issue "digicert.com"' });
    expect(await stack.failingUp()).toMatch(
        /Certificate of track.example.com: the CAA records of example.com allow digicert.com to issue .*Add the record `example.com CAA 0 issue "letsencrypt.org"`, or choose another `certificateAuthority`\.\n *Nothing was ordered at Fastly/,
    );
    expect(fastly.subscriptions()).toEqual([]);
    expect(stack.events(...tooEarly)).toEqual([]);

    cloudflare.seedRecord({ name: "example.com", type: "CAA", content: '0 issue "letsencrypt.org"' });
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject(working);
});

it("warns of a certificate that Fastly has given up on, with a command that orders it anew", async () => {
    await using stack = await TestStack.start({
        sandbox: { faults: { fastlySubscriptionFails: true } },
        env: { SPARKPOST_TRACKING_FASTLY_ISSUE_TIMEOUT: "5" },
        domains: [{ ...domain, fastly: { dns: { cloudflare: { zone: "example.com" } } } }],
    });
    const { faults, fastly } = stack.sandbox;
    const first = await stack.failingUp();
    expect(diagnosticOf(first, `TlsSubscriptionValidation (${hostname})`)).toContain(
        "expected subscription state to be issued but it was failed",
    );
    expect(stack.events(...tooEarly)).toEqual([]);

    faults.fastlySubscriptionFails = false;
    const again = await stack.failingUp();
    const [, command = "", urn = ""] =
        again.match(
            /warning: Fastly has given up on the certificate of track.example.com .*: (pulumi (up --replace '(?:.*)'))/,
        ) ?? [];
    expect(urn).toContain("fastly:index/tlsSubscription:TlsSubscription");
    await stack.run(`${command.replace(/^pulumi /, "").replaceAll("'", "")} --yes --skip-preview`, 0);
    expect(stack.domain(hostname)).toMatchObject(working);
    expect(fastly.subscriptions()).toMatchObject([{ state: "issued" }]);
    expect((await stack.unchanged()).output).not.toContain("given up");
});
