// What SparkPost refuses: each refusal is told in words that can be acted on, and the next `up` finishes what is left.
import { expect, it } from "vitest";
import { diagnosticOf } from "../support/diagnostics.ts";
import { type TestDomain, TestStack, testProgram } from "../support/stack.ts";

const verified = { secure: true, verified: true };

it("says for every refused registration why, leaves the others alone, and finishes once the causes are gone", async () => {
    const blacklisted = ["blacklisted.example.com"];
    await using stack = await TestStack.start({
        sandbox: {
            blacklisted,
            blocked: ["blocked.example.com"],
            keys: [
                { key: "may-only-look", grants: ["tracking_domains/view"] },
                { key: "may-not-look", grants: ["sending_domains/manage"] },
                { key: "of-the-eu", region: "eu" },
            ],
        },
        config: {
            "sparkpost:looking": { secret: "may-only-look" },
            "sparkpost:blind": { secret: "may-not-look" },
            "sparkpost:unknown": { secret: "of-nobody" },
            "sparkpost:eu": { secret: "of-the-eu" },
        },
    });
    const { sparkpost, cloudflare, faults } = stack.sandbox;
    const { us, eu } = sparkpost;
    const european = { apiUrl: eu.apiUrl, endpoint: eu.endpoint };
    const withKey = { ...european, apiKeyConfig: "sparkpost:eu" };
    us.seed({ domain: "here.example.com" });
    us.seed({ domain: "elsewhere.example.com", subaccount_id: 7 });
    us.seed({ domain: "managed.example.com", ...verified, uses_managed_certificate: true });
    // How a full plan is told isn't documented: a status and a body that nobody has seen.
    const full = { reason: "Tracking domain limit of your plan reached" };
    faults.sparkpost.push({ method: "POST", path: /^\/eu\/.*\/tracking-domains$/, status: 420, body: full, times: 1 });

    await stack.declare(
        ...["blacklisted", "blocked", "here", "elsewhere"].map(inExampleCom),
        { hostname: "managed.example.com", adopt: true },
        { hostname: "looking.example.com", account: { apiKeyConfig: "sparkpost:looking" } },
        { hostname: "blind.example.com", account: { apiKeyConfig: "sparkpost:blind" } },
        { hostname: "unknown.example.com", account: { apiKeyConfig: "sparkpost:unknown" } },
        { hostname: "region.example.com", account: european },
        { hostname: "nowhere.example.com", account: { apiUrl: us.apiUrl.replace("/us/", "/ca/") } },
        { hostname: "full.example.com", account: withKey },
    );
    const output = await stack.failingUp("--continue-on-error");
    const kindOf = (text: string) => /troubleshooting\.md#([\w-]+)/.exec(text)?.[1];
    const kinds = {
        blacklisted: "sparkpost-refused",
        here: "already-registered",
        elsewhere: "registered-elsewhere",
        managed: "managed-certificate-exists",
        looking: "sparkpost-forbidden",
        blind: "sparkpost-forbidden",
        unknown: "sparkpost-key",
        region: "sparkpost-key",
        nowhere: "sparkpost-not-the-api",
    };
    for (const [name, kind] of Object.entries(kinds)) {
        expect([name, kindOf(registrationOf(name, output))]).toEqual([name, kind]);
    }
    expect(registrationOf("full", output)).toContain(`420: ${JSON.stringify(full)}`);
    expect(kindOf(diagnosticOf(output, "Verification (blocked.example.com)"))).toBe("domain-blocked");

    expect(us.domains()).toMatchObject([
        { domain: "here.example.com", secure: false },
        { domain: "elsewhere.example.com", secure: false },
        { domain: "managed.example.com", ...verified },
        { domain: "blocked.example.com" },
    ]);
    expect(eu.domains()).toEqual([]);
    expect(cloudflare.records("example.com")).toMatchObject([{ name: "blocked.example.com" }]);

    blacklisted.length = 0;
    us.change("blocked.example.com", { compliance_status: "valid" });
    us.remove("elsewhere.example.com");
    us.change("managed.example.com", { uses_managed_certificate: false });
    await stack.declare(
        ...["blacklisted", "blocked", "elsewhere", "looking", "blind", "unknown", "nowhere"].map(inExampleCom),
        { hostname: "here.example.com", adopt: true },
        { hostname: "managed.example.com", adopt: true },
        { hostname: "region.example.com", account: withKey },
        { hostname: "full.example.com", account: withKey },
    );
    await stack.up();
    expect(us.domains()).toHaveLength(9);
    expect(eu.domains()).toHaveLength(2);
    for (const domain of [...us.domains(), ...eu.domains()]) {
        expect(domain).toMatchObject(verified);
    }
});

