import { describe, expect, it, vi } from "vitest";
import { switchAndVerify } from "../../../components/src/sparkpost/runtime/switch.ts";
import { type FakeOptions, fakeAccount, fakeServices } from "../../support/fakeAccount.ts";

const domain = "track.example.com";
const insecure = { domain, secure: false, verified: true };
const registered = { domain, secure: true, verified: false };

/** Switches the domain to https; `deadline` in seconds. */
function start(options: FakeOptions, deadline = 3_600) {
    const account = fakeAccount(options);
    const { services, lines, pauses } = fakeServices(account);
    const progress = services.progress;
    const request = {
        client: account.client,
        domain,
        secure: true,
        deadline: deadline * 1_000,
        clock: services.clock,
        progress,
    };
    return { ...account, lines, pauses, outcome: switchAndVerify(request) };
}

describe("the switch of a domain", () => {
    it("that was just registered is SparkPost's yes alone, and a look at its record", async () => {
        const { outcome, calls } = start({ domains: [registered] });
        await outcome;
        expect(calls).toEqual([`find ${domain}`, `verify ${domain}`, `find ${domain}`]);
    });

    it.each([true, false])(
        "in use changes the scheme, then has it verified (PUT resets verified: %s)",
        async (resetsVerified) => {
            const { outcome, calls, domains } = start({ domains: [insecure], resetsVerified });
            await outcome;
            expect(calls).toEqual([`find ${domain}`, `setSecure ${domain} true`, `verify ${domain}`, `find ${domain}`]);
            expect(domains.get(domain)).toMatchObject({ secure: true, verified: true });
        },
    );

    it("that was killed while it waited is taken up where it stopped: nothing is changed twice", async () => {
        const account = fakeAccount({ domains: [insecure], answers: [false, true] });
        const { services } = fakeServices(account);
        const { clock } = services;
        const request = {
            client: account.client,
            domain,
            secure: true,
            deadline: 60_000,
            progress: services.progress,
        };
        const endless = { ...clock, sleep: () => new Promise<void>(() => {}) };
        void switchAndVerify({ ...request, clock: endless });
        await vi.waitFor(() => expect(account.calls.at(-1)).toBe(`verify ${domain}`));
        await switchAndVerify({ ...request, clock });
        expect(account.calls.slice(3)).toEqual([`find ${domain}`, `verify ${domain}`, `find ${domain}`]);
        expect(account.domains.get(domain)).toMatchObject({ secure: true, verified: true });
    });

    it("asks again until yes: no, no, yes", async () => {
        const { outcome, calls, pauses, lines } = start({ domains: [registered], answers: [false, false, true] });
        await outcome;
        expect(calls.filter((call) => call.startsWith("verify"))).toHaveLength(3);
        expect(pauses).toHaveLength(2);
        expect(lines).toHaveLength(3);
    });

    it("tells attempt, time left and the last answer, and at its end how it ended", async () => {
        const no = { verified: false, cnameStatus: "pending", complianceStatus: "pending" };
        const { outcome, lines } = start({ domains: [registered], answers: [no, true] });
        await outcome;
        expect(lines).toEqual([
            "1st try, 60 min left: not verified (cname_status pending), compliance review pending",
            "verified over https",
        ]);
    });

    it("doesn't take a yes that the record doesn't confirm", async () => {
        const meanwhile = { [`verify ${domain}`]: lateBy(2) };
        const { outcome, calls, lines } = start({ domains: [registered], meanwhile });
        await outcome;
        expect(calls.filter((call) => call.startsWith("verify"))).toHaveLength(3);
        expect(lines).toMatchSnapshot();
    });

    it.each([0, 400, 429, 500, 503])("goes on when a question gets %d", async (status) => {
        const { outcome, lines } = start({ domains: [registered], faults: [{ method: "verify", at: 1, status }] });
        await outcome;
        expect(lines).toMatchSnapshot();
    });

    it.each([401, 403, 404, 409])("ends at once when a question gets %d", async (status) => {
        const { outcome, pauses } = start({ domains: [registered], faults: [{ method: "verify", status }] });
        await expect(outcome).rejects.toThrow(String(status));
        expect(pauses).toEqual([]);
    });

    it("of a domain that isn't registered is refused, with the remedy", async () => {
        const { outcome } = start({});
        await expect(outcome).rejects.toThrowErrorMatchingSnapshot();
    });

    it("of a domain that SparkPost has blocked is refused before anything changes", async () => {
        const { outcome, calls } = start({ domains: [{ ...insecure, complianceStatus: "blocked" }] });
        await expect(outcome).rejects.toThrowErrorMatchingSnapshot();
        expect(calls).toEqual([`find ${domain}`]);
    });

    it("ends at once when SparkPost blocks the domain meanwhile", async () => {
        const blocked = { verified: false, complianceStatus: "blocked" };
        const { outcome, pauses } = start({ domains: [registered], answers: [false, blocked] });
        await expect(outcome).rejects.toThrowErrorMatchingSnapshot();
        expect(pauses).toHaveLength(1);
    });
});

describe("the deadline of a switch", () => {
    it("ends the questions, and says what SparkPost said last and what usually causes it", async () => {
        const { outcome, pauses } = start({ domains: [registered], answers: [false] }, 120);
        const error = await outcome.catch((thrown) => thrown);
        expect(error.message).toMatchSnapshot();
        expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(120_000);
        expect(error.left).toMatchObject({ secure: true, verified: false });
    });

    it("lets one question through, however short it is", async () => {
        const { outcome, calls } = start({ domains: [registered] }, 0.001);
        await outcome;
        expect(calls).toContain(`verify ${domain}`);
    });
});

/** Takes the record's verification back after the first `times` questions. */
function lateBy(times: number) {
    let count = 0;
    return (domains: ReturnType<typeof fakeAccount>["domains"]) => {
        const state = domains.get(domain);
        if (state && ++count <= times) {
            state.verified = false;
        }
    };
}
