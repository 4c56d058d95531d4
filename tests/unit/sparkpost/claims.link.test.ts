import { describe, expect, it } from "vitest";
import { type Claim, domainLinkHandler, type LinkInputs } from "../../../components/src/sparkpost/runtime/claims.ts";
import { SparkPostError } from "../../../components/src/sparkpost/runtime/errors.ts";
import { expectJsonClean, unknown } from "../../support/engineValues.ts";
import { type FakeOptions, fakeAccount, fakeServices } from "../../support/fakeAccount.ts";

const [domain, other, third] = ["track.example.com", "old.example.com", "third.example.com"] as const;
const sendingDomain = "example.com";
const account = { apiUrl: "https://api.sparkpost.com/api/v1" };
const inputs = { domain, sendingDomain, account, restorePrevious: false, __provider: "text" };
const outputs: LinkInputs & Claim = { ...inputs, ours: domain, adopted: false };

/** A sending domain that is linked to one of three tracking domains, or to none. */
function start(linked?: string, options: FakeOptions = {}) {
    const domains = [domain, other, third].map((name) => ({ domain: name }));
    const fake = fakeAccount({ domains, links: { [sendingDomain]: { domain: linked } }, ...options });
    const linkNow = () => fake.links.get(sendingDomain)?.domain;
    return { ...fake, linkNow, handler: domainLinkHandler(fakeServices(fake).services) };
}

describe("the check of a link", () => {
    const { handler } = start();

    it("takes an apex and keeps names in one form", async () => {
        const news = { ...inputs, domain: "TRACK.example.com", sendingDomain: "EXAMPLE.com" };
        expect(await handler.check({}, news)).toEqual({ inputs, failures: [] });
    });

    it.each(["a@example.com", "https://example.com", "example", ""])("refuses %s as a sending domain", async (name) => {
        const { failures } = await handler.check({}, { ...inputs, sendingDomain: name });
        expect(failures).toMatchSnapshot();
    });

    it("tells mistakes in both names at once, and takes what isn't known yet", async () => {
        const wrong = { ...inputs, domain: "example.com", sendingDomain: "example" };
        expect((await handler.check({}, wrong)).failures).toHaveLength(2);
        expect((await handler.check({}, { ...inputs, domain: unknown, sendingDomain: unknown })).failures).toEqual([]);
    });
});

describe("a link", () => {
    it("is made, read back, and remembers what was linked before", async () => {
        const { handler, calls } = start(other);
        const { id, outs } = await handler.create(inputs);
        expect(calls).toEqual([
            `findLink ${sendingDomain}`,
            `link ${sendingDomain} ${domain}`,
            `findLink ${sendingDomain}`,
        ]);
        expect({ id, outs }).toStrictEqual({ id: sendingDomain, outs: { ...outputs, previous: other } });
    });

    it("of a sending domain that had none remembers none", async () => {
        const { outs } = await start().handler.create(inputs);
        expect(outs).toStrictEqual(outputs);
        expectJsonClean(outs);
    });

    it("that was there already is left as it is, and known as adopted", async () => {
        const { handler, calls } = start(domain);
        expect((await handler.create(inputs)).outs).toStrictEqual({ ...outputs, adopted: true });
        expect(calls).toEqual([`findLink ${sendingDomain}`]);
    });

    it("that SparkPost took counts, whether it can be read back or not", async () => {
        const late = start(other, { faults: [{ method: "findLink", at: 2, status: 500 }] });
        expect((await late.handler.create(inputs)).outs).toMatchObject({ ours: domain, previous: other });
        const faults = [{ method: "link" as const, status: 500, applied: true }];
        expect((await start(other, { faults }).handler.create(inputs)).outs).toMatchObject({ previous: other });
    });

    it("that SparkPost didn't take is its error", async () => {
        const { handler } = start(other, { faults: [{ method: "link", status: 500 }] });
        await expect(handler.create(inputs)).rejects.toMatchObject({ status: 500 });
    });

    it("that the record doesn't confirm is an error: somebody else wants it too", async () => {
        const { handler, client, links } = start(other);
        client.link = async () => void links.set(sendingDomain, { domain: third });
        await expect(handler.create(inputs)).rejects.toThrowErrorMatchingSnapshot();
    });
});

