import { describe, expect, it } from "vitest";
import {
    delegationNotes,
    delegationSteps,
    httpsLinksNote,
    httpsLinksStep,
} from "../../../components/src/cloudflare/delegation.ts";

const servers = ["aron.ns.cloudflare.com", "peyton.ns.cloudflare.com"];

describe("the steps to an active zone", () => {
    it("compare, remove the old DS record, and only then delegate, at the registrar", () => {
        const steps = delegationSteps("example.com", servers);
        expect(steps.map((step) => step.includes("registrar"))).toEqual([false, false, true, true, false]);
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

    it("begin for a host in use with its https links, and have notes on what they save", () => {
        expect([httpsLinksStep("track.example.com"), httpsLinksNote("track.example.com")]).toMatchSnapshot();
        expect(delegationNotes("track.example.com").slice(0, -1)).toEqual(
            delegationNotes("example.com").map((note) => note.replaceAll("example.com", "track.example.com")),
        );
        expect(delegationNotes("track.example.com")).toMatchSnapshot();
    });
});
