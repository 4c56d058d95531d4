// What a host has at Cloudflare already: taken over by its ids and corrected in one up.
import { expect, it } from "vitest";
import { makeRedirect } from "../support/pageRules.ts";
import { printedEntry } from "../support/printedEntry.ts";
import { type TestDomain, TestStack, testProgram } from "../support/stack.ts";
import { runCli } from "../unit/cli/program.ts";

const hostname = "track.example.com";
const command = `npx --no-install pulumi-sparkpost-tracking find ${hostname}`;
const domain: TestDomain = { hostname, adopt: true };

it("takes over the record and the page rule of the 2020 guide and corrects them in one up, and goes on to the proxy", async () => {
    // The rule that is taken over is all that the zone has room for.
    await using stack = await TestStack.start({ sandbox: { pageRuleQuota: 1 } });
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

    // Pulumi would delete what it imports once more.
    expect(await stack.failingUp()).toContain("Remove `cloudflare.import.record` and `cloudflare.import.pageRule`");
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
    expect(JSON.stringify(await stack.outputs(hostname))).toContain(`${command} --api-url ${sparkpost.us.apiUrl}`);
    const { import: _, ...cloudflareArgs } = entry.cloudflare ?? {};
    await stack.workspace.configure({ "sparkpost-tracking:domains": [{ ...entry, cloudflare: cloudflareArgs }] });
    await stack.unchanged("--refresh");
});

it("never takes over what is of another host, of which an entry was copied with its `import`", async () => {
    await using stack = await TestStack.start({ domains: [{ hostname }] });
    const { cloudflare, click } = stack.sandbox;
    await stack.up();

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
