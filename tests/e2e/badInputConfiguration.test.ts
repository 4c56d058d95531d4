// Mistakes that need nobody's answer but a look at the configuration: told before anything is changed.
import { expect, it } from "vitest";
import { diagnosticOf } from "../support/diagnostics.ts";
import { TestStack } from "../support/stack.ts";

const cloudflare = { zone: "example.com" };

it("tells every mistake of every field in one message, with its path, and asks nobody", async () => {
    await using stack = await TestStack.start({
        ownProcesses: true,
        config: {
            "sparkpost-tracking:domains": [
                {
                    hostname: "https://track.example.com:443",
                    name: 7,
                    account: { region: "uk" },
                    cloudflare: { ...cloudflare, settings: "redirect", zoneId: 7, accountId: 7 },
                    default: "yes",
                    restorePreviousDefault: 1,
                    adopt: "no",
                    protect: 0,
                    probe: true,
                    verification: { deadline: "1 h" },
                    defautl: true,
                },
                {
                    hostname: "*.track.example.org",
                    account: { region: "eu", tenant: "acme.api", endpoint: "https://spgo.io", subaccount: 0 },
                    cloudflare: { certificateCoversHostname: "yes" },
                    restorePreviousDefault: true,
                    probe: { deadline: 0, resolver: "dns.google", nameServers: "192.0.2.1", caFile: "", retries: 3 },
                    verification: { deadline: -1 },
                },
                {
                    hostname: "track.example.org",
                    account: { apiUrl: "http://sp.example.com", apiKeyConfig: "the key itself", timeout: 0 },
                    cloudflare: { ...cloudflare, priority: 1.5 },
                    probe: { connectTo: ["192.0.2.10"], nameServers: ["ns1"] },
                },
                { hostname: "a.b.example.com", cloudflare },
                { hostname: "track.example.net", cloudflare: {} },
                { hostname: "example.com" },
                // Browsers ask its whole top-level domain by https only.
                { hostname: "track.example.dev", cloudflare: { zone: "example.dev" }, secure: false },
            ],
        },
    });

    const { output } = await stack.run("preview", 1);

    const lines = diagnosticOf(output, "Stack (sparkpost-tracking-dev)").trim().split("\n");
    const [first, mistakes] = [lines[0], lines.slice(1, -1)];
    expect(lines.at(-1)).toContain("#mistakes");
    expect(first).toBe(`error: Configuration: ${mistakes.length} mistakes, nothing was changed.`);
    const expected = [
        [
            "name",
            "account.region",
            "cloudflare.zoneId",
            "cloudflare.accountId",
            "cloudflare.settings",
            "default",
            "restorePreviousDefault",
            "adopt",
            "protect",
            "probe",
            "verification.deadline",
            "defautl",
            "hostname",
            "hostname",
        ],
        [
            "cloudflare.certificateCoversHostname",
            "hostname",
            "account.tenant",
            "account.endpoint",
            "account.subaccount",
            "cloudflare.zone",
            "restorePreviousDefault",
            "probe.deadline",
            "probe.resolver",
            "probe.nameServers",
            "probe.caFile",
            "probe.retries",
            "verification.deadline",
        ],
        [
            "account.apiUrl",
            "account.apiKeyConfig",
            "account.timeout",
            "cloudflare.zone",
            "cloudflare.priority",
            "probe.connectTo[0]",
            "probe.nameServers[0]",
        ],
        ["hostname"],
        ["cloudflare.zone"],
        ["hostname", "cloudflare"],
        ["secure"],
    ].flatMap((fields, entry) => fields.map((field) => `domains[${entry}].${field}`));
    const fields = mistakes.map((line) => /domains\[\d\]\.[\w.[\]]+/.exec(line)?.[0]);
    expect(fields.sort()).toEqual(expected.sort());
    expect(output).not.toContain("the key itself");
    expect(stack.sandbox.sparkpost.us.calls).toEqual([]);
    expect(stack.sandbox.cloudflare.calls).toEqual([]);
});

it("says what to write where a stack has no domains, or an empty list", async () => {
    await using stack = await TestStack.start();
    const whatToWrite = /warning: .*Pulumi\.dev\.yaml(.*\n)+.*hostname: track\.example\.com/;
    expect((await stack.run("preview", 0)).output).toMatch(whatToWrite);
    await stack.declare();
    expect((await stack.run("preview", 0)).output).toMatch(whatToWrite);
});
