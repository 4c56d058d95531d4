import { describe, expect, it } from "vitest";
import { type CertificateOutputs, certificateHandler } from "../../../components/src/sparkpost/runtime/certificate.ts";
import { expectJsonClean, unknown } from "../../support/engineValues.ts";
import { type FakeOptions, fakeAccount, fakeServices } from "../../support/fakeAccount.ts";

const domain = "track.example.com";
const account = { apiUrl: "https://api.sparkpost.com/api/v1" };
const inputs = {
    domain,
    account,
    fingerprint: "one",
    deadline: 600,
    verificationDeadline: 60,
    verified: true,
    secure: true,
    tlsStatus: "valid",
    __provider: "text",
};
const dates = { certificateIssuedAt: "2026-01-01T00:00:00Z", certificateExpiresAt: "2026-04-01T00:00:00Z" };
const outputs: CertificateOutputs = { ...inputs, ...dates, seen: { secure: true, verified: true } };
const http = { domain, secure: false, verified: true };
const managed = { ...http, secure: true, usesManagedCertificate: true, tlsStatus: "valid", ...dates };
const noOrder = [{ method: "enableCertificate" as const, status: 403 }];

function start(options: FakeOptions = {}) {
    const fake = fakeAccount({ domains: [http], ...options });
    const { services, ...rest } = fakeServices(fake);
    return { ...fake, ...rest, handler: certificateHandler(services) };
}

describe("the check of a managed certificate", () => {
    it("tells all mistakes at once, and takes what isn't known yet", async () => {
        const { handler } = start();
        const wrong = { ...inputs, domain: "example.com", deadline: 0, verificationDeadline: Number.NaN };
        expect((await handler.check({}, wrong)).failures.map(({ property }) => property)).toEqual([
            "domain",
            "deadline",
            "verificationDeadline",
        ]);
        const open = { ...inputs, domain: unknown, deadline: unknown, verificationDeadline: unknown };
        expect((await handler.check({}, open)).failures).toEqual([]);
    });
});

describe("a managed certificate", () => {
    it("has what SparkPost says of the certificate among its outputs", async () => {
        const { handler } = start();
        const { id, outs } = await handler.create(inputs);
        expect({ id, outs }).toStrictEqual({ id: domain, outs: outputs });
        expectJsonClean(outs);
    });

    it("that fails is an error, and nothing else: the next run creates again", async () => {
        const { handler } = start({ faults: noOrder });
        const error = await handler.create(inputs).catch((thrown) => thrown);
        expect(error.message).toContain("403");
        expect(error).not.toHaveProperty("properties");
    });

    it("has nothing to delete: SparkPost has no call that ends it", () => {
        expect(start().handler.delete).toBeUndefined();
    });
});

describe("a refresh of a managed certificate", () => {
    it("shows a failed renewal in outputs and inputs, by one list call, and an update orders anew", async () => {
        const { handler, calls } = start({ domains: [{ ...managed, tlsStatus: "failed" }] });
        const { props, inputs: seen } = await handler.read(domain, outputs);
        expect(props).toStrictEqual({ ...outputs, tlsStatus: "failed" });
        expect(seen).toStrictEqual({ ...inputs, tlsStatus: "failed" });
        expect(calls).toEqual(["list"]);
        expect(await handler.diff(domain, props ?? outputs, inputs)).toMatchObject({ changes: true, replaces: [] });
        expect((await handler.update(domain, props ?? outputs, inputs)).outs).toStrictEqual(outputs);
        expect(calls).toContain(`enableCertificate ${domain}`);
    });

    it("shows renewed dates, and no change", async () => {
        const renewed = { ...managed, certificateExpiresAt: "2026-07-01T00:00:00Z" };
        const { handler } = start({ domains: [renewed] });
        const { props } = await handler.read(domain, outputs);
        expect(props).toMatchObject({ certificateExpiresAt: "2026-07-01T00:00:00Z" });
        expect((await handler.diff(domain, props ?? outputs, inputs)).changes).toBe(false);
    });

    it("shows links made http, a lost verification, and a status that SparkPost doesn't tell", async () => {
        const { handler } = start({ domains: [{ domain }] });
        const seen = { secure: false, verified: false, tlsStatus: "unknown" };
        expect((await handler.read(domain, outputs)).inputs).toStrictEqual({ ...inputs, ...seen });
    });

    it("gives nothing when the domain is gone", async () => {
        expect(await start({ domains: [] }).handler.read(domain, outputs)).toEqual({});
    });
});

