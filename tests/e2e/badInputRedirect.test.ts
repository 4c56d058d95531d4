// What people get wrong with a page rule that redirects: told in words before anything is changed, or before SparkPost is asked.
import { expect, it } from "vitest";
import { diagnosticOf } from "../support/diagnostics.ts";
import { makePageRule, makeRedirect, pageRuleApi } from "../support/pageRules.ts";
import { type TestDomain, TestStack, testProgram } from "../support/stack.ts";

const hostname = "track.example.com";
const redirect: TestDomain = { hostname, cloudflare: { zone: "example.com", mode: "redirect" } };

it("refuses a redirect that would find no room or be outranked, with what does without, and makes it once it would fire", async () => {
    await using stack = await TestStack.start({ domains: [redirect] });
    const { cloudflare } = stack.sandbox;
    for (const target of ["a.example.com/*", "b.example.com/*", "c.example.com/*"]) {
        await makePageRule(stack.sandbox, target, 1);
    }
    expect(refusalIn(await stack.failingUp())).toMatch(
        /Page rule track\.example\.com\/\*: the zone has no page rule left \(it uses 3 of 3\).*`mode: proxy`[\s\S]*Nothing was changed at Cloudflare/,
    );

    for (const { id } of cloudflare.pageRules("example.com").slice(1)) {
        await pageRuleApi(stack.sandbox, "DELETE", `/${id}`);
    }
    await makePageRule(stack.sandbox, "*example.com/*", 5);
    expect(refusalIn(await stack.failingUp())).toMatch(
        /the page rule \*example\.com\/\* \(priority 5\) matches the same requests and outranks this one \(priority 1\).*`priority: 6`/,
    );
    expect(cloudflare.records("example.com")).toEqual([]);
    expect(cloudflare.pageRules("example.com")).toHaveLength(2);
    expect(stack.events("edge-request", "verify-asked")).toEqual([]);

    await stack.declare({ hostname, cloudflare: { zone: "example.com", mode: "redirect", priority: 6 } });
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
    await stack.unchanged();
});

it("refuses a redirect made by hand that isn't taken over, changes nothing, and takes it over by its id with the zone's rules used up", async () => {
    await using stack = await TestStack.start({ sandbox: { pageRuleQuota: 1 }, domains: [redirect] });
    const { cloudflare } = stack.sandbox;
    cloudflare.seedRecord({ name: hostname, type: "CNAME", content: "example.com", proxied: true });
    const pageRule = await makeRedirect(stack.sandbox, hostname);
    const id = pageRule.split("/")[1];
    const record = `${cloudflare.zoneId("example.com")}/${cloudflare.records("example.com")[0]?.id}`;
    const before = [cloudflare.records("example.com"), cloudflare.pageRules("example.com")];

    // With the record taken over already, what is left is the rule.
    const withRecord = { ...redirect.cloudflare, import: { record } };
    for (const given of [{ mode: "redirect" as const }, { mode: "proxy" as const, settings: "pageRule" as const }]) {
        await stack.declare({ hostname, cloudflare: { ...withRecord, ...given } });
        expect(refusalIn(await stack.failingUp())).toMatch(
            new RegExp(
                `Page rule track\\.example\\.com/\\*: the hostname already has a page rule that this stack doesn't manage \\(${id}, track\\.example\\.com/\\*, redirect 301 to https://spgo\\.io/\\$1, ` +
                    "priority 1, active\\)[\\s\\S]*npx --no-install pulumi-sparkpost-tracking find track\\.example\\.com[\\s\\S]*Nothing was changed at Cloudflare",
            ),
        );
    }
    expect([cloudflare.records("example.com"), cloudflare.pageRules("example.com")]).toEqual(before);
    expect(stack.events("edge-request", "verify-asked")).toEqual([]);

    await stack.declare({ hostname, cloudflare: { ...withRecord, import: { record, pageRule } } });
    await stack.up();
    expect(cloudflare.records("example.com")).toMatchObject([{ content: "spgo.io" }]);
    expect(cloudflare.pageRules("example.com")).toMatchObject([{ id }]);
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });

    // Its own by now, also when somebody has changed what it does, and the lines are gone.
    const changed = { ...cloudflare.pageRules("example.com")[0], actions: [{ id: "cache_level", value: "bypass" }] };
    await pageRuleApi(stack.sandbox, "PUT", `/${id}`, changed);
    await stack.declare({ hostname, cloudflare: { ...redirect.cloudflare, statusCode: 301 } });
    await stack.up();
    expect(cloudflare.pageRules("example.com")).toMatchObject([{ id, actions: [{ value: { status_code: 301 } }] }]);
    await stack.unchanged();
});

it("says of an account-owned token that it can't redirect, and does with the proxy what it can't do with the rule", async () => {
    await using stack = await TestStack.start({
        sandbox: { cloudflareToken: { kind: "account" } },
        domains: [redirect],
    });
    expect(refusalIn(await stack.failingUp())).toMatch(
        /Cloudflare answered GET zones\/\w+\/pagerules with 403: .*\(1011\)\n.*user's token.*`mode: proxy`/,
    );
    expect(stack.sandbox.cloudflare.records("example.com")).toEqual([]);

    await stack.declare({ hostname, cloudflare: { zone: "example.com", mode: "proxy" } });
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
});

it("finds that a placeholder isn't proxied, so that the rule never fires, and passes once it is", async () => {
    await using stack = await TestStack.start({
        // The addresses of a name that wasn't proxied aren't remembered.
        sandbox: { ttlScale: 0 },
        program: testProgram("domains"),
    });
    const probe = { deadline: 1 };
    const elsewhere = "elsewhere.example.com";
    // The guide's own: "a CNAME value of example.com is sufficient".
    stack.sandbox.cloudflare.seedRecord({ name: "example.com", type: "A", content: "192.0.2.80", proxied: true });
    await stack.declare(
        { ...redirect, probe, transform: { record: { proxied: false } } },
        {
            ...redirect,
            hostname: elsewhere,
            probe,
            transform: { record: { proxied: false, content: "example.com" } },
        },
    );
    const output = await stack.failingUp("--continue-on-error");
    expect(diagnosticOf(output, `Command (${hostname}-probe)`)).toMatch(
        /track\.example\.com leads straight to spgo\.io .*the record isn't proxied\.\n.*proxied: true, the orange cloud/,
    );
    expect(diagnosticOf(output, `Command (${elsewhere}-probe)`)).toMatch(
        /the edge answers 409, error 1001: it doesn't know elsewhere\.example\.com\.\n.*Check that the record is proxied/,
    );
    expect(stack.events("verify-asked")).toEqual([]);

    await stack.declare({ ...redirect, probe }, { ...redirect, hostname: elsewhere, probe });
    await stack.up();
    expect(stack.sandbox.sparkpost.us.domains().map(({ secure, verified }) => secure && verified)).toEqual([
        true,
        true,
    ]);
});

/** Why the program ended. */
function refusalIn(output: string): string {
    return diagnosticOf(output, "Stack (sparkpost-tracking-dev)");
}
