import { describe, expect, it } from "vitest";
import { obtainCertificate } from "../../../components/src/sparkpost/runtime/certificateOrder.ts";
import type { TrackingDomainState } from "../../../components/src/sparkpost/runtime/trackingDomainApi.ts";
import { type FakeOptions, fakeAccount, fakeServices } from "../../support/fakeAccount.ts";

const domain = "track.example.com";
const account = { apiUrl: "https://api.sparkpost.com/api/v1" };
const managed = { domain, secure: true, verified: true, usesManagedCertificate: true, tlsStatus: "valid" };
const http = { domain, secure: false, verified: true };
const [find, verify, enable] = [`find ${domain}`, `verify ${domain}`, `enableCertificate ${domain}`] as const;

/** Obtains a certificate; deadlines in seconds. */
function start(options: FakeOptions, { deadline = 3_600, verificationDeadline = 60 } = {}) {
    const fake = fakeAccount(options);
    const { services, ...rest } = fakeServices(fake);
    const request = {
        ...services,
        client: fake.client,
        account,
        domain,
        deadline: deadline * 1_000,
        verificationDeadline: verificationDeadline * 1_000,
    };
    return { ...fake, ...rest, request, outcome: obtainCertificate(request) };
}

const failure = async (run: { outcome: Promise<unknown> }): Promise<Error> =>
    run.outcome.then(
        () => expect.fail("it didn't fail"),
        (error) => error,
    );

describe("a certificate", () => {
    it("of a new domain: verified over http, ordered, waited for", async () => {
        const { outcome, calls } = start({ domains: [{ domain }] });
        expect(await outcome).toMatchObject({ ...managed, certificateExpiresAt: "2026-04-01T00:00:00Z" });
        expect(calls).toEqual([find, find, verify, find, enable, find, find]);
    });

    it("of a domain that is verified over http is ordered without a question that could cost the verification", async () => {
        const { outcome, calls } = start({ domains: [http] });
        await outcome;
        expect(calls).toEqual([find, enable, find, find]);
    });

    it("of a domain that had https through a CDN takes its https links away first", async () => {
        const { outcome, calls, domains } = start({ domains: [{ domain, secure: true, verified: true }] });
        await outcome;
        expect(calls.slice(0, 6)).toEqual([find, `setSecure ${domain} false`, find, verify, find, enable]);
        expect(domains.get(domain)).toMatchObject(managed);
    });

    it("that is there already is one look", async () => {
        const { outcome, calls } = start({ domains: [managed] });
        expect(await outcome).toMatchObject(managed);
        expect(calls).toEqual([find]);
    });

    it("is there where SparkPost leaves out whether the domain uses one, but says that it is valid", async () => {
        const { outcome, calls } = start({ domains: [{ ...managed, usesManagedCertificate: undefined }] });
        expect(await outcome).toMatchObject({ secure: true, verified: true });
        expect(calls).toEqual([find]);
    });

    it.each([
        ["verification was lost", { verified: false }, [find, find, verify, find]],
        ["links were made http", { secure: false }, [find, find, `setSecure ${domain} true`, verify, find]],
    ])("that is there, though the %s, needs no order", async (_what, state, expected) => {
        const { outcome, calls } = start({ domains: [{ ...managed, ...state }] });
        expect(await outcome).toMatchObject(managed);
        expect(calls).toEqual(expected);
    });

    it("that is on its way isn't ordered again", async () => {
        const states = [{ tlsStatus: "pending" }, managed];
        const meanwhile = {
            [find]: (domains: Domains) => void Object.assign(domains.get(domain) ?? {}, states.shift()),
        };
        const { outcome, calls } = start({ domains: [{ ...http, tlsStatus: "pending" }], meanwhile });
        await outcome;
        expect(calls.every((call) => call === find)).toBe(true);
    });

    it.each(["failed", "expired"])("that has %s is ordered anew, while its links stay https", async (tlsStatus) => {
        const certificates = [{}, { tlsStatus: "pending" }, managed];
        const { outcome, calls, lines } = start({ domains: [{ ...managed, tlsStatus }], certificates });
        await outcome;
        expect(calls).toEqual([find, enable, find, find, find]);
        expect(lines[0]).toContain(`tls_status ${tlsStatus}`);
    });

    it("that came with https links costing the verification is followed by a verification over https", async () => {
        const certificates = [{ ...managed, verified: false }];
        const { outcome, calls } = start({ domains: [http], certificates: [certificates[0] ?? {}, {}] });
        expect(await outcome).toMatchObject({ secure: true, verified: true });
        expect(calls.slice(-3)).toEqual([find, verify, find]);
    });

    it("is waited for until links are https, and the wait is told", async () => {
        const certificates = [{ tlsStatus: "pending" }, { tlsStatus: "valid" }, managed];
        const { outcome, lines, pauses } = start({ domains: [http], certificates });
        await outcome;
        expect(lines).toMatchSnapshot();
        expect(pauses).toHaveLength(2);
    });

    it.each([429, 500, 0])("is waited for through a look that gets %d", async (status) => {
        const { outcome } = start({ domains: [http], faults: [{ method: "find", at: 2, status }] });
        expect(await outcome).toMatchObject(managed);
    });
});