describe("an update of a managed certificate", () => {
    it("for another fingerprint is one look where all is well", async () => {
        const { handler, calls } = start({ domains: [managed] });
        const { outs } = await handler.update(domain, { ...outputs, fingerprint: "old" }, inputs);
        expect(outs).toStrictEqual(outputs);
        expect(calls).toEqual([`find ${domain}`]);
    });

    it("of deadlines, account or shim asks nobody and keeps the dates", async () => {
        const { handler, calls } = start();
        const change = { deadline: 5, verificationDeadline: 6, account: { ...account, timeout: 3 }, __provider: "new" };
        expect(await handler.diff(domain, outputs, { ...inputs, ...change })).toMatchObject({
            changes: true,
            replaces: [],
        });
        const { outs } = await handler.update(domain, outputs, { ...inputs, ...change });
        expect(outs).toStrictEqual({ ...outputs, ...change });
        expect(calls).toEqual([]);
    });

    it("is a replacement for another domain", async () => {
        const news = { ...inputs, domain: "b.example.com" };
        expect((await start().handler.diff(domain, outputs, news)).replaces).toEqual(["domain"]);
    });

    it("that fails puts into the state what is true, so that the next run goes on", async () => {
        const { handler } = start({ domains: [{ ...http, tlsStatus: "failed" }], faults: noOrder });
        const error = await handler
            .update(domain, { ...outputs, fingerprint: "old" }, inputs)
            .catch((thrown) => thrown);
        const left = {
            fingerprint: "old",
            secure: false,
            tlsStatus: "failed",
            seen: { secure: false, verified: true },
        };
        const { certificateIssuedAt: _issued, certificateExpiresAt: _expires, ...rest } = outputs;
        expect(error).toMatchObject({ id: domain, reasons: [error.message] });
        expect(error.properties).toStrictEqual({ ...rest, ...left });
        expectJsonClean(error.properties);
        expect((await handler.diff(domain, error.properties, inputs)).changes).toBe(true);
    });

    it("that fails and leaves what was known is a plain error", async () => {
        const seen = { ...outputs, secure: false, tlsStatus: "failed" };
        const { handler } = start({ domains: [{ ...http, tlsStatus: "failed" }], faults: noOrder });
        const error = await handler.update(domain, seen, inputs).catch((thrown) => thrown);
        expect(error).not.toHaveProperty("properties");
    });
});

describe("a managed certificate that is held", () => {
    const holding = { ...inputs, hold: true };
    const found = { ...holding, secure: false, tlsStatus: "unknown" };
    const held: CertificateOutputs = { ...found, seen: { secure: false, verified: true } };

    it("changes nothing and tells the registration as it is", async () => {
        const { handler, calls } = start();
        expect((await handler.create(holding)).outs).toStrictEqual(held);
        expect(calls).toEqual([`find ${domain}`]);
        expect(await handler.read(domain, held)).toStrictEqual({ id: domain, props: held, inputs: found });
        expect((await handler.diff(domain, held, { ...holding, fingerprint: "two" })).changes).toBe(false);
        expect((await handler.update(domain, held, { ...holding, deadline: 5 })).outs).toStrictEqual({
            ...held,
            deadline: 5,
        });
        expect(calls).toHaveLength(1);
    });

    it("is ordered when the hold ends", async () => {
        const { handler } = start();
        expect((await handler.diff(domain, held, inputs)).changes).toBe(true);
        expect((await handler.update(domain, held, inputs)).outs).toStrictEqual(outputs);
    });

    it("is looked at when the hold ends, though all was well when it began", async () => {
        const { handler, calls } = start({ domains: [managed] });
        const olds = { ...outputs, hold: true };
        expect((await handler.diff(domain, olds, inputs)).changes).toBe(true);
        expect((await handler.update(domain, olds, inputs)).outs).toStrictEqual(outputs);
        expect(calls).toEqual([`find ${domain}`]);
    });

    it("that fails when the hold ends is still held", async () => {
        const { handler } = start({ domains: [{ domain }], faults: noOrder });
        const olds = { ...held, verified: false };
        const error = await handler.update(domain, olds, inputs).catch((thrown) => thrown);
        expect(error.properties).toMatchObject({ hold: true, verified: true, secure: false });
    });

    it("takes nothing back when the hold comes after it was ordered", async () => {
        const { handler, calls } = start();
        const news = { ...holding, fingerprint: "two" };
        expect((await handler.diff(domain, outputs, news)).changes).toBe(false);
        expect((await handler.update(domain, outputs, { ...news, deadline: 5 })).outs).toStrictEqual({
            ...outputs,
            deadline: 5,
        });
        expect(calls).toEqual([]);
    });
});
