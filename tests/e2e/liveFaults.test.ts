// A host in use whose way to https fails at some step, while recipients click its links: they go on working, and the next
// `up` finishes.
import { describe, expect, it } from "vitest";
import type { Sandbox, SandboxOptions } from "../../dev/sandbox/index.ts";
import { type Click, lostOf, type Recipients } from "../support/clicks.ts";
import { killInMidVerification, killUp, mend } from "../support/killed.ts";
import {
    expectLostOnlyWhileUnverified,
    goLive,
    liveHost,
    liveReadings,
    liveRecord,
    liveZone,
    recipientsOf,
} from "../support/liveHost.ts";
import { type TestDomain, TestStack } from "../support/stack.ts";

const isAsBefore = { secure: false, verified: true };
const isFinished = { secure: true, verified: true };

it("changes nothing before the certificate is there", async () => {
    await using live = await start({ faults: { certificateDelay: 20_000 } });
    const { stack, sandbox, domain } = live;
    await stack.declare(domain);
    expect(await stack.failingUp()).toContain("Nothing was changed; run `pulumi up --refresh` when one is active");
    expect(liveRecord(sandbox)).toEqual(live.record);
    expect(stack.domain(liveHost)).toMatchObject(isAsBefore);

    await sandbox.waitFor(({ kind, host }) => kind === "certificate-ready" && host === liveHost, 60_000);
    expectLostOnlyWhileUnverified(sandbox, await live.finish());
});

it("leaves links http while SparkPost can't be reached over https through the edge", async () => {
    await using live = await start();
    const { stack, sandbox, domain, recipients } = live;
    // What only https meets: the edge wants another certificate of the endpoint than it has.
    sandbox.cloudflare.setSsl(liveZone, "strict");
    await stack.declare({ ...domain, probe: { deadline: 1 } });
    expect(await stack.failingUp()).toContain("the edge answers 526");
    expect(liveRecord(sandbox)).toMatchObject({ proxied: true });
    expect(stack.domain(liveHost)).toMatchObject(isAsBefore);
    await recipients.pass();

    sandbox.cloudflare.setSsl(liveZone, "full");
    expectLostOnlyWhileUnverified(sandbox, await live.finish());
});

it("leaves links http while the edge challenges everybody, and loses no click but those that are challenged", async () => {
    await using live = await start();
    const { stack, sandbox, domain, recipients } = live;
    sandbox.faults.edgeChallenge = true;
    await stack.declare({ ...domain, probe: { deadline: 1 } });
    expect(await stack.failingUp()).toContain("challenge");
    expect(stack.domain(liveHost)).toMatchObject(isAsBefore);
    await recipients.pass();

    sandbox.faults.edgeChallenge = false;
    const healed = sandbox.now();
    const clicks = await live.finish();
    const proxied = sandbox.timeline.find(({ kind }) => kind === "record-updated")?.at ?? 0;
    const challenged = clicks.filter(({ came }) => came === "403 Just a moment...");
    expect(challenged.filter(({ at, ended }) => ended < proxied || at > healed)).toEqual([]);
    expectLostOnlyWhileUnverified(
        sandbox,
        clicks.filter((click) => !challenged.includes(click)),
    );
});

describe("an up that stopped after the record had changed is followed by one that waits for resolvers as long as there is need", () => {
    const kept = 15;

    it("where the probe failed", async () => {
        await using live = await start({}, kept);
        const { stack, sandbox, domain } = live;
        sandbox.cloudflare.setSsl(liveZone, "strict");
        await stack.declare({ ...domain, probe: { deadline: 1 } });
        await stack.failingUp();

        sandbox.cloudflare.setSsl(liveZone, "full");
        expectLostOnlyWhileUnverified(sandbox, await live.finish());
        expect(switchedAfter(live)).toBeGreaterThanOrEqual(kept * 1_000);
    });

    it.runIf(process.platform === "linux")("where it was killed at once", async () => {
        await using live = await start({}, kept);
        const { stack, sandbox, domain } = live;
        await stack.declare(domain);
        await killUp(stack, ({ kind }) => kind === "record-updated");
        expect(stack.domain(liveHost)).toMatchObject(isAsBefore);
        await mend(stack);

        expectLostOnlyWhileUnverified(sandbox, await live.finish());
        expect(switchedAfter(live)).toBeGreaterThanOrEqual(kept * 1_000);
    });
});

