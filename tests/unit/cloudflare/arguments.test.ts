import { describe, expect, it } from "vitest";
import { hostInZoneProblems } from "../../../components/src/cloudflare/arguments.ts";

describe("a host in a zone", () => {
    it("is fine one label below it", () => {
        expect(hostInZoneProblems("track.example.com", "example.com", false)).toEqual([]);
        expect(hostInZoneProblems("click.track.example.com", "track.example.com", false)).toEqual([]);
    });

    it.each(["example.org", "ample.com", "x.track.example.com"])("is refused when it doesn't lie in it: %s", (zone) => {
        expect(hostInZoneProblems("track.example.com", zone, true)).toEqual([
            { field: "zone", value: zone, message: expect.stringContaining("track.example.com doesn't lie in it") },
        ]);
    });

    it("is refused further below, where Universal SSL has no certificate, with a name that would do", () => {
        const [problem, ...others] = hostInZoneProblems("click.track.example.com", "example.com", false);
        expect(others).toEqual([]);
        expect(problem).toMatchObject({ field: "hostname", value: "click.track.example.com" });
        expect(problem?.message).toContain("2 labels below the zone example.com");
        expect(problem?.message).toContain("a host like click-track.example.com");
        expect(problem?.message).toContain("`certificateCoversHost: true`");
    });

    it("is taken further below when the user says that a certificate covers it", () => {
        expect(hostInZoneProblems("click.track.example.com", "example.com", true)).toEqual([]);
    });
});
