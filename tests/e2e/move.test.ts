// A host moves between edges while recipients click its links: what is lost, when, and what happens to its record.
import { expect, it } from "vitest";
import { type Click, countedOf, type Losses, lossesAround, lostOf, Recipients } from "../support/clicks.ts";
import { type TestDomain, TestStack } from "../support/stack.ts";

const hostname = "track.example.com";
const zone = "example.com";
const cloudflare = { cloudflare: { zone } };
const fastly = { fastly: { dns: { cloudflare: { zone } } } };

/** 300 s, for which resolvers keep an answer, are 6 s here. */
const ttlScale = 0.02;
const kept = 300_000 * ttlScale;

/** Files of app links move with the host. */
const appLinks = { apple: [{ appId: "ABCDE12345.com.example.app" }] };

it("moves from Cloudflare to Fastly and back, and loses clicks only while resolvers keep the old answer", async () => {
    const domains = [{ hostname, ...cloudflare, appLinks }];
    await using stack = await TestStack.start({ sandbox: { ttlScale }, domains });
    await stack.up();
    const [record] = stack.sandbox.cloudflare.records(zone);
    const promise = expect.stringContaining("to another edge is one changed word, but it loses clicks");
    expect((await stack.outputs(hostname)).notes).toContainEqual(promise);

    // Everything is protected as it is by default, and nothing has to be unprotected.
    const toFastly = await move(stack, { hostname, ...fastly, appLinks });
    expectLossesOnlyWhileKept(toFastly.losses);
    expect(stack.sandbox.cloudflare.routes(zone)).toEqual([]);
    // Of this move it is known: Cloudflare's edge doesn't serve a name that isn't proxied any more.
    expect(toFastly.losses.within.map(({ came }) => came)).toContain("409 error code: 1001");
    expect(stack.sandbox.cloudflare.records(zone)).toContainEqual(
        expect.objectContaining({ id: record?.id, name: hostname, content: "j.sni.global.fastly.net" }),
    );
    expect(await recordUrns(stack)).toEqual([expect.stringContaining("FastlyEdge$cloudflare:index/dnsRecord")]);
    expect((await stack.outputs(hostname)).notes).toEqual(
        expect.arrayContaining([movedTo("cloudflare to fastly"), promise]),
    );

    const back = await move(stack, { hostname, ...cloudflare, appLinks });
    expectLossesOnlyWhileKept(back.losses);
    expect(stack.sandbox.cloudflare.routes(zone)).toHaveLength(1);
    expect(stack.sandbox.cloudflare.records(zone)).toMatchObject([
        { id: record?.id, name: hostname, content: "spgo.io", proxied: true },
    ]);
    expect(await recordUrns(stack)).toEqual([expect.stringContaining("CloudflareEdge$cloudflare:index/dnsRecord")]);
    expect(stack.sandbox.fastly.subscriptions()).toEqual([]);
    expect((await stack.outputs(hostname)).notes).toContainEqual(movedTo("fastly to cloudflare"));
    await stack.unchanged();
});

it("leaves what an adopted host had at Fastly, and so loses nothing on its way from there", async () => {
    const domain = { hostname, adopt: true };
    await using stack = await TestStack.start({ sandbox: { ttlScale }, domains: [{ ...domain, ...fastly }] });
    const { sandbox } = stack;
    sandbox.sparkpost.us.seed({ domain: hostname, secure: false, verified: true });
    await stack.up();

    const { clicks } = await move(stack, { ...domain, ...cloudflare });
    expect(lostOf(clicks)).toEqual([]);
    expect(sandbox.fastly.services()).toMatchObject([{ active_version: 1, deleted_at: null }]);
    expect(sandbox.fastly.subscriptions()).toMatchObject([{ state: "issued" }]);
    const names = sandbox.cloudflare.records(zone).map(({ name }) => name);
    expect(names.sort()).toEqual([`_acme-challenge.${hostname}`, hostname]);
    expect((await stack.outputs(hostname)).notes).toContainEqual(
        expect.stringMatching(/Fastly still has the service, .* before track.example.com moves back to fastly/),
    );
});

it("loses nothing at all with a sibling host on the other edge that takes over the default", async () => {
    const sibling = "click2.example.com";
    const old: TestDomain = { hostname, ...cloudflare };
    await using stack = await TestStack.start({ sandbox: { ttlScale }, domains: [{ ...old, default: true }] });
    const { sandbox } = stack;
    await stack.up();
    const before = await resourcesOf(stack, hostname);

    await using recipients = new Recipients(sandbox, hostname);
    await recipients.pass();
    const start = sandbox.timeline.length;
    // The default is protected; it is freed while the sibling is made.
    await stack.declare({ ...old, default: true, protect: false }, { hostname: sibling, ...fastly });
    await stack.up();
    expect(stack.domain(sibling)).toMatchObject({ secure: true, verified: true, default: false });
    expect(stack.domain(hostname)).toMatchObject({ default: true });
    await stack.declare(old, { hostname: sibling, ...fastly, default: true });
    await stack.up();
    expect(stack.domain(sibling)).toMatchObject({ default: true });
    await recipients.pass();

    const clicks = await recipients.stop();
    expect(lostOf(clicks)).toEqual([]);
    expect(countedOf(sandbox, clicks)).toEqual(clicks);
    const since = sandbox.timeline.slice(start);
    expect(
        since.filter(({ host, actor }) => host === hostname && /^(cloudflare|fastly|sparkpost)$/.test(actor)),
    ).toEqual([]);
    const ofDefault = /DefaultDomain/;
    expect(await resourcesOf(stack, hostname)).toEqual(before.filter(({ urn }) => !ofDefault.test(urn)));
    await stack.unchanged();
});

/** Moves the host to an edge while recipients click: one change of its record, and what was lost around it. */
async function move(stack: TestStack, domain: TestDomain): Promise<{ clicks: Click[]; losses: Losses }> {
    const { sandbox } = stack;
    const start = sandbox.timeline.length;
    await using recipients = new Recipients(sandbox, hostname);
    await recipients.pass();
    await stack.declare(domain);
    await stack.up();
    const changes = sandbox.timeline
        .slice(start)
        .filter(({ kind, host }) => host === hostname && /^record-/.test(kind));
    expect(changes.map(({ kind }) => kind)).toEqual(["record-updated"]);
    const changed = changes[0]?.at ?? 0;
    await recipients.pass(changed + kept);

    const clicks = await recipients.stop();
    const lost = lostOf(clicks);
    // A click that was answered is one that the tracker counted.
    expect(countedOf(sandbox, clicks)).toEqual(clicks.filter((click) => !lost.includes(click)));
    return { clicks, losses: lossesAround(clicks, changed, kept) };
}

function expectLossesOnlyWhileKept({ before, after, summary }: Losses): void {
    expect([...before, ...after], summary).toEqual([]);
}

/** What the state has of a name: its resources by their URN, id and inputs. */
async function resourcesOf(stack: TestStack, name: string): Promise<{ urn: string; id: string; inputs: object }[]> {
    return (await stack.resources())
        .filter(({ urn, custom }) => custom && urn.endsWith(`::${name}`))
        .map(({ urn, id, inputs }) => ({ urn, id, inputs }));
}

/** The URNs of the host's records in the state. */
async function recordUrns(stack: TestStack): Promise<string[]> {
    return (await resourcesOf(stack, hostname)).map(({ urn }) => urn).filter((urn) => /dnsRecord:/.test(urn));
}

function movedTo(way: string): unknown {
    return expect.stringMatching(new RegExp(`moved from ${way} \\(verified there \\d{4}-\\d\\d-\\d\\dT`));
}
