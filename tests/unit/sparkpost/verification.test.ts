import { describe, expect, it } from "vitest";
import { trackingDomainHandler } from "../../../components/src/sparkpost/runtime/trackingDomain.ts";
import { verificationHandler } from "../../../components/src/sparkpost/runtime/verification.ts";
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
/** What the state has once SparkPost has said yes. */
const outputs = { ...inputs, seen: { secure: true, verified: true } };

function start(options: FakeOptions = {}) {
    const fake = fakeAccount({ domains: [{ domain, secure: true }], ...options });
    const { services, ...rest } = fakeServices(fake);
    return { ...fake, ...rest, handler: verificationHandler(services) };
}

it("a new domain costs three reads: is it free, before the switch, and after the yes", async () => {
    const fake = fakeAccount();
    const { services } = fakeServices(fake);
    await trackingDomainHandler(services).create({ domain, account, adopt: false });
    await verificationHandler(services).create(inputs);
    expect(fake.calls.map((call) => call.split(" ")[0])).toEqual(["find", "register", "find", "verify", "find"]);
});

describe("the check of a verification", () => {
    const { handler } = start();

    it.each([0, -1, Number.NaN])("refuses a deadline of %d", async (deadline) => {
        const { failures } = await handler.check({}, { ...inputs, deadline });
        expect(failures).toMatchSnapshot();
    });

    it.each(["tomorrow", ""])("refuses %j as a time", async (secureNotBefore) => {
        const { failures } = await handler.check({}, { ...inputs, secureNotBefore });
        expect(failures).toMatchSnapshot();
    });

    it("tells mistakes in the domain and in the deadline at once", async () => {
        const { failures } = await handler.check({}, { ...inputs, domain: "track.example.com:80", deadline: 0 });
        expect(failures.map(({ property }) => property)).toEqual(["domain", "deadline"]);
    });

    it("takes what isn't known yet", async () => {
        expect(
            (
                await handler.check(
                    {},
                    { ...inputs, domain: unknown, deadline: unknown, fingerprint: unknown, secureNotBefore: unknown },
                )
            ).failures,
        ).toEqual([]);
    });
});

describe("the difference of two verifications", () => {
    const { handler } = start();
    const diff = (change: object) => handler.diff(domain, inputs, { ...inputs, ...change });

    it.each([
        ["scheme", { secure: false }],
        ["fingerprint of the edge", { fingerprint: "two" }],
        ["fingerprint that isn't known yet", { fingerprint: unknown }],
        ["deadline", { deadline: 61 }],
        ["account's time-out", { account: { ...account, timeout: 3 } }],
        ["shim", { __provider: "newer" }],
    ])("is an update for another %s", async (_what, change) => {
        expect(await diff(change)).toMatchObject({ changes: true, replaces: [] });
    });

    it.each(["2026-01-01T00:05:00Z", unknown])(
        "is none for another moment before which links stay http (%s)",
        async (secureNotBefore) => {
            expect(await diff({ secureNotBefore })).toMatchObject({ changes: false });
        },
    );

    it("is a replacement for another domain", async () => {
        expect(await diff({ domain: "b.example.com" })).toMatchObject({ changes: true, replaces: ["domain"] });
    });
});

describe("a verification", () => {
    it("is the switch, and its outputs are its inputs with what SparkPost said", async () => {
        const { handler, calls } = start();
        const { id, outs } = await handler.create(inputs);
        expect(calls).toEqual([`find ${domain}`, `verify ${domain}`, `find ${domain}`]);
        expect({ id, outs }).toStrictEqual({ id: domain, outs: outputs });
        expectJsonClean(outs);
    });

    it("that fails is an error, and nothing else: the next run creates again", async () => {
        const { handler } = start({ answers: [false] });
        const error = await handler.create(inputs).catch((thrown) => thrown);
        expect(error.message).toMatchSnapshot();
        expect(error).not.toHaveProperty("properties");
    });

    it("says what SparkPost says of its compliance", async () => {
        const { handler } = start({ domains: [{ domain, secure: true, complianceStatus: "pending" }] });
        expect((await handler.create(inputs)).outs.seen).toEqual({ ...outputs.seen, complianceStatus: "pending" });
    });
});

describe("a refresh of a verification", () => {
    it("shows a lost verification and a flipped scheme, in outputs and inputs", async () => {
        const { handler, calls } = start({ domains: [{ domain, secure: false, verified: false }] });
        const lost = { secure: false, verified: false };
        expect(await handler.read(domain, outputs)).toStrictEqual({
            id: domain,
            props: { ...inputs, ...lost, seen: lost },
            inputs: { ...inputs, ...lost },
        });
        expect(calls).toEqual(["list"]);
    });

    it("shows nothing when all is as it was", async () => {
        const { handler } = start({ domains: [{ domain, secure: true, verified: true }] });
        expect((await handler.read(domain, outputs)).inputs).toStrictEqual(inputs);
    });

    it("gives nothing when the domain is gone", async () => {
        expect(await start({ domains: [] }).handler.read(domain, inputs)).toEqual({});
    });
});