describe("a link that can't be", () => {
    it("because the sending domain isn't there, says whose it may be", async () => {
        const { handler, calls } = start(undefined, { links: {} });
        await expect(handler.create(inputs)).rejects.toThrowErrorMatchingSnapshot();
        expect(calls).toEqual([`findLink ${sendingDomain}`]);
    });

    it("because a subaccount has the sending domain, names the subaccount", async () => {
        const { handler, calls } = start(undefined, { links: { [sendingDomain]: { subaccount: 7 } } });
        await expect(handler.create(inputs)).rejects.toThrowErrorMatchingSnapshot();
        expect(calls).toHaveLength(1);
        const own = { ...inputs, account: { ...account, subaccount: 7 } };
        await expect(handler.create(own)).resolves.toMatchObject({ id: sendingDomain });
    });

    it("because the tracking domain isn't registered (code 1200), says where it must be", async () => {
        const { handler, client } = start(other);
        client.link = async () => {
            throw new SparkPostError("PUT", 400, "invalid params: not registered (code 1200)");
        };
        await expect(handler.create(inputs)).rejects.toThrowErrorMatchingSnapshot();
    });

    it.each([403, 400])("for another reason is SparkPost's error (%d)", async (status) => {
        const { handler } = start(other, { faults: [{ method: "link", status }] });
        await expect(handler.create(inputs)).rejects.toMatchObject({ status });
    });
});

describe("a refresh of a link", () => {
    it("shows what is linked instead, in outputs and inputs, and keeps the memory", async () => {
        const { handler, calls } = start(third);
        const { id, props, inputs: seen } = await handler.read(sendingDomain, { ...outputs, previous: other });
        expect(calls).toEqual([`findLink ${sendingDomain}`]);
        expect(id).toBe(sendingDomain);
        expect(props).toStrictEqual({ ...outputs, domain: third, previous: other });
        expect(seen).toStrictEqual({ ...inputs, domain: third });
        expectJsonClean({ props, seen });
    });

    it("shows an empty domain when nothing is linked, and nothing when the sending domain is gone", async () => {
        expect((await start().handler.read(sendingDomain, outputs)).inputs).toMatchObject({ domain: "" });
        expect(await start(undefined, { links: {} }).handler.read(sendingDomain, outputs)).toEqual({});
    });
});

describe("the difference of two links", () => {
    const { handler } = start();
    const diff = (change: object) => handler.diff(sendingDomain, outputs, { ...inputs, ...change });

    it.each([
        ["tracking domain", { domain: other }],
        ["way to end", { restorePrevious: true }],
        ["time-out", { account: { ...account, timeout: 9 } }],
        ["shim", { __provider: "newer" }],
    ])("is an update for another %s", async (_what, change) => {
        expect(await diff(change)).toMatchObject({ changes: true, replaces: [] });
    });

    it("is a replacement for another sending domain or account, and none otherwise", async () => {
        expect((await diff({ sendingDomain: "example.org" })).replaces).toEqual(["sendingDomain"]);
        expect((await diff({ account: { ...account, subaccount: 7 } })).replaces).toEqual(["account"]);
        expect((await diff({})).changes).toBe(false);
    });
});