it("says for verification and default alone what they lack, and finishes once it is there", async () => {
    await using stack = await TestStack.start({
        // A name that wasn't there isn't remembered as absent.
        sandbox: { ttlScale: 0 },
        program: testProgram("resources"),
    });
    const { sparkpost, cloudflare, faults } = stack.sandbox;
    const { us } = sparkpost;
    us.seed({ domain: "dead.example.com", secure: true });
    us.seed({ domain: "unverified.example.com" });
    // Of another subaccount than the one that asks for it.
    us.seed({ domain: "absent.example.com", verified: true, subaccount_id: 8 });
    const invalid = { errors: [{ message: "domain must be valid", param: "domain", value: "invalid.example.com" }] };
    faults.sparkpost.push({ method: "POST", path: /\/tracking-domains$/, status: 422, body: invalid, times: 1 });
    const account = { apiUrl: us.apiUrl };
    const resource = (kind: string, name: string, more = {}) => ({
        kind,
        name,
        args: { domain: `${name}.example.com`, account, ...more },
    });
    const resources = [
        resource("TrackingDomain", "invalid"),
        resource("Verification", "missing", { deadline: 1 }),
        resource("Verification", "dead", { deadline: 1 }),
        resource("DefaultDomain", "unverified"),
        resource("DefaultDomain", "absent", { account: { ...account, subaccount: 7 } }),
    ];
    await stack.workspace.configure({ "resources:resources": resources });
    const output = await stack.failingUp("--continue-on-error");
    expect(diagnosticOf(output, "TrackingDomain (invalid)")).toMatch(
        /422: domain must be valid \(field domain, value "invalid.example.com"\)\n.*a subdomain with valid labels/,
    );
    expect(diagnosticOf(output, "Verification (missing)")).toMatch(
        /missing.example.com isn't registered in this account and subaccount, so it can't be verified\.\n.*`pulumi up --refresh`/,
    );
    expect(diagnosticOf(output, "Verification (dead)")).toMatch(
        /didn't verify dead.example.com over https within 1 s .*400: HTTP request to https:\/\/dead.example.com:443 failed\.[\s\S]*Common causes/,
    );
    expect(diagnosticOf(output, "DefaultDomain (unverified)")).toMatch(
        /can't be the default: Tracking domain 'unverified.example.com' unverified\. \(422\)\n.*Declare a `sparkpost.Verification`/,
    );
    expect(diagnosticOf(output, "DefaultDomain (absent)")).toMatch(
        /PUT .*404: resource not found\n.*isn't registered in this account and subaccount.*another subaccount/,
    );

    us.change("unverified.example.com", { verified: true });
    us.seed({ domain: "missing.example.com", secure: true });
    us.change("absent.example.com", { subaccount_id: 7 });
    for (const name of ["missing.example.com", "dead.example.com"]) {
        cloudflare.seedRecord({ name, content: us.endpoint, proxied: true });
    }
    await stack.up();
    expect(us.domains().map(({ domain, verified, default: isDefault }) => [domain, verified, isDefault])).toEqual([
        ["dead.example.com", true, false],
        ["unverified.example.com", true, true],
        ["absent.example.com", true, true],
        ["missing.example.com", true, false],
        ["invalid.example.com", false, false],
    ]);
});

function registrationOf(name: string, output: string): string {
    return diagnosticOf(output, `TrackingDomain (${name}.example.com)`);
}

function inExampleCom(name: string): TestDomain {
    return { hostname: `${name}.example.com` };
}
