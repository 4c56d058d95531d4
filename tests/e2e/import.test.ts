// What a host has at Cloudflare already: taken over by its ids and corrected in one up, or told with the command that finds them.
import { expect, it } from "vitest";
import { makeRedirect } from "../support/pageRules.ts";
import { printedEntry } from "../support/printedEntry.ts";
import { type TestDomain, TestStack, testProgram } from "../support/stack.ts";
import { runCli } from "../unit/cli/program.ts";

const hostname = "track.example.com";
const command = `npx --no-install pulumi-sparkpost-tracking find ${hostname}`;
const domain: TestDomain = { hostname, adopt: true };

it("takes over the record and the page rule of the 2020 guide and corrects them in one up, and goes on to the proxy", async () => {
    await using stack = await TestStack.start();
    const { sparkpost, cloudflare, click } = await inUse(stack, { content: "example.com", proxied: true });
    sparkpost.us.change(hostname, { secure: true });
    const pageRule = await makeRedirect(stack.sandbox, hostname);
    const ids = { record: recordId(stack), pageRule };

    const redirect = { zone: "example.com", mode: "redirect" as const };
    await stack.declare({ ...domain, cloudflare: { ...redirect, import: ids } });
    const { output } = await stack.up();
    expect(output).not.toContain(command);
    expect(cloudflare.records("example.com")).toMatchObject([{ type: "CNAME", content: "spgo.io", proxied: true }]);
    expect(`${cloudflare.zoneId("example.com")}/${cloudflare.pageRules("example.com")[0]?.id}`).toBe(pageRule);
    // The guide's 301 is a 302 now.
    expect(await click(`https://${hostname}/f/a`)).toMatchObject({ status: 302, location: "https://spgo.io/f/a" });

    expect(output).toContain("Remove `import`");

    // Pulumi would delete what it imports once more. A preview says so too.
    for (const command of ["preview", "up --yes --skip-preview"]) {
        const { code, output } = await stack.run(command);
        expect(code).not.toBe(0);
        expect(output).toContain("Remove `cloudflare.import.record` and `cloudflare.import.pageRule`");
    }
    expect(stack.events("record-deleted", "page-rule-deleted")).toEqual([]);

    await stack.declare({ ...domain, cloudflare: redirect });
    await stack.unchanged("--refresh");

    await stack.declare({ ...domain, cloudflare: { zone: "example.com" } });
    await stack.up();
    expect(cloudflare.pageRules("example.com")).toEqual([]);
    expect(`${cloudflare.zoneId("example.com")}/${cloudflare.records("example.com")[0]?.id}`).toBe(ids.record);
    expect(await click(`https://${hostname}/f/a?target=https%3A%2F%2Fshop.example`)).toMatchObject({
        location: "https://shop.example",
    });
    expect(stack.events("record-deleted")).toEqual([]);
});

it("takes over by what the command prints, pasted as it is, and leaves as it was what the host has", async () => {
    await using stack = await TestStack.start();
    const { sparkpost, cloudflare, probe, click } = await inUse(stack, { content: "example.com", proxied: true });
    const pageRule = await makeRedirect(stack.sandbox, hostname);
    const { out } = await runCli(["find", hostname, "--api-url", sparkpost.us.apiUrl], {
        CLOUDFLARE_API_TOKEN: cloudflare.apiToken,
        CLOUDFLARE_BASE_URL: cloudflare.baseUrl,
        SPARKPOST_API_KEY: sparkpost.us.apiKey,
    });
    // The way through the sandbox's internet is all that is added.
    const entry = { ...printedEntry(out), probe: { deadline: 20, ...probe }, verification: { deadline: 20 } };
    await stack.workspace.configure({ "sparkpost-tracking:domains": [entry] });

    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
    expect(`${cloudflare.zoneId("example.com")}/${cloudflare.pageRules("example.com")[0]?.id}`).toBe(pageRule);
    expect(await click(`https://${hostname}/f/a`)).toMatchObject({ status: 301, location: "https://spgo.io/f/a" });
    expect(printedEntry(out).cloudflare?.import?.record).toBe(recordId(stack));
    expect(stack.events("record-deleted", "page-rule-deleted")).toEqual([]);
    // The same command again is told for when the stack is gone.
    expect((await stack.run("stack output --json", 0)).stdout).toContain(`${command} --api-url ${sparkpost.us.apiUrl}`);
    const { import: _, ...cloudflareArgs } = entry.cloudflare ?? {};
    await stack.workspace.configure({ "sparkpost-tracking:domains": [{ ...entry, cloudflare: cloudflareArgs }] });
    await stack.unchanged("--refresh");
});

