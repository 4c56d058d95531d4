import { describe, expect, it } from "vitest";
import type { OutboundProxy } from "../../../components/src/http/outboundProxy.ts";
import { refused } from "../../../components/src/sparkpost/runtime/errors.ts";
import {
    type TrackingDomainOutputs,
    trackingDomainHandler,
} from "../../../components/src/sparkpost/runtime/trackingDomain.ts";
import { expectJsonClean, unknown } from "../../support/engineValues.ts";
import { type FakeOptions, fakeAccount, fakeServices } from "../../support/fakeAccount.ts";

const domain = "track.example.com";
const account = { apiUrl: "https://api.sparkpost.com/api/v1" };
const inputs = { domain, account, adopt: false, __provider: "text" };
const outputs: TrackingDomainOutputs = {
    ...inputs,
    adopted: false,
    wasInUse: "none",
    secure: true,
    default: false,
    verified: false,
};

function start(options: FakeOptions = {}) {
    const fake = fakeAccount(options);
    return { ...fake, handler: trackingDomainHandler(fakeServices(fake).services) };
}

describe("the check of a registration", () => {
    const { handler } = start();

    it("refuses another account for the same name, and says what would break and what to do", async () => {
        const { failures } = await handler.check(inputs, { ...inputs, account: { ...account, subaccount: 7 } });
        expect(failures).toMatchSnapshot();
    });

    it.each([
        [
            "a new name in another account",
            inputs,
            { ...inputs, domain: "click.example.com", account: { apiUrl: "https://a.b/c" } },
        ],
        [
            "another key or time-out of the same account",
            inputs,
            { ...inputs, account: { ...account, timeout: 3, apiKeyConfig: "x" } },
        ],
        ["the first registration", {}, inputs],
        ["an account that isn't known yet", inputs, { ...inputs, account: unknown }],
    ])("takes %s", async (_what, olds, news) => {
        expect((await handler.check(olds, news)).failures).toEqual([]);
    });

    it("refuses a bad name", async () => {
        const { failures } = await handler.check({}, { ...inputs, domain: "example.com" });
        expect(failures.map(({ property }) => property)).toEqual(["domain"]);
    });
});

describe("a registration", () => {
    it("looks and registers", async () => {
        const { handler, calls } = start();
        const { id, outs } = await handler.create(inputs);
        expect(calls).toEqual([`find ${domain}`, `register ${domain}`]);
        expect(id).toBe(domain);
        expect(outs).toStrictEqual(outputs);
        expectJsonClean(outs);
    });

    it("gives what the API tells, and leaves out what it doesn't", async () => {
        const told = {
            port: 443,
            complianceStatus: "valid",
            tlsStatus: "valid",
            certificateIssuedAt: "a",
            certificateExpiresAt: "b",
        };
        const { handler } = start({ domains: [{ domain, secure: true, subaccount: 3, ...told }] });
        const { outs } = await handler.create({ ...inputs, adopt: true });
        expect(outs).toStrictEqual({ ...outputs, adopt: true, adopted: true, ...told });
    });

    it("of what exists is refused without adopt, with the way to adopt and the interrupted run", async () => {
        const { handler, calls } = start({ domains: [{ domain }] });
        await expect(handler.create(inputs)).rejects.toThrowErrorMatchingSnapshot();
        expect(calls).toEqual([`find ${domain}`]);
    });

    it("of what exists is taken over with adopt, and not changed", async () => {
        const { handler, calls } = start({ domains: [{ domain, secure: false, verified: true }] });
        const { outs } = await handler.create({ ...inputs, adopt: true });
        expect(outs).toMatchObject({ adopted: true, secure: false, verified: true });
        expect(calls.filter((call) => !call.startsWith("find"))).toEqual([]);
    });

    it("with adopt of what doesn't exist registers it, and it is ours", async () => {
        const { handler } = start();
        expect((await handler.create({ ...inputs, adopt: true })).outs).toMatchObject({ adopt: true, adopted: false });
    });

    it.each([
        [true, "valid"],
        [false, "valid"],
        [true, "pending"],
        [true, undefined],
    ])(
        "of a domain whose certificate SparkPost holds is refused and named as such (adopt: %s, tls_status %s)",
        async (adopt, tlsStatus) => {
            const { handler } = start({ domains: [{ domain, usesManagedCertificate: true, tlsStatus }] });
            await expect(handler.create({ ...inputs, adopt })).rejects.toThrowErrorMatchingSnapshot();
        },
    );

    it.each(["unknown", "unavailable", "failed", "expired"])(
        "of a domain that is behind a CDN after a certificate of SparkPost's is taken over (tls_status %s)",
        async (tlsStatus) => {
            const behindCdn = { domain, secure: true, verified: true, usesManagedCertificate: true, tlsStatus };
            const { handler } = start({ domains: [behindCdn] });
            const { outs } = await handler.create({ ...inputs, adopt: true });
            expect(outs).toMatchObject({ adopted: true, secure: true, verified: true });
        },
    );

    it("of a domain whose certificate SparkPost holds is taken over for a certificate of SparkPost's", async () => {
        const { handler } = start({ domains: [{ domain, secure: true, usesManagedCertificate: true }] });
        const managed = { ...inputs, managedCertificate: true };
        await expect(handler.create(managed)).rejects.toThrow("`adopt: true`");
        const { outs } = await handler.create({ ...managed, adopt: true });
        expect(outs).toMatchObject({ adopted: true, managedCertificate: true });
        expect((await handler.read(domain, outs)).inputs).toMatchObject({ managedCertificate: true });
        expect((await handler.diff(domain, outs, { ...inputs, adopt: true })).changes).toBe(false);
    });

    it("of a name that another account has says so", async () => {
        const { handler } = start({ faults: [{ method: "register", status: 409 }] });
        await expect(handler.create(inputs)).rejects.toThrowErrorMatchingSnapshot();
    });

    it("fails with SparkPost's own error otherwise", async () => {
        const { handler } = start({ faults: [{ method: "register", status: 400 }] });
        await expect(handler.create(inputs)).rejects.toMatchObject({ status: 400 });
    });
});

