import { describe, expect, it } from "vitest";
import { newZoneWarning } from "../../../components/src/cloudflare/certificates.ts";
import { delegationSteps } from "../../../components/src/cloudflare/delegation.ts";
import { automaticModeWarning, sslModeWarning } from "../../../components/src/cloudflare/sslMode.ts";
import { checkNotPaused, zoneProblem } from "../../../components/src/cloudflare/zoneLookUp.ts";

const zone = {
    name: "example.com",
    status: "active",
    type: "full",
    paused: false,
    nameServers: ["a.ns.example", "b.ns.example"],
};

describe("a zone", () => {
    it("that is active and full can be used", () => {
        expect(zoneProblem(zone)).toBeUndefined();
    });

    it.each(["pending", "initializing", "moved"])(
        "that is %s is refused with the steps that one gets which is created",
        (status) => {
            const [problem, ...rest] = zoneProblem({ ...zone, status })?.split("\n") ?? [];
            expect(problem).toMatchSnapshot();
            const steps = delegationSteps("example.com", zone.nameServers);
            expect(rest).toEqual(steps.map((step, index) => `    ${index + 1}. ${step}`));
        },
    );

    it("that isn't active is refused where its name servers aren't known, too", () => {
        expect(zoneProblem({ ...zone, status: "pending", nameServers: [] })).toContain(
            delegationSteps("example.com", undefined)[3],
        );
    });

    it("that is partial is refused, for a record there isn't public", () => {
        expect(zoneProblem({ ...zone, type: "partial" })).toMatchSnapshot();
    });

    it("that is paused is refused with where to resume it", () => {
        expect(() => checkNotPaused({ ...zone, paused: true })).toThrowErrorMatchingSnapshot();
        expect(checkNotPaused({ ...zone, paused: false })).toMatchObject({ name: zone.name });
    });
});

describe("a zone's SSL mode", () => {
    it.each(["off", "flexible"])("%s is warned about, with the remedy", (mode) => {
        expect(sslModeWarning(mode)).toMatchSnapshot();
    });

    it.each(["full", "strict", "origin_pull", ""])("%s isn't", (mode) => {
        expect(sslModeWarning(mode)).toBeUndefined();
    });

    it.each([
        { is: "endpoint" },
        { is: "refused", code: "ERR_TLS_CERT_ALTNAME_INVALID" },
        { is: "unknown", code: "ETIMEDOUT" },
    ] as const)("that Cloudflare may raise is warned about with what that would do: $is", (certificate) => {
        const origin = { hostname: "track.example.com", endpoint: "spgo.io" };
        const mode = { isOn: true, nextScan: "2026-12-24T00:00:00Z" };
        expect(automaticModeWarning(origin, certificate, mode)).toMatchSnapshot();
    });
});

describe("a zone that has just become active", () => {
    const hour = 3_600_000;
    const pending = [{ hosts: ["example.com", "*.example.com"], status: "pending_validation" }];

    it("is warned about with the status of its certificates", () => {
        expect(newZoneWarning("example.com", 3 * hour, pending)).toMatchSnapshot();
    });

    it("is warned about where the token can't read that", () => {
        expect(newZoneWarning("example.com", hour / 2, undefined)).toMatchSnapshot();
    });

    it("is warned about when none is on order", () => {
        expect(newZoneWarning("example.com", hour, [])).toMatchSnapshot();
    });

    it("isn't once a certificate is active", () => {
        expect(newZoneWarning("example.com", hour, [...pending, { hosts: [], status: "active" }])).toBeUndefined();
    });
});