describe("a run that was killed", () => {
    it.each([
        ["SparkPost's yes", { answers: [false, true] }],
        ["the certificate", {}],
    ])("while it waited for %s is taken up where it stopped: nothing is done twice", async (_what, options) => {
        const { client, calls, domains } = fakeAccount({
            domains: [{ domain, secure: true, verified: true }],
            ...options,
        });
        const { services } = fakeServices({ client });
        const request = { ...services, client, account, domain, deadline: 60_000, verificationDeadline: 60_000 };
        await new Promise<void>((killed) => {
            const sleep = () => new Promise<void>(() => killed());
            void obtainCertificate({ ...request, clock: { ...services.clock, sleep } });
        });
        expect(domains.get(domain)).toMatchObject({ secure: false });
        await obtainCertificate(request);
        expect(domains.get(domain)).toMatchObject(managed);
        expect(calls.filter((call) => call.startsWith("setSecure"))).toHaveLength(1);
        expect(calls.filter((call) => call === enable)).toHaveLength(1);
    });
});

describe("an order", () => {
    it.each([400, 503, 429, 0])("that SparkPost doesn't take yet (%d) is repeated after a look", async (status) => {
        const { outcome, calls, lines } = start({
            domains: [http],
            faults: [{ method: "enableCertificate", at: 1, status }],
        });
        await outcome;
        expect(calls.slice(0, 4)).toEqual([find, enable, find, enable]);
        expect(lines).toMatchSnapshot();
    });

    it("that took effect although it was answered with a fault isn't repeated", async () => {
        const { outcome, calls } = start({
            domains: [http],
            faults: [{ method: "enableCertificate", at: 1, status: 500, applied: true }],
        });
        await outcome;
        expect(calls.filter((call) => call === enable)).toHaveLength(1);
    });

    it.each([401, 403, 404])("that is refused with %d ends at once", async (status) => {
        const run = start({ domains: [http], faults: [{ method: "enableCertificate", status }] });
        expect((await failure(run)).message).toMatchSnapshot();
        expect(run.pauses).toEqual([]);
        expect(run.domains.get(domain)).toMatchObject(http);
    });

    it("that is never taken ends at the deadline, with what SparkPost needs", async () => {
        const run = start({ domains: [http], faults: [{ method: "enableCertificate", status: 400 }] });
        expect((await failure(run)).message).toMatchSnapshot();
        expect(run.pauses.reduce((sum, ms) => sum + ms, 0)).toBe(60_000);
        expect(run.domains.get(domain)).toMatchObject(http);
    });
});

