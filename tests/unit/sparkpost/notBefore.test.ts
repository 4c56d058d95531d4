import { describe, expect, it } from "vitest";
import { obtainCertificate } from "../../../components/src/sparkpost/runtime/certificateOrder.ts";
import { switchAndVerify } from "../../../components/src/sparkpost/runtime/switch.ts";
import { type FakeOptions, fakeAccount, fakeServices } from "../../support/fakeAccount.ts";

const domain = "track.example.com";
const [find, verify] = [`find ${domain}`, `verify ${domain}`] as const;
const account = { apiUrl: "https://api.sparkpost.com/api/v1" };
const inUse = { domain, secure: false, verified: true };
const minute = 60_000;
/** So many minutes after the fake clock's beginning. */
const inMinutes = (minutes: number) => new Date(Date.UTC(2026, 0) + minutes * minute).toISOString();

function start(options: FakeOptions) {
    const fake = fakeAccount(options);
    const { services, ...rest } = fakeServices(fake);
    return { ...fake, ...rest, request: { ...services, client: fake.client, domain } };
}

const sum = (pauses: number[]) => pauses.reduce((all, ms) => all + ms, 0);

describe("the switch to https of a domain in use", () => {
    it("waits until its links may be https, and tells it", async () => {
        const { request, calls, pauses, lines } = start({ domains: [inUse] });
        await switchAndVerify({ ...request, secure: true, secureNotBefore: inMinutes(5) });
        expect(sum(pauses)).toBeGreaterThanOrEqual(5 * minute);
        expect(sum(pauses)).toBeLessThan(5.1 * minute);
        expect(calls).toEqual([find, `setSecure ${domain} true`, verify, find]);
        expect(lines[0]).toMatchSnapshot();
    });

    it("waits too where a run that was killed had lost the verification, which is known from before", async () => {
        const { request, pauses } = start({ domains: [{ ...inUse, verified: false }] });
        const was = { secure: false, verified: true };
        await switchAndVerify({ ...request, secure: true, was, secureNotBefore: inMinutes(5) });
        expect(sum(pauses)).toBeGreaterThanOrEqual(5 * minute);
        expect(sum(pauses)).toBeLessThan(5.1 * minute);
    });

    it.each([
        ["the moment has passed", inUse, inMinutes(-1), true],
        ["nothing is said about it", inUse, undefined, true],
        ["links are https already", { ...inUse, secure: true }, inMinutes(5), true],
        ["no mail has its links", { ...inUse, verified: false }, inMinutes(5), true],
        ["links become http", { ...inUse, secure: true }, inMinutes(5), false],
    ])("doesn't wait where %s", async (_what, given, secureNotBefore, secure) => {
        const { request, pauses } = start({ domains: [given] });
        await switchAndVerify({ ...request, secure, secureNotBefore });
        expect(pauses).toEqual([]);
    });

    it("is refused more than an hour before, with the time, and changes nothing", async () => {
        const { request, calls, pauses } = start({ domains: [inUse] });
        const outcome = switchAndVerify({ ...request, secure: true, secureNotBefore: inMinutes(61) });
        await expect(outcome).rejects.toThrowErrorMatchingSnapshot();
        expect([calls, pauses]).toEqual([[find], []]);
    });
});

describe("the deadline of a switch without one of its own", () => {
    const span = async (domains: FakeOptions["domains"], more: object = {}) => {
        const { request } = start({ domains, answers: [false] });
        const error = await switchAndVerify({ ...request, secure: true, ...more }).catch((thrown) => thrown);
        return /within (\d+ min)/.exec(error.message)?.[1];
    };

    it("is short for a domain in use, whose links may not work meanwhile", async () => {
        expect(await span([inUse])).toBe("5 min");
        const was = { secure: false, verified: true };
        expect(await span([{ domain, secure: true }], { was })).toBe("5 min");
    });

    it("is an hour where no link can break", async () => {
        expect(await span([{ domain, secure: true }])).toBe("60 min");
        expect(await span([{ domain, secure: false }])).toBe("60 min");
    });
});

describe("the order of SparkPost's own certificate", () => {
    const deadlines = { account, deadline: 20 * minute, verificationDeadline: minute };

    it("waits until links of a domain in use may be https, for SparkPost makes them so by itself", async () => {
        const { request, calls, pauses } = start({ domains: [inUse] });
        await obtainCertificate({ ...request, ...deadlines, secureNotBefore: inMinutes(2) });
        expect(sum(pauses)).toBeGreaterThanOrEqual(2 * minute);
        expect(calls.slice(0, 2)).toEqual([find, `enableCertificate ${domain}`]);
    });

    it("doesn't wait for a domain whose links nobody has", async () => {
        const { request, pauses } = start({ domains: [{ domain }] });
        await obtainCertificate({ ...request, ...deadlines, secureNotBefore: inMinutes(2) });
        expect(sum(pauses)).toBeLessThan(2 * minute);
    });
});
