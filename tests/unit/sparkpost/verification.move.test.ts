import { describe, expect, it } from "vitest";
import {
    type VerificationOutputs,
    verificationHandler,
} from "../../../components/src/sparkpost/runtime/verification.ts";
import { expectJsonClean, unknown } from "../../support/engineValues.ts";
import { type FakeOptions, fakeAccount, fakeServices } from "../../support/fakeAccount.ts";

const domain = "track.example.com";
const inputs = {
    domain,
    account: { apiUrl: "https://api.sparkpost.com/api/v1" },
    secure: true,
    verified: true,
    fingerprint: "one",
    deadline: 60,
    edge: "cloudflare",
};
/** What SparkPost has said. */
const seen = { secure: true, verified: true };
const atFastly = { ...inputs, edge: "fastly", fingerprint: "two" };

function start(options: FakeOptions = {}) {
    const fake = fakeAccount({ domains: [{ domain, secure: true, verified: true }], ...options });
    const { services, ...rest } = fakeServices(fake);
    return { ...fake, ...rest, handler: verificationHandler(services) };
}

describe("a host that moves to another edge", () => {
    it("remembers where it was, and when SparkPost had verified the move", async () => {
        const { handler, calls } = start({ answers: [false, true] });
        const { outs } = await handler.update(domain, inputs, atFastly);
        expect(calls.filter((call) => call.startsWith("verify"))).toHaveLength(2);
        expect(outs).toStrictEqual({ ...atFastly, seen, movedFrom: "cloudflare", movedAt: expect.any(String) });
        expect(Date.parse(outs.movedAt ?? "")).toBeGreaterThan(Date.UTC(2026, 0));
        expectJsonClean(outs);
    });

    it("is verified for the edge alone, whatever its fingerprint", async () => {
        const { handler, calls } = start();
        const { outs } = await handler.update(domain, inputs, { ...inputs, edge: "fastly" });
        expect(outs).toMatchObject({ movedFrom: "cloudflare", movedAt: "2026-01-01T00:00:00.000Z" });
        expect(calls).toContain(`verify ${domain}`);
    });

    it("is an update, also when the edge isn't known yet", async () => {
        const { handler } = start();
        for (const edge of ["fastly", unknown]) {
            expect(await handler.diff(domain, inputs, { ...inputs, edge })).toMatchObject({
                changes: true,
                replaces: [],
            });
        }
    });

    it("remembers nothing when SparkPost doesn't verify it there", async () => {
        const { handler } = start({ faults: [{ method: "verify", status: 403 }] });
        const error = await handler.update(domain, inputs, atFastly).catch((thrown) => thrown);
        expect(error.message).toContain("403");
        expect(error.properties).toBeUndefined();
    });

    const moved: VerificationOutputs = {
        ...atFastly,
        seen,
        movedFrom: "cloudflare",
        movedAt: "2025-12-31T00:00:00.000Z",
    };

    it("keeps the memory through refreshes and updates, and apart from its inputs", async () => {
        const { handler } = start();
        const { props, inputs: read } = await handler.read(domain, moved);
        expect(props).toStrictEqual(moved);
        expect(read).toStrictEqual(atFastly);
        expect((await handler.diff(domain, moved, atFastly)).changes).toBe(false);
        const news = { ...atFastly, fingerprint: "three" };
        expect((await handler.update(domain, moved, news)).outs).toStrictEqual({ ...moved, ...news });
    });

    it("has the next move in the memory's place", async () => {
        const { outs } = await start().handler.update(domain, moved, inputs);
        expect(outs).toMatchObject({ movedFrom: "fastly", movedAt: "2026-01-01T00:00:00.000Z" });
    });
});

describe("a state from before there was an edge", () => {
    const { edge: _, ...older } = inputs;

    it("takes one as a change without a question, and as no move", async () => {
        const { handler, calls } = start();
        expect((await handler.diff(domain, older, inputs)).changes).toBe(true);
        expect((await handler.update(domain, older, inputs)).outs).toStrictEqual({ ...inputs, seen });
        expect(calls).toEqual([]);
    });

    it("shows no change without one", async () => {
        expect((await start().handler.diff(domain, older, older)).changes).toBe(false);
    });

    it("is verified for another fingerprint, and no move is made up", async () => {
        const { handler, calls } = start();
        expect((await handler.update(domain, older, atFastly)).outs).toStrictEqual({ ...atFastly, seen });
        expect(calls).toContain(`verify ${domain}`);
    });
});

describe("a host that was held", () => {
    it("hasn't moved when it is verified for the first time, whatever edge was planned before", async () => {
        const { outs } = await start().handler.update(domain, { ...inputs, hold: true, verified: false }, atFastly);
        expect(outs).toStrictEqual({ ...atFastly, seen });
    });
});