describe("an update of a verification", () => {
    it.each([
        ["the edge changed", { fingerprint: "old" }],
        ["the verification was lost", { verified: false }],
        ["the scheme was flipped", { secure: false }],
    ])("asks SparkPost when %s", async (_what, olds) => {
        const { handler, calls } = start();
        const { outs } = await handler.update(domain, { ...outputs, ...olds }, inputs);
        expect(calls).toContain(`verify ${domain}`);
        expect(outs).toStrictEqual(outputs);
    });

    it("asks nobody when only deadline, account or shim changed", async () => {
        const { handler, calls } = start();
        const change = { deadline: 5, account: { ...account, timeout: 3 }, __provider: "newer" };
        const { outs } = await handler.update(domain, outputs, { ...inputs, ...change });
        expect(outs).toStrictEqual({ ...outputs, ...change });
        expect(calls).toEqual([]);
    });

    it("that fails and was undone leaves the state as it was", async () => {
        const { handler, domains } = start({
            domains: [{ domain, secure: false, verified: true }],
            faults: [{ method: "verify", at: 1, status: 403 }],
        });
        const olds = { ...inputs, secure: false };
        const error = await handler.update(domain, olds, inputs).catch((thrown) => thrown);
        expect(error.message).toMatchSnapshot();
        expect(domains.get(domain)).toMatchObject({ secure: false, verified: true });
        expect(error).not.toHaveProperty("properties");
    });

    it("that fails and couldn't be undone puts into the state what is true, so that the next run tries again", async () => {
        const { handler } = start({
            domains: [{ domain, secure: false, verified: true }],
            faults: [
                { method: "verify", status: 403 },
                { method: "setSecure", at: 2, status: 500 },
            ],
        });
        const olds = { ...inputs, secure: false, fingerprint: "old" };
        const error = await handler.update(domain, olds, inputs).catch((thrown) => thrown);
        expect(error).toMatchObject({
            id: domain,
            properties: { ...olds, secure: true, verified: false, seen: { secure: true, verified: false } },
            reasons: [error.message],
        });
        expectJsonClean(error.properties);
        expect((await handler.diff(domain, error.properties, inputs)).changes).toBe(true);
    });

    it("that fails without a look at what is left is a plain error", async () => {
        const faults = [{ method: "find" as const, status: 401 }];
        const { handler } = start({ faults });
        const error = await handler.update(domain, { ...inputs, fingerprint: "old" }, inputs).catch((thrown) => thrown);
        expect(error).toMatchObject({ status: 401 });
        expect(error).not.toHaveProperty("properties");
    });
});

describe("a failure", () => {
    it("of a first switch goes back to http where the registration was adopted like that", async () => {
        const { handler, domains } = start({ answers: [false, false, true], faults: [] });
        const first = { ...inputs, deadline: 1, wasInUse: "http" as const };
        await expect(handler.create(first)).rejects.toThrowErrorMatchingSnapshot();
        expect(domains.get(domain)).toMatchObject({ secure: false, verified: true });
    });

    it("that couldn't be undone nor looked at is recorded as the worst, so that any program shows a change", async () => {
        const faults = [
            { method: "verify" as const, status: 401 },
            ...[2, 3, 4].map((at) => ({ method: "find" as const, at, status: 500 })),
        ];
        const { handler } = start({ domains: [{ domain, secure: false, verified: true }], faults });
        const olds = { ...inputs, secure: false };
        const error = await handler.update(domain, olds, inputs).catch((thrown) => thrown);
        expect(error).toMatchObject({ id: domain, properties: { secure: true, verified: false } });
        expect((await handler.diff(domain, error.properties, olds)).changes).toBe(true);
    });
});

describe("the deletion of a verification, after which record and edge go", () => {
    const used = { domain, secure: true, verified: true };
    const other = "other.example.com";

    it.each([
        ["the default", { domains: [{ ...used, default: true }] }],
        [
            "linked by sending domains",
            { domains: [used], links: { "a.com": { domain }, "b.com": { domain: other }, "c.com": { domain } } },
        ],
    ])("is refused for one that is still %s, with the way through", async (_what, options) => {
        const { handler, calls } = start(options);
        await expect(handler.delete?.(domain, outputs)).rejects.toThrowErrorMatchingSnapshot();
        expect(calls).toEqual([`find ${domain}`, `findLinkedTo ${domain}`]);
    });

    it.each([
        ["nobody uses", { domains: [used, { domain: other, default: true }] }],
        ["isn't registered any more", { domains: [] }],
    ])("passes for one that %s", async (_what, options) => {
        const { handler } = start(options);
        await expect(handler.delete?.(domain, outputs)).resolves.toBeUndefined();
    });

    it("passes, without a question, for one that the program still has: its successor was just made", async () => {
        const { handler, calls } = start({ domains: [{ ...used, default: true }] });
        await handler.check({}, inputs);
        await handler.delete?.(domain, outputs);
        expect(calls).toEqual([]);
    });

    it("is refused where another account's domain of that name is in the program", async () => {
        const { handler } = start({ domains: [{ ...used, default: true }] });
        await handler.check({}, { ...inputs, account: { ...account, subaccount: 3 } });
        await expect(handler.delete?.(domain, outputs)).rejects.toThrowErrorMatchingSnapshot();
    });

    it("passes for one that was held: nothing was done", async () => {
        const { handler, calls } = start({ domains: [{ ...used, default: true }] });
        await handler.delete?.(domain, { ...outputs, hold: true });
        expect(calls).toEqual([]);
    });

    it("fails where SparkPost can't be asked, before anything is gone", async () => {
        const { handler } = start({ faults: [{ method: "find", status: 401 }] });
        await expect(handler.delete?.(domain, outputs)).rejects.toMatchObject({ status: 401 });
    });
});
