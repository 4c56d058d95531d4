import { describe, expect, it } from "vitest";
import {
    type Claim,
    type DefaultInputs,
    defaultDomainHandler,
} from "../../../components/src/sparkpost/runtime/claims.ts";
import { expectJsonClean, unknown } from "../../support/engineValues.ts";
import { type FakeOptions, fakeAccount, fakeServices } from "../../support/fakeAccount.ts";

const [domain, other, third] = ["track.example.com", "old.example.com", "third.example.com"] as const;
const account = { apiUrl: "https://api.sparkpost.com/api/v1" };
const inputs = { domain, account, restorePrevious: false, __provider: "text" };
const outputs: DefaultInputs & Claim = { ...inputs, ours: domain, adopted: false };

/** Three verified domains, of which `holder` is the default. */
function start(holder?: string, options: FakeOptions = {}) {
    const domains = [domain, other, third].map((name) => ({ domain: name, verified: true, default: name === holder }));
    const fake = fakeAccount({ domains, ...options });
    const holderNow = () => [...fake.domains.values()].find((one) => one.default)?.domain;
    return { ...fake, holderNow, handler: defaultDomainHandler(fakeServices(fake).services) };
}

describe("a default", () => {
    it("is made, read back, and remembers who had it", async () => {
        const { handler, calls } = start(other);
        const { id, outs } = await handler.create(inputs);
        expect(calls).toEqual(["findDefault", `makeDefault ${domain}`, `find ${domain}`]);
        expect(id).toBe(account.apiUrl);
        expect(outs).toStrictEqual({ ...outputs, previous: other });
    });

    it("of a scope that had none remembers nobody", async () => {
        const { outs } = await start().handler.create(inputs);
        expect(outs).toStrictEqual(outputs);
        expectJsonClean(outs);
    });

    it("that it was already is left as it is, and known as adopted", async () => {
        const { handler, calls } = start(domain);
        expect((await handler.create(inputs)).outs).toStrictEqual({ ...outputs, adopted: true });
        expect(calls).toEqual(["findDefault"]);
    });

    it("has the scope as its identity", async () => {
        const { id } = await start().handler.create({ ...inputs, account: { ...account, subaccount: 7 } });
        expect(id).toBe(`${account.apiUrl}#7`);
    });

    it("must be verified: SparkPost's refusal is told with the remedy", async () => {
        const { handler } = start(other, { faults: [{ method: "makeDefault", status: 422 }] });
        await expect(handler.create(inputs)).rejects.toThrowErrorMatchingSnapshot();
    });

    it("that the record doesn't confirm is an error: somebody else wants it too", async () => {
        const meanwhile = {
            [`makeDefault ${domain}`]: (domains: Map<string, object>) =>
                void Object.assign(domains.get(domain) ?? {}, { default: false }),
        };
        await expect(start(other, { meanwhile }).handler.create(inputs)).rejects.toThrowErrorMatchingSnapshot();
    });

    it("fails with SparkPost's own error otherwise", async () => {
        const { handler } = start(other, { faults: [{ method: "makeDefault", status: 403 }] });
        await expect(handler.create(inputs)).rejects.toMatchObject({ status: 403 });
    });
});

describe("a refresh of a default", () => {
    it("shows who took it, in outputs and inputs, and keeps the memory", async () => {
        const { handler, calls } = start(third);
        const { id, props, inputs: seen } = await handler.read("id", { ...outputs, previous: other });
        expect(calls).toEqual(["list"]);
        expect(id).toBe("id");
        expect(props).toStrictEqual({ ...outputs, domain: third, previous: other });
        expect(seen).toStrictEqual({ ...inputs, domain: third });
        expectJsonClean({ props, seen });
    });

    it("shows an empty domain when nobody has it", async () => {
        expect((await start().handler.read("id", outputs)).inputs).toMatchObject({ domain: "" });
    });
});

