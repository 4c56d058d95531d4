import { describe, expect, it } from "vitest";
import { SwitchError, switchAndVerify } from "../../../components/src/sparkpost/runtime/switch.ts";
import { type FakeOptions, fakeAccount, fakeServices } from "../../support/fakeAccount.ts";

const domain = "track.example.com";
const live = { domain, secure: false, verified: true };
type Domains = ReturnType<typeof fakeAccount>["domains"];
const put = (secure: boolean) => `setSecure ${domain} ${secure}`;

/** A switch to https that fails; `deadline` in seconds. */
async function fail(options: FakeOptions, deadline = 10) {
    const account = fakeAccount({ domains: [live], ...options });
    const { services, pauses } = fakeServices(account);
    const { clock } = services;
    const request = { client: account.client, domain, secure: true, deadline: deadline * 1_000, clock };
    const error = await switchAndVerify({ ...request, progress: services.progress }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(SwitchError);
    return {
        ...account,
        pauses,
        error: error as SwitchError,
        puts: account.calls.filter((call) => call.startsWith("setSecure")),
    };
}

const noes = (count: number) => Array(count).fill(false);

describe("a switch that SparkPost doesn't confirm", () => {
    it("is undone: the old scheme is put back, and verified again where that was lost", async () => {
        const answers = [{ verified: false, complianceStatus: "blocked" }, false, true];
        const { error, puts, domains } = await fail({ answers });
        expect(puts).toEqual([put(true), put(false)]);
        expect(domains.get(domain)).toMatchObject({ secure: false, verified: true });
        expect(error.message).toMatchSnapshot();
        expect(error.left).toMatchObject({ secure: false, verified: true });
    });

    it("is undone without a question where the verification was kept", async () => {
        const { calls, puts, domains } = await fail({
            faults: [{ method: "verify", status: 403 }],
            resetsVerified: false,
        });
        expect(puts).toEqual([put(true), put(false)]);
        expect(calls.filter((call) => call.startsWith("verify"))).toHaveLength(1);
        expect(domains.get(domain)).toMatchObject({ secure: false, verified: true });
    });

    it("is undone without a question where the domain wasn't verified before", async () => {
        const { calls, error } = await fail({
            domains: [{ ...live, verified: false }],
            faults: [{ method: "verify", status: 403 }],
        });
        expect(calls.filter((call) => call.startsWith("verify"))).toHaveLength(1);
        expect(error.message).toMatchSnapshot();
    });

    it("is undone at the deadline, and the error begins with why", async () => {
        const { error, puts } = await fail({ answers: [...noes(5), true] }, 8);
        expect(puts).toEqual([put(true), put(false)]);
        expect(error.message).toMatchSnapshot();
    });
});

describe("a change of the scheme that fails", () => {
    it("is undone when it took effect all the same", async () => {
        const { puts, domains, error } = await fail({
            faults: [{ method: "setSecure", at: 1, status: 503, applied: true }],
            resetsVerified: false,
        });
        expect(puts).toEqual([put(true), put(false)]);
        expect(domains.get(domain)).toMatchObject({ secure: false, verified: true });
        expect(error.message).toMatchSnapshot();
    });

    it("needs no undoing when it took no effect", async () => {
        const { puts, error } = await fail({ faults: [{ method: "setSecure", status: 403 }] });
        expect(puts).toEqual([put(true)]);
        expect(error.message).toMatchSnapshot();
        expect(error.left).toMatchObject({ secure: false, verified: true });
    });
});

describe("a switch that can't be undone", () => {
    it("says so, with what was seen last and what to do, and keeps that for the state", async () => {
        const { error } = await fail({
            faults: [
                { method: "verify", status: 403 },
                { method: "setSecure", at: 2, status: 500 },
            ],
        });
        expect(error.message).toMatchSnapshot();
        expect(error.left).toMatchObject({ secure: true, verified: false });
    });

    it("gives up to get the old verification back after a minute", async () => {
        const { error, pauses } = await fail({ answers: [{ verified: false, complianceStatus: "blocked" }, false] });
        expect(error.message).toMatchSnapshot();
        expect(error.left).toMatchObject({ secure: false, verified: false });
        expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(60_000);
    });

    it("says that nothing is known when not even a look succeeds, and leaves the worst on record", async () => {
        const faults = [2, 3, 4].map((at) => ({ method: "find" as const, at, status: 500 }));
        const { error } = await fail({ faults: [{ method: "verify", status: 401 }, ...faults] });
        expect(error.message).toMatchSnapshot();
        expect(error.left).toMatchObject({ secure: true, verified: false });
    });

    it.each([true, false])(
        "because the change back had no effect isn't said to be undone (verified: %s)",
        async (verified) => {
            const meanwhile = {
                [put(false)]: (domains: Domains) => void Object.assign(domains.get(domain) ?? {}, { secure: true }),
            };
            const { error } = await fail({
                domains: [{ ...live, verified }],
                faults: [{ method: "verify", status: 403 }],
                meanwhile,
            });
            expect(error.message).toMatchSnapshot();
            expect(error.left).toMatchObject({ secure: true });
        },
    );

    it("because somebody deleted the domain meanwhile isn't said to be undone", async () => {
        const meanwhile = { [put(true)]: (domains: Domains) => void domains.delete(domain) };
        const { error, puts } = await fail({ meanwhile });
        expect(error.message).toMatchSnapshot();
        expect(error.left).toBeUndefined();
        expect(puts).toEqual([put(true)]);
    });
});

describe("a domain that had its scheme already", () => {
    it("is left as it is by a failure, and the error carries what its record says", async () => {
        const { puts, error } = await fail({
            domains: [{ domain, secure: true, verified: true }],
            faults: [{ method: "verify", status: 403 }],
            meanwhile: {
                [`verify ${domain}`]: (domains) => void Object.assign(domains.get(domain) ?? {}, { verified: false }),
            },
        });
        expect(puts).toEqual([]);
        expect(error.left).toMatchObject({ secure: true, verified: false });
    });

    it("fails with its own reason though the look afterwards fails too", async () => {
        const { error } = await fail({
            domains: [{ domain, secure: true, verified: false }],
            faults: [
                { method: "verify", status: 401 },
                { method: "find", at: 2, status: 401 },
            ],
        });
        expect(error.message).toMatchSnapshot();
        expect(error.left).toBeUndefined();
    });
});

describe("a switch that was interrupted before", () => {
    const interrupted = { domain, secure: true, verified: false };

    it("is undone to how the domain is known to have been, when SparkPost doesn't say yes", async () => {
        const account = fakeAccount({ domains: [interrupted], answers: [...noes(3), true] });
        const { clock, progress } = fakeServices(account).services;
        const was = { secure: false, verified: true };
        const request = { client: account.client, domain, secure: true, deadline: 3_000, clock, progress, was };
        await expect(switchAndVerify(request)).rejects.toThrowErrorMatchingSnapshot();
        expect(account.domains.get(domain)).toMatchObject({ secure: false, verified: true });
    });
});
