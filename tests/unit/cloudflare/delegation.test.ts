import { describe, expect, it } from "vitest";
import { delegationSteps, httpsLinksStep } from "../../../components/src/cloudflare/delegation.ts";

const servers = ["aron.ns.cloudflare.com", "peyton.ns.cloudflare.com"];

describe("the steps to an active zone", () => {
    it("compare, remove the old DS record, and only then delegate, at the registrar", () => {
        const steps = delegationSteps("example.com", servers);
        expect(steps.map((step) => step.includes("registrar"))).toEqual([false, true, true]);
        expect(steps).toMatchSnapshot();
    });

    it.each([undefined, []])("are told before the name servers are known, too: %j", (unknown) => {
        expect(delegationSteps("example.com", unknown)).toMatchSnapshot();
    });

    it("of a zone below a registrable domain lead to the zone above it, whose own records of the name make way at once", () => {
        const [, ...steps] = delegationSteps("track.example.com", servers);
        expect(steps.join()).not.toContain("registrar");
        expect(steps).toMatchSnapshot();
    });

    it.each(["example.com", "track.example.com"])("are one sentence each: %s", (zone) => {
        for (const step of [...delegationSteps(zone, servers), httpsLinksStep(`t.${zone}`)]) {
            expect(step.match(/\.(\s|$)/g)).toHaveLength(1);
        }
    });
});
