import { describe, expect, it } from "vitest";
import {
    type VerificationOutputs,
    verificationHandler,
} from "../../../components/src/sparkpost/runtime/verification.ts";
import { expectJsonClean, unknown } from "../../support/engineValues.ts";
import { type FakeOptions, fakeAccount, fakeServices } from "../../support/fakeAccount.ts";

const domain = "track.example.com";
const account = { apiUrl: "https://api.sparkpost.com/api/v1" };
const inputs = {
    domain,
    account,
    secure: true,
    verified: true,
    fingerprint: "one",
    deadline: 60,
    __provider: "text",
};
const holding = { ...inputs, hold: true };
/** What the state has once SparkPost has said yes. */
const outputs = { ...inputs, seen: { secure: true, verified: true } };
const held: VerificationOutputs = { ...holding, verified: false, seen: { secure: true, verified: false } };

function start(options: FakeOptions = {}) {
    const fake = fakeAccount({ domains: [{ domain, secure: true }], ...options });
    const { services, ...rest } = fakeServices(fake);
    return { ...fake, ...rest, handler: verificationHandler(services) };
}

describe("a verification that is held", () => {
    it.each([true, false])("changes nothing and tells the registration as it is (verified: %s)", async (verified) => {
        const { handler, calls } = start({ domains: [{ domain, secure: false, verified }] });
        const { id, outs } = await handler.create(holding);
        expect({ id, outs }).toStrictEqual({
            id: domain,
            outs: { ...holding, secure: false, verified, seen: { secure: false, verified } },
        });
        expect(calls).toEqual([`find ${domain}`]);
        expectJsonClean(outs);
    });

    it("of a registration that can't be seen yet is unverified, and no failure", async () => {
        const { outs } = await start({ domains: [] }).handler.create(holding);
        expect(outs).toStrictEqual(held);
    });

    it("is read without a question, as it was", async () => {
        const { handler, calls } = start();
        expect(await handler.read(domain, held)).toStrictEqual({
            id: domain,
            props: held,
            inputs: { ...holding, verified: false },
        });
        expect(calls).toEqual([]);
    });

    it.each([
        ["nothing", {}],
        ["a hold that isn't known yet", { hold: unknown }],
        ["another fingerprint", { fingerprint: "two" }],
        ["another edge", { edge: "fastly" }],
    ])("is unchanged by %s while the hold lasts", async (_what, change) => {
        expect((await start().handler.diff(domain, held, { ...holding, ...change })).changes).toBe(false);
    });

    it("is updated without a question while the hold lasts", async () => {
        const { handler, calls } = start();
        const change = { deadline: 5, __provider: "newer" };
        expect(await handler.diff(domain, held, { ...holding, ...change })).toMatchObject({ changes: true });
        const { outs } = await handler.update(domain, held, { ...holding, ...change });
        expect(outs).toStrictEqual({ ...held, ...change });
        expect(calls).toEqual([]);
    });

    it.each([
        ["gone", inputs],
        ["false", { ...inputs, hold: false }],
    ])("is verified when the hold is %s, and remembers that", async (_what, news) => {
        const { handler, calls } = start();
        // Nothing else differs: SparkPost may have verified the domain on its own.
        const olds = { ...held, verified: true };
        expect(await handler.diff(domain, olds, news)).toMatchObject({ changes: true, replaces: [] });
        const { outs } = await handler.update(domain, olds, news);
        expect(outs).toStrictEqual(outputs);
        expect(calls).toEqual([`find ${domain}`, `verify ${domain}`, `find ${domain}`]);
    });

    it("is done when it is made with a hold that is false", async () => {
        expect((await start().handler.create({ ...inputs, hold: false })).outs).toStrictEqual(outputs);
    });

    it("that fails when the hold ends is still held, so that the next run does the same", async () => {
        const { handler, domains } = start({ answers: [false, false, true] });
        const first = { ...inputs, deadline: 1, wasInUse: "http" as const };
        const olds = { ...held, deadline: 1, wasInUse: "http" as const, secure: false };
        const error = await handler.update(domain, olds, first).catch((thrown) => thrown);
        expect(domains.get(domain)).toMatchObject({ secure: false, verified: true });
        expect(error).toMatchObject({ properties: { hold: true, secure: false, verified: true } });
    });
});