describe("the difference of two defaults", () => {
    const { handler } = start();
    const diff = (change: object) => handler.diff("id", outputs, { ...inputs, ...change });

    it("is an update for another domain: what was there before stays remembered", async () => {
        expect(await diff({ domain: other })).toMatchObject({ changes: true, replaces: [] });
    });

    it.each([
        ["subaccount", { account: { ...account, subaccount: 2 } }],
        ["account", { account: { apiUrl: "https://api.eu.sparkpost.com/api/v1" } }],
    ])("is a replacement for another %s", async (_what, change) => {
        expect(await diff(change)).toMatchObject({ changes: true, replaces: ["account"] });
    });

    it.each([
        ["restorePrevious", { restorePrevious: true }],
        ["the account's time-out", { account: { ...account, timeout: 9 } }],
        ["the shim", { __provider: "newer" }],
    ])("is an update for %s", async (_what, change) => {
        expect(await diff(change)).toMatchObject({ changes: true, replaces: [] });
    });

    it("is none when nothing changed", async () => {
        expect((await diff({})).changes).toBe(false);
    });
});

describe("an update of a default", () => {
    it("makes another domain the default and keeps the memory", async () => {
        const { handler, holderNow } = start(domain);
        const { outs } = await handler.update("id", { ...outputs, previous: other }, { ...inputs, domain: third });
        expect(holderNow()).toBe(third);
        expect(outs).toStrictEqual({ ...outputs, domain: third, ours: third, previous: other });
    });

    it("takes it back from who took it", async () => {
        const { handler, holderNow } = start(third);
        const { outs } = await handler.update("id", { ...outputs, domain: third, previous: other }, inputs);
        expect(holderNow()).toBe(domain);
        expect(outs).toStrictEqual({ ...outputs, previous: other });
    });

    it("asks nobody when the domain stays", async () => {
        const { handler, calls } = start(domain);
        const news = { ...inputs, restorePrevious: true };
        expect((await handler.update("id", outputs, news)).outs).toStrictEqual({ ...outputs, ...news });
        expect(calls).toEqual([]);
    });

    it("of an adopted one makes it ours, and the adopted one the one before", async () => {
        const { handler } = start(domain);
        const { outs } = await handler.update("id", { ...outputs, adopted: true }, { ...inputs, domain: third });
        expect(outs).toStrictEqual({ ...outputs, domain: third, ours: third, previous: domain, adopted: false });
    });

    it("that takes an adopted one back leaves it adopted", async () => {
        const { handler } = start(third);
        const { outs } = await handler.update("id", { ...outputs, domain: third, adopted: true }, inputs);
        expect(outs).toStrictEqual({ ...outputs, adopted: true });
    });
});

describe("a default that is held", () => {
    const holding = { ...inputs, hold: true };
    const held: DefaultInputs & Claim = { ...holding, adopted: false };

    it("asks nobody, and remembers nothing", async () => {
        const { handler, calls } = start(other);
        const { id, outs } = await handler.create(holding);
        expect({ id, outs }).toStrictEqual({ id: account.apiUrl, outs: held });
        expect(calls).toEqual([]);
        expectJsonClean(outs);
    });

    it("is read as it was, and deleted without a trace", async () => {
        const { handler, calls } = start(other);
        expect(await handler.read("id", held)).toStrictEqual({ id: "id", props: held, inputs: holding });
        await handler.delete?.("id", { ...held, restorePrevious: true });
        expect(calls).toEqual([]);
    });

    it.each([
        ["as it is", {}],
        ["with a hold that isn't known yet", { hold: unknown }],
        ["with another domain", { domain: third }],
    ])("is unchanged %s", async (_what, change) => {
        expect((await start().handler.diff("id", held, { ...holding, ...change })).changes).toBe(false);
    });

    it("is updated without a question while the hold lasts", async () => {
        const { handler, calls } = start(other);
        const { outs } = await handler.update("id", held, { ...holding, restorePrevious: true });
        expect(outs).toStrictEqual({ ...held, restorePrevious: true });
        expect(calls).toEqual([]);
    });

    it("is made when the hold ends, and remembers who had it then", async () => {
        const { handler, holderNow } = start(other);
        expect(await handler.diff("id", held, inputs)).toMatchObject({ changes: true, replaces: [] });
        const { outs } = await handler.update("id", held, inputs);
        expect(outs).toStrictEqual({ ...outputs, previous: other });
        expect(holderNow()).toBe(domain);
    });

    it("is known as adopted when it was the default by then", async () => {
        const { handler, calls } = start(domain);
        expect((await handler.update("id", held, inputs)).outs).toStrictEqual({ ...outputs, adopted: true });
        expect(calls).toEqual(["findDefault"]);
    });
});

