import { describe, expect, it } from "vitest";
import { delegationSteps, httpsLinksStep } from "../../../components/src/cloudflare/delegation.ts";

const servers = ["aron.ns.cloudflare.com", "peyton.ns.cloudflare.com"];

describe("the steps to an active zone", () => {
    const [compare = "", signature = "", delegate = "", ...more] = delegationSteps("example.com", servers);

    it("begin with comparing what both name servers answer in public", () => {
        expect(compare).toContain("MX, TXT, CAA, NS, A and AAAA");
        expect(compare).toContain("`npx --no-install pulumi-sparkpost-tracking compare-zone example.com`");
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
        expect(delegationSteps("example.com", unknown)[2]).toContain(
            "name servers to those that Cloudflare assigns to it",
        );
    });

    it("of a zone below a registrable domain lead to the zone above it, whose own records of the name make way at once", () => {
        const [, signature = "", change = "", again = "", ...more] = delegationSteps("track.example.com", servers);
        expect([signature, change, again].join()).not.toContain("registrar");
        expect(signature).toContain("remove the old DS record first, in the DNS zone above track.example.com");
        expect(change).toContain(
            "in the DNS zone above track.example.com, the NS records of track.example.com to aron.ns.cloudflare.com and peyton.ns.cloudflare.com, " +
                "and take that zone's other records of track.example.com away in the same change, a CNAME above all",
        );
        expect(change).toContain("every link of a host in use is dead meanwhile");
        expect(again).toContain("run `pulumi up` again");
        expect(more).toEqual([]);
    });

    it.each(["example.com", "track.example.com"])("are one sentence each: %s", (zone) => {
        for (const step of [...delegationSteps(zone, servers), httpsLinksStep(`t.${zone}`)]) {
            expect(step.match(/\.(\s|$)/g)).toHaveLength(1);
        }
    });
});