describe("a hold that comes when SparkPost has verified the domain", () => {
    const lost = { fingerprint: "two", secure: false };

    it.each([true, unknown])("takes nothing back and is no change (%s)", async (hold) => {
        const { handler } = start();
        expect((await handler.diff(domain, inputs, { ...inputs, hold })).changes).toBe(false);
        expect((await handler.diff(domain, { ...inputs, verified: false }, { ...inputs, hold })).changes).toBe(false);
    });

    it("is forgotten by every update, so that its end isn't another first verification", async () => {
        const { handler, calls } = start();
        const { outs } = await handler.update(domain, inputs, { ...holding, deadline: 5 });
        expect(outs).toStrictEqual({ ...inputs, deadline: 5 });
        expect((await handler.diff(domain, outs, { ...inputs, deadline: 5 })).changes).toBe(false);
        expect(calls).toEqual([]);
    });

    it("puts off what else has changed until it is over", async () => {
        const { handler, calls } = start();
        const olds = { ...inputs, edge: "cloudflare" };
        expect((await handler.diff(domain, olds, { ...holding, ...lost })).changes).toBe(false);
        const { outs } = await handler.update(domain, olds, { ...holding, ...lost, deadline: 5 });
        expect(outs).toStrictEqual({ ...olds, deadline: 5 });
        expect(calls).toEqual([]);
        expect((await handler.diff(domain, outs, { ...inputs, ...lost })).changes).toBe(true);
    });

    it("is still a replacement for another domain, and an update for another shim", async () => {
        const { handler } = start();
        expect((await handler.diff(domain, inputs, { ...holding, domain: "b.example.com" })).replaces).toEqual([
            "domain",
        ]);
        expect((await handler.diff(domain, inputs, { ...holding, __provider: "newer" })).changes).toBe(true);
    });

    it("leaves a refresh as it is", async () => {
        const { handler } = start({ domains: [{ domain, secure: true, verified: false }] });
        const lost = { ...inputs, verified: false };
        const seen = { secure: true, verified: false };
        expect(await handler.read(domain, outputs)).toStrictEqual({
            id: domain,
            props: { ...lost, seen },
            inputs: lost,
        });
    });
});

describe("a hold that comes with another edge when SparkPost has verified the domain", () => {
    const olds = { ...inputs, edge: "cloudflare" };
    const moving = { ...holding, edge: "fastly" };

    it("is a change, and fails before the engine deletes what the old edge consists of", async () => {
        const { handler, calls } = start();
        expect(await handler.diff(domain, olds, moving)).toMatchObject({ changes: true, replaces: [] });
        await expect(handler.update(domain, olds, moving)).rejects.toThrowErrorMatchingSnapshot();
        expect(calls).toEqual([]);
    });

    it("is a change in a preview that doesn't know yet whether it is held", async () => {
        const { handler } = start();
        expect((await handler.diff(domain, olds, { ...moving, hold: unknown })).changes).toBe(true);
    });

    it.each([
        ["the same edge", olds, { ...moving, edge: "cloudflare" }],
        ["an edge that isn't known yet", olds, { ...moving, edge: unknown }],
        ["a state from before there was an edge", inputs, moving],
        ["a domain for which nothing was done yet", { ...held, edge: "cloudflare" }, moving],
    ])("is no change with %s", async (_what, before, news) => {
        const { handler, calls } = start();
        expect((await handler.diff(domain, before, news)).changes).toBe(false);
        await expect(handler.update(domain, before, news)).resolves.toBeDefined();
        expect(calls).toEqual([]);
    });
});
