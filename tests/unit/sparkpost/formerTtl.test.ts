import { describe, expect, it } from "vitest";
import { type FormerTtlOutputs, formerTtlHandler } from "../../../components/src/sparkpost/runtime/formerTtl.ts";
import { expectJsonClean } from "../../support/engineValues.ts";
import { fakeClock } from "../../support/fakeAccount.ts";

const domain = "track.example.com";

/** A stack with runs of the engine at these seconds; each gives what the state has, and whether a change is shown. */
function stack() {
    const { clock } = fakeClock();
    const handler = formerTtlHandler({ clock });
    let inputs: { domain: string; ttl?: number } | undefined;
    let state: FormerTtlOutputs | undefined;
    return async (ttl: number | undefined, seconds = 0) => {
        await clock.sleep(seconds * 1_000 - clock.now());
        const checked = await handler.check(inputs ?? {}, { domain, ttl });
        expect(checked.failures).toEqual([]);
        inputs = checked.inputs;
        expectJsonClean(inputs);
        const changes = state === undefined || (await handler.diff(domain, state, inputs)).changes;
        if (state === undefined) {
            state = (await handler.create(inputs)).outs;
        } else if (changes) {
            state = (await handler.update(domain, state, inputs)).outs;
        }
        expectJsonClean(state);
        return { changes, keptFor: state.keptFor, ttl: state.ttl };
    };
}

describe("the memory of a record's TTL", () => {
    it("has what the first look found, or nothing", async () => {
        expect(await stack()(600)).toEqual({ changes: true, keptFor: 600, ttl: 600 });
        expect(await stack()(undefined)).toEqual({ changes: true, keptFor: undefined, ttl: undefined });
    });

    it("keeps it, without a change, when nothing new is found: in previews, and once the record was changed", async () => {
        const up = stack();
        await up(600);
        expect(await up(undefined, 10)).toEqual({ changes: false, keptFor: 600, ttl: 600 });
    });

    it("takes what is found later", async () => {
        const up = stack();
        await up(undefined);
        expect(await up(60, 10)).toEqual({ changes: true, keptFor: 60, ttl: 60 });
        expect(await up(600, 20)).toEqual({ changes: true, keptFor: 600, ttl: 600 });
    });

    it("counts what is left of an answer that is kept for longer than a later one", async () => {
        const up = stack();
        await up(3_600);
        // Taken back by hand, with a shorter TTL, and changed again.
        expect(await up(300, 600)).toEqual({ changes: true, keptFor: 3_000, ttl: 300 });
        expect(await up(60, 3_590)).toEqual({ changes: true, keptFor: 60, ttl: 60 });
        expect(await up(undefined, 3_600)).toMatchObject({ changes: false, keptFor: 60 });
    });

    it("loses nothing in an update for something else, such as a newer version of the provider", async () => {
        const handler = formerTtlHandler({ clock: fakeClock().clock });
        const olds = { domain, ttl: 60, keptFor: 600, foundAt: "2026-01-01T00:00:00Z", __provider: "old" };
        const { inputs } = await handler.check({ domain, ttl: 60 }, { domain, __provider: "new" });
        expect((await handler.diff(domain, olds, inputs)).changes).toBe(true);
        expect((await handler.update(domain, olds, inputs)).outs).toEqual({ ...olds, __provider: "new" });
    });

    it("knows nothing of another host, which is another resource", async () => {
        const handler = formerTtlHandler({ clock: fakeClock().clock });
        const { inputs } = await handler.check({ domain, ttl: 600 }, { domain: "b.example.com" });
        expect(inputs).toEqual({ domain: "b.example.com" });
        expect(await handler.diff(domain, { domain, ttl: 600 }, inputs)).toMatchObject({ replaces: ["domain"] });
    });

    it("is read as it is, since nobody but the state knows it", async () => {
        const handler = formerTtlHandler({ clock: fakeClock().clock });
        const inputs = { domain, ttl: 600 };
        const props = { ...inputs, keptFor: 600, foundAt: "2026-01-01T00:00:00Z" };
        expect(await handler.read(domain, props)).toEqual({ id: domain, props, inputs });
    });
});
