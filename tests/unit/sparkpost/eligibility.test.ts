import { describe, expect, it } from "vitest";
import { eligibilityHandler } from "../../../components/src/sparkpost/runtime/eligibility.ts";
import { expectJsonClean, unknown } from "../../support/engineValues.ts";
import { type FakeOptions, fakeAccount, fakeServices } from "../../support/fakeAccount.ts";

const domain = "track.example.com";
const account = { apiUrl: "https://api.sparkpost.com/api/v1" };
const inputs = { domain, account, acceptInterruption: false, __provider: "text" };
const behindCdn = { domain, secure: true, verified: true };

function start(options: FakeOptions = {}) {
    const fake = fakeAccount({ domains: [{ domain }], ...options });
    const { services, ...rest } = fakeServices(fake);
    return { ...fake, ...rest, handler: eligibilityHandler(services) };
}

describe("an eligible domain", () => {
    it("is asked about once, and nothing changes", async () => {
        const { handler, calls } = start();
        const { id, outs } = await handler.create(inputs);
        expect({ id, outs }).toStrictEqual({ id: domain, outs: inputs });
        expect(calls).toEqual([`find ${domain}`, `supportsCertificate ${domain}`]);
        expectJsonClean(outs);
    });

    it.each([
        ["is valid", { tlsStatus: "valid" }],
        ["is on its way while its links are http", { tlsStatus: "pending", secure: false }],
    ])("isn't asked about if its managed certificate %s", async (_what, state) => {
        const { handler, calls } = start({ domains: [{ ...behindCdn, usesManagedCertificate: true, ...state }] });
        expect((await handler.create(inputs)).outs).toStrictEqual(inputs);
        expect(calls).toEqual([`find ${domain}`]);
    });

    it("isn't asked about if its certificate of SparkPost's is valid, though the record leaves out that it uses one", async () => {
        const state = { ...behindCdn, usesManagedCertificate: undefined, tlsStatus: "valid" };
        const { handler, calls } = start({ domains: [state] });
        await handler.create(inputs);
        expect(calls).toEqual([`find ${domain}`]);
    });

    it.each([
        ["insecure and in use", { domain, verified: true }],
        ["secure and never verified", { domain, secure: true }],
    ])("that is %s has no HTTPS to interrupt", async (_what, state) => {
        await expect(start({ domains: [state] }).handler.create(inputs)).resolves.toMatchObject({ id: domain });
    });

    it("is read, updated and deleted without a call", async () => {
        const { handler, calls } = start();
        expect(await handler.read(domain, inputs)).toStrictEqual({ id: domain, props: inputs, inputs });
        const news = { ...inputs, acceptInterruption: true };
        expect(await handler.diff(domain, inputs, news)).toMatchObject({ changes: true, replaces: [] });
        expect((await handler.update(domain, inputs, news)).outs).toStrictEqual(news);
        expect(handler.delete).toBeUndefined();
        expect(calls).toEqual([]);
    });

    it("is another one under another name, and checked", async () => {
        const { handler } = start();
        expect((await handler.diff(domain, inputs, { ...inputs, domain: "b.example.com" })).replaces).toEqual([
            "domain",
        ]);
        expect((await handler.check({}, { ...inputs, domain: "example.com" })).failures).toHaveLength(1);
        expect((await handler.check({}, { ...inputs, domain: unknown })).failures).toEqual([]);
    });
});

describe("a domain that has HTTPS behind a CDN", () => {
    it("is refused with the time without HTTPS and the way without one", async () => {
        const { handler } = start({ domains: [behindCdn] });
        await expect(handler.create(inputs)).rejects.toThrowErrorMatchingSnapshot();
    });

    it.each(["unknown", "unavailable", "pending", "failed", "expired", undefined])(
        "is refused like that if it had a managed certificate before the CDN (tls_status %s)",
        async (tlsStatus) => {
            const { handler, calls } = start({ domains: [{ ...behindCdn, usesManagedCertificate: true, tlsStatus }] });
            await expect(handler.create(inputs)).rejects.toThrow("`acceptInterruption: true`");
            expect(calls).toEqual([`find ${domain}`, `supportsCertificate ${domain}`]);
            await expect(handler.create({ ...inputs, acceptInterruption: true })).resolves.toMatchObject({
                id: domain,
            });
        },
    );

    it("is eligible where the interruption is accepted", async () => {
        const { handler } = start({ domains: [behindCdn] });
        const news = { ...inputs, acceptInterruption: true };
        expect((await handler.create(news)).outs).toStrictEqual(news);
    });

    it("hears first that it isn't eligible, for then no interruption helps", async () => {
        const { handler } = start({ domains: [behindCdn], isEligible: false });
        await expect(handler.create(inputs)).rejects.toThrow("supportsManagedCertificate false");
    });
});

describe("a domain that isn't eligible", () => {
    it("is refused with the usual causes and other ways", async () => {
        await expect(start({ isEligible: false }).handler.create(inputs)).rejects.toThrowErrorMatchingSnapshot();
    });

    it("because it isn't registered, says so", async () => {
        const { handler, calls } = start({ domains: [] });
        await expect(handler.create(inputs)).rejects.toThrowErrorMatchingSnapshot();
        expect(calls).toEqual([`find ${domain}`]);
    });

    it.each([400, 401, 403, 404, 503])("with %d is told what that means", async (status) => {
        const { handler } = start({ faults: [{ method: "supportsCertificate", status }] });
        const error = await handler.create(inputs).catch((thrown) => thrown);
        expect(error).toMatchObject({ status, stack: "" });
        expect(error.message).toMatchSnapshot();
    });
});

describe("a look of SparkPost's that times out", () => {
    it("is repeated, and told while that lasts", async () => {
        const faults = [1, 2].map((at) => ({ method: "supportsCertificate" as const, at, status: 503 }));
        const { handler, pauses, lines } = start({ faults });
        await handler.create(inputs);
        expect(pauses).toHaveLength(2);
        expect(lines).toMatchSnapshot();
    });

    it("is given up after four tries", async () => {
        const faults = [{ method: "supportsCertificate" as const, status: 503 }];
        const { handler, calls, pauses } = start({ faults });
        await expect(handler.create(inputs)).rejects.toThrow("503");
        expect(calls.filter((call) => call.startsWith("supports"))).toHaveLength(4);
        expect(pauses).toHaveLength(3);
    });

    it.each([400, 403, 404])("is something else than %d, which isn't repeated", async (status) => {
        const { handler, pauses } = start({ faults: [{ method: "supportsCertificate", status }] });
        await expect(handler.create(inputs)).rejects.toThrow(String(status));
        expect(pauses).toEqual([]);
    });
});