describe("an update of a link", () => {
    it("links another domain and keeps the memory", async () => {
        const { handler, linkNow } = start(domain);
        const { outs } = await handler.update("id", { ...outputs, previous: other }, { ...inputs, domain: third });
        expect(outs).toStrictEqual({ ...outputs, domain: third, ours: third, previous: other });
        expect(linkNow()).toBe(third);
    });

    it("takes it back from who took it; what was adopted stays adopted", async () => {
        const { handler, linkNow } = start(third);
        const { outs } = await handler.update("id", { ...outputs, domain: third, adopted: true }, inputs);
        expect(outs).toStrictEqual({ ...outputs, adopted: true });
        expect(linkNow()).toBe(domain);
    });

    it("of an adopted one makes it ours, and the adopted one the one before", async () => {
        const { handler } = start(domain);
        const { outs } = await handler.update("id", { ...outputs, adopted: true }, { ...inputs, domain: third });
        expect(outs).toStrictEqual({ ...outputs, domain: third, ours: third, previous: domain, adopted: false });
    });

    it("asks nobody when the domain stays", async () => {
        const { handler, calls } = start(domain);
        const news = { ...inputs, restorePrevious: true };
        expect((await handler.update("id", outputs, news)).outs).toStrictEqual({ ...outputs, ...news });
        expect(calls).toEqual([]);
    });
});

describe("a deletion of a link", () => {
    const remembering = { ...outputs, previous: other };

    it.each([
        ["unlinks", remembering, undefined],
        ["links what was before, if asked to", { ...remembering, restorePrevious: true }, other],
        ["unlinks, if nothing was before", { ...outputs, restorePrevious: true }, undefined],
        [
            "unlinks, if what was before is gone",
            { ...outputs, restorePrevious: true, previous: "gone.example.com" },
            undefined,
        ],
        ["unlinks, if ours is what was before", { ...outputs, restorePrevious: true, previous: domain }, undefined],
    ])("%s", async (_what, state, expected) => {
        const { handler, linkNow } = start(domain);
        await handler.delete?.("id", state);
        expect(linkNow()).toBe(expected);
    });

    it.each([
        ["it was there before us", domain, { adopted: true }],
        ["another domain is linked by now", third, {}],
        ["nothing is linked by now", undefined, {}],
    ])("changes nothing if %s", async (_what, linked, fields) => {
        const { handler, calls } = start(linked);
        await handler.delete?.("id", { ...remembering, restorePrevious: true, ...fields });
        expect(calls.filter((call) => call.startsWith("link"))).toEqual([]);
    });

    it("changes nothing if the sending domain is gone", async () => {
        const { handler, calls } = start(undefined, { links: {} });
        await handler.delete?.("id", remembering);
        expect(calls).toEqual([`findLink ${sendingDomain}`]);
    });
});

describe("a link that is held", () => {
    const holding = { ...inputs, hold: true };
    const held: LinkInputs & Claim = { ...holding, adopted: false };

    it("asks nobody to be made, read, updated and deleted", async () => {
        const { handler, calls } = start(other);
        expect(await handler.create(holding)).toStrictEqual({ id: sendingDomain, outs: held });
        expect(await handler.read("id", held)).toStrictEqual({ id: "id", props: held, inputs: holding });
        const news = { ...holding, restorePrevious: true };
        expect((await handler.update("id", held, news)).outs).toStrictEqual({ ...held, restorePrevious: true });
        expect((await handler.diff("id", held, { ...holding, domain: third })).changes).toBe(false);
        await handler.delete?.("id", held);
        expect(calls).toEqual([]);
    });

    it("is made when the hold ends, and remembers what was linked then", async () => {
        const { handler } = start(other);
        expect((await handler.diff("id", held, inputs)).changes).toBe(true);
        expect((await handler.update("id", held, inputs)).outs).toStrictEqual({ ...outputs, previous: other });
    });

    it("after it was made takes nothing back, and puts off another domain", async () => {
        const { handler, calls } = start(domain);
        const news = { ...holding, domain: third };
        expect((await handler.diff("id", outputs, news)).changes).toBe(false);
        const { outs } = await handler.update("id", outputs, { ...news, restorePrevious: true });
        expect(outs).toStrictEqual({ ...outputs, restorePrevious: true });
        expect(calls).toEqual([]);
    });
});