describe("a hold that comes when the default was made", () => {
    const made = { ...outputs, previous: other };

    it.each([true, unknown])("is no change, also of a default that somebody took (%s)", async (hold) => {
        const { handler } = start();
        expect((await handler.diff("id", made, { ...inputs, hold })).changes).toBe(false);
        expect((await handler.diff("id", { ...made, domain: third }, { ...inputs, hold })).changes).toBe(false);
    });

    it("is forgotten by every update, and puts off another domain", async () => {
        const { handler, calls } = start(domain);
        const news = { ...inputs, hold: true, domain: third, restorePrevious: true };
        const { outs } = await handler.update("id", made, news);
        expect(outs).toStrictEqual({ ...made, restorePrevious: true });
        expect(calls).toEqual([]);
        expect((await handler.diff("id", outs, { ...news, hold: false })).changes).toBe(true);
    });

    it("is still a replacement for another scope", async () => {
        const news = { ...inputs, hold: true, account: { ...account, subaccount: 2 } };
        expect(await start().handler.diff("id", made, news)).toMatchObject({ replaces: ["account"] });
    });
});

describe("a deletion of a default", () => {
    const restoring: DefaultInputs & Claim = { ...outputs, restorePrevious: true, previous: other };

    it("gives it back to who had it, if asked to", async () => {
        const { handler, holderNow } = start(domain);
        await handler.delete?.("id", restoring);
        expect(holderNow()).toBe(other);
    });

    it.each<[string, string, Partial<DefaultInputs & Claim>]>([
        ["if not asked to", domain, { restorePrevious: false }],
        ["if it was the default before us", domain, { adopted: true }],
        ["if nobody had it before", domain, { previous: undefined }],
        ["if somebody else has it by now", third, {}],
        ["if the one before is gone", domain, { previous: "gone.example.com" }],
        ["if ours is the one that had it before", domain, { previous: domain }],
    ])("changes nothing %s", async (_what, holder, fields) => {
        const { handler, calls } = start(holder);
        await handler.delete?.("id", { ...restoring, ...fields });
        expect(calls.filter((call) => call.startsWith("makeDefault"))).toEqual([]);
    });

    it("changes nothing if the one before isn't verified any more", async () => {
        const domains = [{ domain, verified: true, default: true }, { domain: other }];
        const { handler, holderNow } = start(domain, { domains });
        await handler.delete?.("id", restoring);
        expect(holderNow()).toBe(domain);
    });
});

describe("a default that SparkPost took", () => {
    it("isn't forgotten, nor who had it, because it can't be read back", async () => {
        const { handler } = start(other, { faults: [{ method: "find", status: 500 }] });
        expect((await handler.create(inputs)).outs).toMatchObject({ ours: domain, previous: other, adopted: false });
    });

    it("counts when the call was answered with a fault, and the record says so", async () => {
        const { handler, holderNow } = start(other, {
            faults: [{ method: "makeDefault", status: 500, applied: true }],
        });
        expect((await handler.create(inputs)).outs).toMatchObject({ ours: domain, previous: other });
        expect(holderNow()).toBe(domain);
    });

    it("doesn't count when the record says otherwise", async () => {
        const { handler } = start(other, { faults: [{ method: "makeDefault", status: 500 }] });
        await expect(handler.create(inputs)).rejects.toThrow("500");
    });
});