describe("a registration with http links", () => {
    const insecure = { ...inputs, secure: false };

    it("is made like that, and known like that", async () => {
        const { handler, calls } = start();
        expect((await handler.create(insecure)).outs).toStrictEqual({ ...outputs, secure: false });
        expect(calls).toContain(`register ${domain} insecure`);
    });

    it("leaves an existing one as it is", async () => {
        const { handler, domains } = start({ domains: [{ domain, secure: true, verified: true }] });
        expect((await handler.create({ ...insecure, adopt: true })).outs).toMatchObject({ secure: true });
        expect(domains.get(domain)).toMatchObject({ secure: true, verified: true });
    });

    it.each([
        ["given", inputs, { ...outputs, secure: false }],
        ["changed", { ...inputs, secure: true }, { ...outputs, secure: false }],
        ["left out", insecure, outputs],
    ])("changes nothing when the argument is %s later", async (_what, news, olds) => {
        const { handler } = start();
        expect((await handler.diff(domain, olds, news)).changes).toBe(false);
    });

    it("is never shown with the argument's scheme, only with SparkPost's", async () => {
        const { handler } = start({ domains: [{ domain, secure: true }] });
        expect((await handler.update(domain, outputs, { ...insecure, adopt: true })).outs.secure).toBe(true);
        const { props, inputs: seen } = await handler.read(domain, { ...outputs, secure: false });
        expect(props?.secure).toBe(true);
        expect(seen).toStrictEqual(inputs);
    });
});

describe("a refresh of a registration", () => {
    it("reads the list, gives what SparkPost says as outputs, and the inputs as they were", async () => {
        const { handler, calls } = start({
            domains: [{ domain, secure: true, default: true, verified: true, port: 443 }],
        });
        const { id, props, inputs: seen } = await handler.read(domain, { ...outputs, complianceStatus: "pending" });
        expect(calls).toEqual(["list"]);
        expect(id).toBe(domain);
        expect(props).toStrictEqual({ ...outputs, default: true, verified: true, port: 443 });
        expect(seen).toStrictEqual(inputs);
    });

    it("gives nothing when it is gone, so that the engine drops it", async () => {
        expect(await start().handler.read(domain, outputs)).toEqual({});
    });

    it("remembers that it was adopted", async () => {
        const { handler } = start({ domains: [{ domain }] });
        expect((await handler.read(domain, { ...outputs, adopted: true })).props).toMatchObject({ adopted: true });
    });
});

describe("an update of a registration", () => {
    it("calls nobody, takes the new inputs and keeps the outputs", async () => {
        const { handler, calls } = start();
        const news = { ...inputs, adopt: true, __provider: "newer" };
        const { outs } = await handler.update(domain, { ...outputs, port: 443 }, news);
        expect(outs).toStrictEqual({ ...outputs, ...news, port: 443 });
        expect(calls).toEqual([]);
    });

    it("replaces for a new name only", async () => {
        const { handler } = start();
        expect((await handler.diff(domain, outputs, { ...inputs, domain: "b.example.com" })).replaces).toEqual([
            "domain",
        ]);
        expect((await handler.diff(domain, outputs, inputs)).changes).toBe(false);
    });

    it("isn't needed for another `adopt`: a preview would hide its outputs", async () => {
        const { handler } = start();
        expect((await handler.diff(domain, outputs, { ...inputs, adopt: true })).changes).toBe(false);
    });
});

