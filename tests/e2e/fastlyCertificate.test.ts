// What keeps Fastly from issuing a certificate: each cause is named with its remedy, and the next `up` goes on from there.
import { describe, expect, it } from "vitest";
import { subscribe } from "../sandbox/fastlyWorld.ts";
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
    expect(diagnosticOf(output, `Command (${hostname}-acme)`)).toContain(
        `The record ${challenge} CNAME ${wanted?.challenge} isn't in DNS after 1 s: DNS has ${elsewhere}.`,
    );
    expect(stack.events(...tooEarly)).toEqual([]);
    expect(stack.sandbox.cloudflare.records("example.com").map(({ name }) => name)).toEqual([challenge]);

    await stack.declare(domain);
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject(working);
    expect(stack.events("record-deleted", "subscription-deleted")).toEqual([]);
});

it("names the CAA record that its authority lacks, before anything is ordered", async () => {
    await using stack = await TestStack.start({ domains: [domain] });
    const { cloudflare, fastly } = stack.sandbox;
    cloudflare.seedRecord({ name: "example.com", type: "CAA", content: '0 issue "digicert.com"' });
    expect(await stack.failingUp()).toMatch(
        /Certificate of track.example.com: the CAA records of example.com let only digicert.com issue .*Add the record `example.com CAA 0 issue "letsencrypt.org"`, or choose another `certificateAuthority`\.\n *Nothing was ordered/,
    );
    expect(fastly.subscriptions()).toEqual([]);
    expect(stack.events(...tooEarly)).toEqual([]);
});

describe("a certificate that Fastly has given up on", () => {
    const faults = () => ({ fastlySubscriptionFails: true });
    const dns = { cloudflare: { zone: "example.com" } };
    const warning = /warning: Fastly has given up on the certificate of [\s\S]*?\n *(pulumi .* '[^']*')/;

    it("is warned of with a command that orders it anew; one that isn't ours isn't", async () => {
        await using stack = await TestStack.start({
            sandbox: { faults: faults() },
            domains: [{ hostname, fastly: { dns, certificateDeadline: 5 } }],
        });
        const { sandbox } = stack;
        const first = await stack.failingUp();
        expect(diagnosticOf(first, `TlsSubscriptionValidation (${hostname})`)).toContain(
            "expected subscription state to be issued but it was failed",
        );
        expect(stack.events(...tooEarly)).toEqual([]);

        sandbox.faults.fastlySubscriptionFails = false;
        const [, command] = (await stack.failingUp()).match(warning) ?? [];
        expect(await follow(stack, command)).not.toContain("given up");
        expect(stack.domain(hostname)).toMatchObject(working);
        expect(sandbox.fastly.subscriptions()).toMatchObject([{ state: "issued" }]);
        await stack.unchanged();

        sandbox.faults.fastlySubscriptionFails = true;
        const { id } = await subscribe(sandbox, [hostname]);
        await expect.poll(() => sandbox.fastly.subscriptions().find((one) => one.id === id)?.state).toBe("failed");
        expect((await stack.up()).output).not.toContain("warning:");
    });

    it("is ordered anew where a person writes the records too, though it is protected there", async () => {
        const host = "track.example.org";
        await using stack = await TestStack.start({
            sandbox: { faults: faults(), otherZones: [{ name: "example.org" }] },
            domains: [{ hostname: host, fastly: { dns: { manual: {} } } }],
        });
        const { dns: vendor, faults: now, fastly, waitFor } = stack.sandbox;
        await stack.up();
        await waitFor(({ kind, state }) => kind === "subscription-state" && state === "failed");
        now.fastlySubscriptionFails = false;
        const [, commands] = (await stack.up()).output.match(warning) ?? [];
        expect(await follow(stack, commands)).not.toContain("given up");

        const { dnsRecords } = await stack.outputs(host);
        expect(dnsRecords[0]?.value).toBe(fastly.subscriptions()[0]?.hosts[0]?.challenge);
        for (const record of dnsRecords) {
            vendor.set(record);
        }
        await stack.up();
        expect(stack.domain(host)).toMatchObject(working);
        await stack.unchanged("--refresh");
    });
});

/** Does what a message says, as a person in a shell; gives what the last command printed. */
async function follow(stack: TestStack, commands = ""): Promise<string> {
    expect(commands).toContain("tlsSubscription:TlsSubscription");
    let output = "";
    for (const command of commands.split(" && ")) {
        const plain = command.replace(/^pulumi /, "").replaceAll("'", "");
        output = (await stack.run(`${plain} --yes${plain.startsWith("up") ? " --skip-preview" : ""}`, 0)).output;
    }
    return output;
}
