// A host in use whose way to https fails at some step, while recipients click its links: they go on working, and the next
// `up` finishes.
import { expect, it } from "vitest";
import { expectLostOnlyWhileUnverified, liveHost, liveRecord, liveZone, startLive } from "../support/liveHost.ts";

const isAsBefore = { secure: false, verified: true };

it("changes nothing before the certificate is there", async () => {
    await using live = await startLive({ faults: { certificateDelay: 20_000 } });
    const { stack, sandbox, domain } = live;
    await stack.declare(domain);
    expect(await stack.failingUp()).toContain("Run `pulumi up --refresh` once it is active");
    expect(liveRecord(sandbox)).toEqual(live.record);
    expect(stack.domain(liveHost)).toMatchObject(isAsBefore);

    await sandbox.waitFor(({ kind, host }) => kind === "certificate-ready" && host === liveHost, 60_000);
    expectLostOnlyWhileUnverified(sandbox, await live.finish());
});

it("leaves links http while SparkPost can't be reached over https through the edge", async () => {
    await using live = await startLive();
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
    await using live = await startLive();
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

it("leaves links http while SparkPost's API fails at the change", async () => {
    await using live = await startLive();
    const { stack, sandbox, domain } = live;
    sandbox.faults.sparkpost.push({ method: "PUT", path: new RegExp(liveHost), status: 500, times: 1_000 });
    await stack.declare(domain);
    expect(await stack.failingUp()).toContain("500");
    expect(stack.domain(liveHost)).toMatchObject(isAsBefore);
    expect(stack.events("secure-changed")).toEqual([]);

    sandbox.faults.sparkpost.length = 0;
    expectLostOnlyWhileUnverified(sandbox, await live.finish());
});