it("leaves links http while SparkPost's API fails at the change", async () => {
    await using live = await start();
    const { stack, sandbox, domain } = live;
    sandbox.faults.sparkpost.push({ method: "PUT", path: new RegExp(liveHost), status: 500, times: 1_000 });
    await stack.declare(domain);
    expect(await stack.failingUp()).toContain("500");
    expect(stack.domain(liveHost)).toMatchObject(isAsBefore);
    expect(stack.events("secure-changed")).toEqual([]);

    sandbox.faults.sparkpost.length = 0;
    expectLostOnlyWhileUnverified(sandbox, await live.finish());
});

describe.each(liveReadings)("where the tracker %s", (_reading, assumed, expectClicks) => {
    it("goes back to http, verified, where SparkPost doesn't verify https in time", async () => {
        await using live = await start({ assumed });
        const { stack, sandbox, domain, recipients } = live;
        // No as often as it is asked over https, and then as it really is.
        sandbox.faults.verifyNo = 2;
        await stack.declare({ ...domain, verification: { deadline: 1 } });
        expect(await stack.failingUp()).toContain(`${liveHost} is as it was before (http, verified).`);
        expect(stack.domain(liveHost)).toMatchObject(isAsBefore);
        await recipients.pass();

        expectClicks(sandbox, await live.finish());
    });

    it.runIf(process.platform === "linux")("finishes what a CLI left that was killed in mid verification", async () => {
        await using live = await start({ assumed, faults: { verifyNever: true } });
        const { stack, sandbox, domain, recipients } = live;
        await stack.declare({ ...domain, verification: { deadline: 600 } });
        await killInMidVerification(stack);
        await recipients.pass();
        await mend(stack);

        sandbox.faults.verifyNever = false;
        expectClicks(sandbox, await live.finish());
    });
});

/** Milliseconds from the first change of the host's record to that of its links. */
function switchedAfter({ sandbox }: { sandbox: Sandbox }): number {
    const [changed, switched] = ["record-updated", "secure-changed"].map((change) =>
        sandbox.timeline.find(({ kind, host }) => kind === change && host === liveHost),
    );
    return (switched?.at ?? 0) - (changed?.at ?? 0);
}

/** A stack beside the host in use, which is being clicked, and the declaration that takes it to https in place. */
async function start(options: SandboxOptions = {}, ttl?: number) {
    // Of the 300 s that a stack waits from a change on, a second more than resolvers keep the record is left.
    const modifiedAgo = ttl && 299 - ttl;
    const stack = await TestStack.start({ sandbox: { ...(modifiedAgo && { modifiedAgo }), ...options } });
    const { sandbox } = stack;
    const domain: TestDomain = {
        hostname: liveHost,
        adopt: true,
        cloudflare: { zone: liveZone, import: { record: goLive(sandbox, ttl) } },
    };
    const record = liveRecord(sandbox);
    const recipients: Recipients = recipientsOf(sandbox);
    await recipients.pass();
    return {
        stack,
        sandbox,
        domain,
        record,
        recipients,
        /** The `up` after the fault is gone, which must finish; gives all clicks, https ones among them. */
        async finish(): Promise<Click[]> {
            // What an earlier one has taken over isn't taken over again.
            const isTaken = (await stack.run("stack export", 0)).output.includes(
                "cloudflare:index/dnsRecord:DnsRecord",
            );
            const taken = { ...domain, cloudflare: { zone: liveZone } };
            await stack.declare(isTaken ? taken : domain);
            await stack.up();
            await stack.declare(taken);
            expect(stack.domain(liveHost)).toMatchObject(isFinished);
            expect(liveRecord(sandbox)).toMatchObject({ id: record?.id, proxied: true });
            await stack.unchanged();
            await recipients.pass();
            const clicks = await recipients.stop();
            const httpsClicks = clicks.filter(({ url }) => url.startsWith("https:"));
            expect(httpsClicks.length).toBeGreaterThan(lostOf(httpsClicks).length);
            return clicks;
        },
        async [Symbol.asyncDispose](): Promise<void> {
            await recipients.stop();
            await stack[Symbol.asyncDispose]();
        },
    };
}
