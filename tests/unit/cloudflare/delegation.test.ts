import { describe, expect, it } from "vitest";
import { delegationSteps } from "../../../components/src/cloudflare/delegation.ts";

const servers = ["aron.ns.cloudflare.com", "peyton.ns.cloudflare.com"];

describe("the steps to an active zone", () => {
    const [compare = "", signature = "", delegate = "", ...more] = delegationSteps("example.com", servers);

    it("begin with comparing what both name servers answer in public", () => {
        expect(compare).toContain("MX, TXT, CAA, NS, A and AAAA");
        expect(compare).toContain("`npx pulumi-sparkpost-tracking compare-zone example.com`");
        expect(compare).not.toContain("registrar");
    });

    it("go on with removing the old DS record", () => {
        expect(signature).toContain("remove the old DS record first, at the registrar of example.com");
    });

    it("end with the delegation, by the name servers' names", () => {
        expect(delegate).toMatch(/^Only then set, at the registrar of example\.com, the name servers to/);
        expect(delegate).toContain("aron.ns.cloudflare.com and peyton.ns.cloudflare.com");
        expect(delegate).toContain("`pulumi up` again");
        expect(more).toEqual([]);
    });

    it.each([undefined, []])("are told before the name servers are known, too: %j", (unknown) => {
        expect(delegationSteps("example.com", unknown)[2]).toContain("name servers that Cloudflare assigns to it");
    });

    it("of a zone below a registrable domain lead to the zone above it, not to a registrar", () => {
        const steps = delegationSteps("track.example.com", servers);
        expect(steps.join()).not.toContain("registrar");
        expect(steps[2]).toContain("in the DNS zone above track.example.com, the NS records of track.example.com");
    });

    it("are one sentence each", () => {
        for (const step of delegationSteps("example.com", servers)) {
            expect(step.match(/\.(\s|$)/g)).toHaveLength(1);
        }
    });
});
