// A host in use whose way to https stops half-way, killed or undone, while recipients click its links: they go on working,
// and the next `up` finishes.
import { describe, expect, it } from "vitest";
import type { Sandbox } from "../../dev/sandbox/index.ts";
import { killInMidVerification, killUp, mend } from "../support/killed.ts";
import { expectLostOnlyWhileUnverified, liveHost, liveReadings, liveZone, startLive } from "../support/liveHost.ts";

const isAsBefore = { secure: false, verified: true };

describe("an up that stopped after the record had changed is followed by one that waits for resolvers as long as there is need", () => {
    const kept = 15;

    it("where the probe failed", async () => {
        await using live = await startLive({}, kept);
        const { stack, sandbox, domain } = live;
        sandbox.cloudflare.setSsl(liveZone, "strict");
        await stack.declare({ ...domain, probe: { deadline: 1 } });
        await stack.failingUp();

        sandbox.cloudflare.setSsl(liveZone, "full");
        expectLostOnlyWhileUnverified(sandbox, await live.finish());
        expect(switchedAfter(live)).toBeGreaterThanOrEqual(kept * 1_000);
    });

    it.runIf(process.platform === "linux")("where it was killed at once", async () => {
        await using live = await startLive({}, kept);
        const { stack, sandbox, domain } = live;
        await stack.declare(domain);
        await killUp(stack, ({ kind }) => kind === "record-updated");
        expect(stack.domain(liveHost)).toMatchObject(isAsBefore);
        await mend(stack);

        expectLostOnlyWhileUnverified(sandbox, await live.finish());
        expect(switchedAfter(live)).toBeGreaterThanOrEqual(kept * 1_000);
    });
});

describe.each(liveReadings)("where the tracker %s", (_reading, assumed, expectClicks) => {
    it("goes back to http, verified, where SparkPost doesn't verify https in time", async () => {
        await using live = await startLive({ assumed });
        const { stack, sandbox, domain, recipients } = live;
        // No as often as it is asked over https, and then as it really is.
        sandbox.faults.verifyNo = 2;
        await stack.declare({ ...domain, verification: { deadline: 1 } });
        expect(await stack.failingUp()).toContain("#not-verified");
        expect(stack.domain(liveHost)).toMatchObject(isAsBefore);
        await recipients.pass();

        expectClicks(sandbox, await live.finish());
    });

    it.runIf(process.platform === "linux")("finishes what a CLI left that was killed in mid verification", async () => {
        await using live = await startLive({ assumed, faults: { verifyNever: true } });
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