describe("a deletion", () => {
    it("deletes what we registered", async () => {
        const { handler, calls } = start({ domains: [{ domain }] });
        await handler.delete?.(domain, outputs);
        expect(calls).toEqual([`remove ${domain}`]);
    });

    it("never deletes what was adopted, whatever `adopt` says now", async () => {
        const { handler, calls } = start({ domains: [{ domain }] });
        await handler.delete?.(domain, { ...outputs, adopt: false, adopted: true });
        expect(calls).toEqual([]);
    });

    it("that SparkPost refuses says that the record is gone, and how to put it back", async () => {
        const { handler } = start({ domains: [{ domain }], faults: [{ method: "remove", status: 409 }] });
        await expect(handler.delete?.(domain, outputs)).rejects.toThrowErrorMatchingSnapshot();
    });
});

describe("a registration that SparkPost took", () => {
    it.each([
        ["https", { secure: true, verified: true }],
        ["nothing", { secure: true, verified: false }],
    ])("remembers that it was adopted with links in use that are %s", async (scheme, found) => {
        const { handler } = start({ domains: [{ domain, ...found }] });
        const { outs } = await handler.create({ ...inputs, adopt: true });
        expect(outs.wasInUse).toBe(scheme === "https" ? "https" : "none");
    });

    it("remembers that it was adopted in use and insecure, through every refresh", async () => {
        const { handler, domains } = start({ domains: [{ domain, secure: false, verified: true }] });
        const { id, outs } = await handler.create({ ...inputs, adopt: true });
        expect(outs).toMatchObject({ adopted: true, wasInUse: "http" });
        Object.assign(domains.get(domain) ?? {}, { secure: true });
        expect((await handler.read(id, outs)).props).toMatchObject({ adopted: true, wasInUse: "http", secure: true });
    });
});

describe("a registration whose answer was lost", () => {
    const lost = (status: number, applied = false): FakeOptions => ({
        faults: [{ method: "register", status, applied }],
    });
    const failure = async (options: FakeOptions) => {
        const started = start(options);
        const error = await started.handler.create(inputs).catch((thrown) => thrown);
        return { ...started, error };
    };

    it.each([0, 200, 408, 500, 503])("is kept by the engine, whole (%d)", async (status) => {
        const { handler, error } = await failure(lost(status));
        expect(error).toMatchObject({ id: domain, reasons: [error.message] });
        expect(error.properties).toStrictEqual({ ...outputs, unconfirmed: true });
        expect(error.message).toMatchSnapshot();
        expectJsonClean(error.properties);
        expect((await handler.diff(domain, error.properties, inputs)).changes).toBe(true);
    });

    it.each([302, 400, 401, 403, 409, 422, 429])("isn't one where the answer is a clear no (%d)", async (status) => {
        const { error } = await failure(lost(status));
        expect(error).not.toHaveProperty("properties");
    });

    it.each([
        ["is one where the proxy's fault came instead of SparkPost's answer", 502, true],
        ["isn't one where the proxy wants a password first", 407, false],
    ])("%s", async (_what, status, isKept) => {
        const started = start();
        const proxy = { address: "127.0.0.1:3128", variable: "HTTPS_PROXY" } as OutboundProxy;
        const answer = { status, body: undefined, quote: "a page", retryAfter: 0, isFromProxy: true, proxy };
        const call = { method: "POST", path: "/tracking-domains", apiUrl: account.apiUrl } as const;
        Object.assign(started.client, { register: () => Promise.reject(refused(answer, call)) });
        const error = await started.handler.create(inputs).catch((thrown) => thrown);
        expect("properties" in error).toBe(isKept);
    });

    it("is ours in the next update if it was made, without adopt, and deleted like any other", async () => {
        const { handler, calls, error } = await failure(lost(0, true));
        const { outs } = await handler.update(domain, error.properties, inputs);
        expect(outs).toStrictEqual(outputs);
        expect(calls.filter((call) => call.startsWith("register"))).toHaveLength(1);
        expect((await handler.diff(domain, outs, inputs)).changes).toBe(false);
    });

    it("is made in the next update if it wasn't", async () => {
        const { handler, domains, error } = await failure({ faults: [{ method: "register", at: 1, status: 0 }] });
        expect((await handler.update(domain, error.properties, inputs)).outs).toStrictEqual(outputs);
        expect(domains.has(domain)).toBe(true);
    });

    it("stays like that while there is no answer", async () => {
        const { handler, error } = await failure(lost(0));
        const again = await handler.update(domain, error.properties, inputs).catch((thrown) => thrown);
        expect(again).toMatchObject({ id: domain, properties: { unconfirmed: true } });
    });

    it("is forgotten by a refresh that doesn't find it, and known by one that does", async () => {
        const { handler, domains, error } = await failure(lost(0, true));
        expect((await handler.read(domain, error.properties)).props).toStrictEqual(outputs);
        domains.clear();
        expect(await handler.read(domain, error.properties)).toEqual({});
    });
});