it("never takes over once more what the stack has made, nor what is of another host", async () => {
    await using stack = await TestStack.start({ domains: [{ hostname }] });
    const { cloudflare, click } = stack.sandbox;
    await stack.up();

    // The lines that the command prints, pasted.
    await stack.declare({ hostname, cloudflare: { zone: "example.com", import: { record: recordId(stack) } } });
    expect((await stack.run("preview")).output).toContain("Remove `cloudflare.import.record`");
    expect(await stack.failingUp()).toContain("Remove `cloudflare.import.record`");

    // An entry copied for another host, with its `import` left in.
    const copied = {
        hostname: "other.example.com",
        cloudflare: { zone: "example.com", import: { record: recordId(stack) } },
    };
    await stack.declare({ hostname }, copied);
    expect(await stack.failingUp()).toContain(`is the record of ${hostname}, not of other.example.com`);
    expect(cloudflare.records("example.com")).toMatchObject([{ name: hostname, content: "spgo.io" }]);
    expect(await click(`https://${hostname}/f/a?target=https%3A%2F%2Fshop.example`)).toMatchObject({ status: 302 });
    expect(stack.sandbox.sparkpost.us.domains()).toHaveLength(1);
});

it("doesn't take over another vendor's link host, unless its content of today is said", async () => {
    await using stack = await TestStack.start();
    const { sparkpost, cloudflare } = stack.sandbox;
    cloudflare.seedRecord({
        name: hostname,
        type: "CNAME",
        content: "u1234567.ct.sendgrid.net",
        proxied: true,
        ttl: 1,
    });
    const imported = { zone: "example.com", import: { record: recordId(stack) } };
    await stack.declare({ hostname, cloudflare: imported });
    expect(await stack.failingUp()).toContain("`cloudflare.replaces: u1234567.ct.sendgrid.net`");
    expect(cloudflare.records("example.com")).toMatchObject([{ content: "u1234567.ct.sendgrid.net" }]);
    expect(sparkpost.us.domains()).toEqual([]);

    await stack.declare({ hostname, cloudflare: { ...imported, replaces: "u1234567.ct.sendgrid.net" } });
    await stack.up();
    expect(cloudflare.records("example.com")).toMatchObject([{ content: "spgo.io" }]);
});

it("makes no page rule beside a redirect rule, whether the token can see it or the host shows it", async () => {
    await using stack = await TestStack.start();
    const { cloudflare, faults } = await inUse(stack, { content: "example.com", proxied: true });
    faults.edgeRedirect = "https://spgo.io/f/a/b/c/d";
    const redirect = { zone: "example.com", mode: "redirect" as const, import: { record: recordId(stack) } };
    await stack.declare({ ...domain, cloudflare: redirect });
    expect(await stack.failingUp()).toMatch(/already redirects to SparkPost[\s\S]*Use `mode: proxy`/);
    expect(cloudflare.pageRules("example.com")).toEqual([]);
    expect(cloudflare.records("example.com")).toMatchObject([{ content: "example.com" }]);
});

