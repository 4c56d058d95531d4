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

    await stack.unchanged("--refresh");
    await stack.declare({ ...domain, cloudflare: redirect });
    await stack.unchanged();

    await stack.declare({ ...domain, cloudflare: { zone: "example.com", import: { record: ids.record } } });
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
    await stack.unchanged("--refresh");
});

it("refuses a record that the stack doesn't have, with the command that takes it over", async () => {
    await using stack = await TestStack.start({ domains: [domain] });
    const { cloudflare } = await inUse(stack, { content: "192.0.2.80", type: "A" });

    const output = await stack.failingUp();
    expect(output).toContain("isn't this stack's (A 192.0.2.80, DNS only)");
    expect(output.split(command)).toHaveLength(2);
    expect(output).not.toContain("81053");
    expect(cloudflare.records("example.com")).toMatchObject([{ content: "192.0.2.80" }]);
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
    const imported = { ...domain, cloudflare: { zone: "example.com", import: { record: recordId(stack) } } };
    await stack.declare(imported);

    const output = await stack.failingUp();
    expect(output).toContain("may not be replaced");
    expect(output).toMatch(/is of type A, not CNAME.*edit it in Cloudflare's dashboard.*`pulumi up --refresh`/);
    expect(cloudflare.records("example.com")).toMatchObject([{ type: "A", content: "192.0.2.80" }]);

    cloudflare.changeRecord(hostname, { type: "CNAME", content: "spgo.io" });
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
    expect(output).toMatch(/no certificate at Cloudflare that covers it is active yet \(.* pending_validation\)/);
    expect(output).toContain("Nothing was changed; run `pulumi up --refresh` when one is active");
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
