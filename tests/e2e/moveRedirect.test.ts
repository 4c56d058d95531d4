// A host goes from Cloudflare's page rule that redirects to Cloudflare's proxy, and back, while recipients click its
// links: no click is lost on any of these ways.
import { expect, it } from "vitest";
import { countedOf, lostOf, Recipients } from "../support/clicks.ts";
import { makeRedirect } from "../support/pageRules.ts";
import { type TestDomain, TestStack, testProgram } from "../support/stack.ts";

const hostname = "track.example.com";
const zone = "example.com";
const redirect: TestDomain = { hostname, cloudflare: { zone, mode: "redirect" } };
const proxy: TestDomain = { hostname, cloudflare: { zone } };
const withSettings: TestDomain = { hostname, cloudflare: { zone, settings: "pageRule" } };

it("goes from redirect to proxy and back without a lost click, and says what isn't proven yet", async () => {
    await using stack = await TestStack.start({ domains: [redirect] });
    await stack.up();
    const [record] = stack.sandbox.cloudflare.records(zone);
    await using recipients = new Recipients(stack.sandbox, hostname);
    await recipients.pass();

    // The rule goes last, so it is still there when the probe runs.
    await stack.declare(proxy);
    const { output } = await stack.up();
    expect(output).toContain(`${hostname} still redirects to spgo.io, as before.`);
    expect(await strengthOf(stack)).toBe("pending");
    const advice = /pulumi (up --replace) "(.*)<name of the domain>-probe"/.exec(output) ?? [];
    await stack.up("--replace", `${advice[2]}${hostname}-probe`);
    expect(await strengthOf(stack)).toBe("strong");

    await stack.declare(redirect);
    await stack.up();
    await stack.unchanged();
    await recipients.pass();

    expect(await ways(stack, recipients)).toEqual(["at the endpoint", "redirected", "at the endpoint"]);
    expect(stack.sandbox.cloudflare.records(zone)).toEqual([record]);
    expect(changesOf(stack)).toEqual(["record-created", "page-rule-created", "page-rule-deleted", "page-rule-created"]);
});

it("goes from redirect to proxy with settings and back in one page rule, proven at once", async () => {
    await using stack = await TestStack.start({ sandbox: { pageRuleQuota: 1 }, domains: [redirect] });
    await stack.up();
    const [rule] = stack.sandbox.cloudflare.pageRules(zone);
    await using recipients = new Recipients(stack.sandbox, hostname);
    await recipients.pass();

    await stack.declare(withSettings);
    expect((await stack.up()).output).not.toContain("still redirects");
    expect(await strengthOf(stack)).toBe("strong");
    await stack.declare(redirect);
    await stack.up();
    await recipients.pass();

    expect(await ways(stack, recipients)).toEqual(["at the endpoint", "redirected", "at the endpoint"]);
    expect(stack.sandbox.cloudflare.pageRules(zone)).toMatchObject([{ id: rule?.id }]);
    expect(changesOf(stack)).toEqual(["record-created", "page-rule-created", "page-rule-updated", "page-rule-updated"]);
});

it.each([
    ["proxy", proxy, "page-rule-deleted"],
    ["proxy with settings", withSettings, "page-rule-updated"],
] as const)(
    "leads a placeholder that points elsewhere to the endpoint before the redirect ends, on the way to %s",
    async (_mode, target, ending) => {
        await using stack = await TestStack.start({
            program: testProgram("domains"),
            // Where nobody has this host: everything is answered with 404.
            domains: [{ ...redirect, transform: { record: { content: "eu.spgo.io" } } }],
        });
        await stack.up();
        expect(stack.sandbox.cloudflare.records(zone)).toMatchObject([{ content: "eu.spgo.io", proxied: true }]);
        await using recipients = new Recipients(stack.sandbox, hostname);
        await recipients.pass();

        await stack.declare(target);
        await stack.up();
        await recipients.pass();

        expect(await ways(stack, recipients)).toEqual(["at the endpoint", "redirected"]);
        expect(changesOf(stack)).toEqual(["record-created", "page-rule-created", "record-updated", ending]);
    },
);

it("takes over a redirect made by hand over a stranger's host, corrects the record first, and lets the rule go last", async () => {
    await using stack = await TestStack.start();
    const { sandbox } = stack;
    const { sparkpost, cloudflare } = sandbox;
    sparkpost.us.seed({ domain: hostname, secure: true, verified: true });
    // Nobody follows it while the rule redirects; where nobody has this host, everything is answered with 404.
    cloudflare.seedRecord({ name: hostname, type: "CNAME", content: "eu.spgo.io", proxied: true });
    expect(await sandbox.click(`http://${hostname}/f/mail`)).toMatchObject({ status: 404 });
    const ids = {
        record: `${cloudflare.zoneId(zone)}/${cloudflare.records(zone)[0]?.id}`,
        pageRule: await makeRedirect(sandbox, hostname),
    };
    const before = sandbox.timeline.length;
    await using recipients = new Recipients(sandbox, hostname);
    await recipients.pass();

    const adopted: TestDomain = { hostname, adopt: true };
    await stack.declare({ ...adopted, cloudflare: { zone, mode: "redirect", import: ids } });
    await stack.up();
    await stack.declare({ ...adopted, cloudflare: { zone, mode: "redirect" } });
    await recipients.pass();
    await stack.declare({ ...adopted, cloudflare: { zone } });
    await stack.up();
    await recipients.pass();

    expect(await ways(stack, recipients)).toEqual(["at the endpoint", "redirected"]);
    const changes = sandbox.timeline.slice(before).filter(({ kind }) => /^(record|page-rule)-/.test(kind));
    expect(changes.map(({ kind }) => kind)).toEqual(["record-updated", "page-rule-updated", "page-rule-deleted"]);
    expect(cloudflare.records(zone)).toMatchObject([{ content: "spgo.io", proxied: true }]);
});

/**
 * What came first, what in between, and what last, where no click was lost and the tracker counted those that it was
 * relayed. Two clicks at once may arrive in any order. Nobody clicks any more.
 */
async function ways({ sandbox }: TestStack, recipients: Recipients): Promise<string[]> {
    const clicks = await recipients.stop();
    expect(lostOf(clicks)).toEqual([]);
    expect(countedOf(sandbox, clicks)).toEqual(clicks.filter(({ came }) => came === "redirected"));
    const came = clicks.map((click) => click.came);
    const [first, last] = [came[0] ?? "", came.at(-1) ?? ""];
    return [first, ...new Set(came.filter((one) => one !== first && one !== last)), last];
}

/** What happened to records and page rules. */
function changesOf(stack: TestStack): string[] {
    return stack.sandbox.timeline.map(({ kind }) => kind).filter((kind) => /^(record|page-rule)-/.test(kind));
}

/** What the last report of the probe says that it proves. */
async function strengthOf(stack: TestStack): Promise<string> {
    const probe = (await stack.resources()).find(({ type }) => type === "command:local:Command");
    return JSON.parse(`${probe?.outputs.stdout}`).strength;
}