describe("a certificate that doesn't come", () => {
    it.each(["failed", "expired"])("and is %s ends the wait, with SparkPost's reason", async (tlsStatus) => {
        const certificates = [{ tlsStatus: "pending" }, { tlsStatus, certificateError: "caa" }];
        const run = start({ domains: [http], certificates });
        const { message } = await failure(run);
        expect(message).toContain(`tls_status ${tlsStatus} (error_code caa)`);
        expect(message).toMatchSnapshot();
        expect(run.pauses).toHaveLength(1);
        expect(run.domains.get(domain)).toMatchObject(http);
    });

    it("and failed again as before is known as failed after a minute", async () => {
        const run = start({ domains: [{ ...http, tlsStatus: "failed" }], certificates: [{}] });
        expect((await failure(run)).message).toContain("tls_status failed");
        const waited = run.pauses.reduce((sum, ms) => sum + ms, 0);
        expect(waited).toBeGreaterThanOrEqual(60_000);
        expect(waited).toBeLessThan(80_000);
    });

    it("by the deadline says that the next run goes on, and which field waits longer", async () => {
        const run = start({ domains: [http], certificates: [{ tlsStatus: "pending" }] }, { deadline: 120 });
        expect((await failure(run)).message).toMatchSnapshot();
        expect(run.pauses.reduce((sum, ms) => sum + ms, 0)).toBe(120_000);
        expect(run.domains.get(domain)).toMatchObject(http);
    });

    it.each([
        ["blocked", { complianceStatus: "blocked" }, []],
        ["looked at without the right to (403)", { tlsStatus: "pending" }, [403]],
        ["looked at with a wrong key (401)", { tlsStatus: "pending" }, [401]],
    ])("because the domain is %s ends the wait at once", async (_what, state, statuses) => {
        const faults = statuses.map((status) => ({ method: "find" as const, at: 2, status }));
        const run = start({ domains: [http], certificates: [state], faults });
        expect((await failure(run)).message).toMatchSnapshot();
        expect(run.pauses).toEqual([]);
    });

    it("in the place of one that failed leaves https links as they are: they never were http", async () => {
        const run = start({ domains: [{ ...managed, tlsStatus: "expired" }], certificates: [{ tlsStatus: "failed" }] });
        expect((await failure(run)).message).toContain("tls_status failed");
        expect(run.calls.filter((call) => call.startsWith("setSecure"))).toEqual([]);
        expect(run.domains.get(domain)).toMatchObject({ secure: true, verified: true });
    });

    it("because the domain is gone ends the wait at once", async () => {
        const meanwhile = { [enable]: (domains: Domains) => void domains.clear() };
        expect((await failure(start({ domains: [http], meanwhile }))).message).toMatchSnapshot();
    });

    it.each([
        ["https links", { secure: true }],
        ["no verification", { verified: false }],
        ["neither", { secure: true, verified: false }],
    ])("but left a domain that was in use over http with %s leads it back", async (_what, left) => {
        const certificates = [{ tlsStatus: "failed", ...left }, {}];
        const run = start({ domains: [http], certificates });
        expect((await failure(run)).message).toMatchSnapshot();
        expect(run.domains.get(domain)).toMatchObject(http);
    });
});

describe("a domain that lost its https links for a certificate", () => {
    const behindCdn = { domain, secure: true, verified: true };
    it.each<[string, FakeOptions]>([
        ["verification over http", { answers: [false] }],
        ["look that follows", { faults: [{ method: "find", at: 2, status: 401 }] }],
        ["order", { faults: [{ method: "enableCertificate", status: 403 }] }],
        ["certificate", { certificates: [{ tlsStatus: "pending" }, { tlsStatus: "failed" }] }],
        ["certificate by the deadline", { certificates: [{ tlsStatus: "pending" }] }],
        ["verification over https", { certificates: [{ ...managed, verified: false }, {}], answers: [true, false] }],
    ])("hears that, and both ways on, when it fails at the %s", async (_what, options) => {
        const run = start({ domains: [behindCdn], ...options }, { deadline: 120, verificationDeadline: 1 });
        const { message } = await failure(run);
        expect(message).toContain("`pulumi up --refresh`");
        expect(message).toMatchSnapshot();
        expect(run.domains.get(domain)).toMatchObject({ secure: false });
    });

    it.each<[string, FakeOptions]>([
        ["they couldn't be taken away", { domains: [behindCdn], faults: [{ method: "setSecure", status: 401 }] }],
        ["it had none", { domains: [http], faults: [{ method: "enableCertificate", status: 403 }] }],
        [
            "the way back to http failed",
            {
                domains: [behindCdn],
                certificates: [{ ...managed, verified: false }, {}],
                answers: [true, false],
                faults: [{ method: "setSecure", at: 2, status: 403 }],
            },
        ],
    ])("hears nothing of that when %s", async (_what, options) => {
        const run = start(options, { verificationDeadline: 1 });
        const { message } = await failure(run);
        expect(message).not.toContain("`pulumi up --refresh`");
        expect(message).toMatchSnapshot();
    });
});

describe("a certificate that came, and SparkPost doesn't verify over https", () => {
    it("leads a domain that was in use over http back to it", async () => {
        const certificates = [{ ...managed, verified: false }, {}];
        const options = { domains: [http], certificates, answers: [false, false, true] };
        const run = start(options, { verificationDeadline: 1 });
        expect((await failure(run)).message).toMatchSnapshot();
        expect(run.domains.get(domain)).toMatchObject({ secure: false, verified: true });
    });
});

describe("a domain that isn't there", () => {
    it.each([
        ["registered", []],
        ["wanted: it is blocked", [{ ...http, complianceStatus: "blocked" }]],
    ])("or not %s is refused before anything changes", async (_what, domains) => {
        const run = start({ domains });
        expect((await failure(run)).message).toMatchSnapshot();
        expect(run.calls).toEqual([find]);
    });
});

type Domains = Map<string, TrackingDomainState>;