it("refuses a record that the stack doesn't have, with the command that takes it over", async () => {
    await using stack = await TestStack.start({ domains: [domain] });
    const { cloudflare } = await inUse(stack, { content: "eu.spgo.io" });

    const output = await stack.failingUp();
    expect(output).toContain("doesn't manage (CNAME eu.spgo.io, DNS only)");
    expect(output.split(command)).toHaveLength(2);
    expect(output).not.toContain("81053");
    expect(cloudflare.records("example.com")).toMatchObject([{ content: "eu.spgo.io" }]);
    expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: true });
});

it("knows a record of its own, whatever somebody has made of it, and puts it right", async () => {
    await using stack = await TestStack.start({
        program: testProgram("edgeAlone"),
        config: { "edgeAlone:hostname": hostname },
    });
    const { cloudflare } = stack.sandbox;
    await stack.up();
    await stack.up();
    cloudflare.changeRecord(hostname, { content: "elsewhere.example", comment: "mine now" });
    const { output } = await stack.up("--refresh");
    expect(output).not.toContain(command);
    expect(cloudflare.records("example.com")).toMatchObject([{ content: "spgo.io" }]);
});

it("says what to do about a record of another type, which the provider only replaces, and goes on from there", async () => {
    await using stack = await TestStack.start();
    const { cloudflare } = await inUse(stack, { content: "192.0.2.80", type: "A" });
    const taken = { import: { record: recordId(stack) }, replaces: "192.0.2.80" };
    await stack.declare({ ...domain, cloudflare: { zone: "example.com", ...taken } });

    const output = await stack.failingUp();
    expect(output).toContain("may not be replaced");
    expect(output).toMatch(/has the type A, not CNAME.*edit it in Cloudflare's dashboard.*`pulumi up --refresh`/);
    expect(cloudflare.records("example.com")).toMatchObject([{ type: "A", content: "192.0.2.80" }]);

    cloudflare.changeRecord(hostname, { type: "CNAME", content: "spgo.io" });
    // The record is in the state since then: the lines go.
    await stack.declare({ ...domain, cloudflare: { zone: "example.com" } });
    await stack.up("--refresh");
    expect(cloudflare.records("example.com")).toMatchObject([{ type: "CNAME", content: "spgo.io", proxied: true }]);
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
    await stack.unchanged();
});

it("doesn't proxy a host in use before its certificate is active", async () => {
    await using stack = await TestStack.start();
    const { cloudflare } = await inUse(stack, { content: "spgo.io" });
    await stack.declare({ ...domain, cloudflare: { zone: "example.com", import: { record: recordId(stack) } } });

    const pending = { hosts: ["example.com", "*.example.com"], status: "pending_validation" };
    const body = { success: true, errors: [], messages: [], result: [pending] };
    stack.sandbox.faults.cloudflare.push({ path: /certificate_packs/, status: 200, body, times: 1 });
    const output = await stack.failingUp();
    expect(output).toMatch(/Cloudflare has no active certificate for it yet \(.* pending_validation\)/);
    expect(output).toContain("Run `pulumi up --refresh` once it is active");
    expect(cloudflare.records("example.com")).toMatchObject([{ proxied: false }]);
    expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: true });

    await stack.up();
    expect(cloudflare.records("example.com")).toMatchObject([{ proxied: true }]);
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
});

/** The host as somebody has made it: registered, verified, http links, a record. */
async function inUse({ sandbox }: TestStack, record: { content: string; type?: "A" | "CNAME"; proxied?: boolean }) {
    sandbox.sparkpost.us.seed({ domain: hostname, secure: false, verified: true });
    // Links become https no sooner than resolvers have forgotten this.
    sandbox.cloudflare.seedRecord({ name: hostname, type: "CNAME", ttl: 2, ...record });
    return sandbox;
}

/** The record's id as the provider imports it. */
function recordId({ sandbox: { cloudflare } }: TestStack): string {
    return `${cloudflare.zoneId("example.com")}/${cloudflare.records("example.com")[0]?.id}`;
}
