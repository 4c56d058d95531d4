// Mistakes that need nobody's answer but a look at the configuration or the zone: told before anything is changed.
import { expect, it } from "vitest";
import { diagnosticOf } from "../support/diagnostics.ts";
import { TestStack } from "../support/stack.ts";

const hostname = "track.example.com";
const cloudflare = { zone: "example.com" };

it("tells every mistake of every field in one message, with its path, value and remedy, and asks nobody", async () => {
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
                    cloudflare: { certificateCoversHost: "yes" },
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
        ["[0].name (7)", "write a text, or leave it out"],
        ["[0].account.region", '("uk"): write "us" or "eu"'],
        ["[0].cloudflare.zoneId (7)", "write the zone's id"],
        ["[0].cloudflare.accountId (7)", "write a text"],
        ["[0].cloudflare.settings", '("redirect"): write "none" or "pageRule"'],
        ["[0].default", '("yes"): write true or false'],
        ["[0].restorePreviousDefault (1)", "write true or false"],
        ["[0].adopt", '("no"): write true or false'],
        ["[0].protect (0)", "write true or false"],
        ["[0].probe (true)", "write a set of fields, or false for no probe"],
        ["[0].verification.deadline", '("1 h"): write seconds'],
        ["[0].defautl", "there is no such field"],
        ["[0].hostname", '("https://track.example.com:443"): remove the scheme'],
        ["[0].hostname", '("https://track.example.com:443"): remove the port'],
        ["[1].cloudflare.certificateCoversHost", '("yes"): write true or false'],
        ["[1].hostname", "a wildcard can't be a tracking domain"],
        ["[1].account.tenant", '("acme.api"): write the first label'],
        ["[1].account.endpoint", '("https://spgo.io"): write the plain hostname'],
        ["[1].account.subaccount (0)", "write the subaccount's number"],
        ["[1].cloudflare.zone, zoneId", "name the zone that holds the host"],
        ["[1].restorePreviousDefault (true)", "it needs `default: true`"],
        ["[1].probe.deadline (0)", "write seconds, more than 0"],
        ["[1].probe.resolver", '("dns.google"): write an IP address'],
        ["[1].probe.nameServers", '("192.0.2.1"): write a list'],
        ["[1].probe.caFile", '(""): the file can\'t be read; write the path of a PEM file'],
        ["[1].probe.retries", "there is no such field; there are deadline,"],
        ["[1].verification.deadline (-1)", "write seconds, more than 0"],
        ["[2].account.apiUrl", '("http://sp.example.com"): use https'],
        ["[2].account.apiKeyConfig", "write the name of a configuration key"],
        ["[2].account.timeout (0)", "write seconds, more than 0 and at most 600"],
        ["[2].cloudflare.zone", '("example.com"): track.example.org doesn\'t lie in it'],
        ["[2].cloudflare.priority (1.5)", "write a whole number from 1 up"],
        ["[2].probe.connectTo[0]", '("192.0.2.10"): write "HOST:PORT:TO_HOST:TO_PORT"'],
        ["[2].probe.nameServers[0]", '("ns1"): write an IP address'],
        ["[3].hostname", "covers one: choose a host like a-b.example.com, or say `certificateCoversHost: true`"],
        ["[4].cloudflare.zone", "name the zone that holds the host"],
        ["[5].hostname", '("example.com"): example.com has no subdomain'],
        ["[5].cloudflare", "give exactly one edge"],
        ["[6].secure (false)", "by https only"],
    ];
    for (const [field, words = ""] of expected) {
        const fitting = mistakes.filter((line) => line.includes(`- domains${field}`) && line.includes(words));
        expect(fitting, `${field}: ${words}`).toHaveLength(1);
    }
    expect(mistakes).toHaveLength(expected.length);
    expect(output).not.toContain("the key itself");
    expect(stack.sandbox.sparkpost.us.calls).toEqual([]);
    expect(stack.sandbox.cloudflare.calls).toEqual([]);
});

it("refuses a key in plain configuration with the command that makes it secret, and a zone that isn't there", async () => {
    const key = "0123456789abcdef0123456789abcdef01234567";
    await using stack = await TestStack.start({ config: { "sparkpost:apiKey": key }, domains: [{ hostname }] });
    const { output } = await stack.run("preview", 1);
    expect(diagnosticOf(output, "Stack (sparkpost-tracking-dev)")).toMatch(
        /sparkpost:apiKey holds an API key in plain text[\s\S]*pulumi config set --secret sparkpost:apiKey[\s\S]*replace the key/,
    );
    expect(output).not.toContain(key);

    await using other = await TestStack.start({
        within: stack.sandbox,
        domains: [{ hostname: "track.example.net", cloudflare: { zone: "example.net" } }],
    });
    const preview = await other.run("preview", 1);
    expect(diagnosticOf(preview.output, "Stack (sparkpost-tracking-dev)")).toMatch(
        /^ *error: Cloudflare zone example.net: this API token sees no zone of that name\.[\s\S]*Check the zone's name.*Zone Read.*`accountId`/,
    );
    expect(stack.sandbox.sparkpost.us.calls).toEqual([]);
});

it("needs no key for a preview, says at the first update how to set one, and goes on with it", async () => {
    await using stack = await TestStack.start({
        env: { SPARKPOST_API_KEY: undefined },
        domains: [{ hostname }],
    });
    const { us } = stack.sandbox.sparkpost;
    await stack.run("preview", 0);

    const output = await stack.failingUp();
    expect(diagnosticOf(output, `TrackingDomain (${hostname})`)).toMatch(
        /No SparkPost API key: .*SPARKPOST_API_KEY.*\n.*tracking_domains\/manage.*pulumi config set --secret sparkpost:apiKey/,
    );
    expect(us.calls).toEqual([]);
    expect(stack.sandbox.cloudflare.records("example.com")).toEqual([]);

    await stack.workspace.configure({ "sparkpost:apiKey": { secret: us.apiKey } });
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
});

it("says what to write where a stack has no domains", async () => {
    await using stack = await TestStack.start();

    const { output } = await stack.run("preview");

    expect(output).toMatch(/warning: .*Pulumi\.dev\.yaml(.*\n)+.*hostname: track\.example\.com/);
});
