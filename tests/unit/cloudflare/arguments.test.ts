import { describe, expect, it } from "vitest";
import { hostInZoneProblems } from "../../../components/src/cloudflare/arguments.ts";

describe("a host in a zone", () => {
    it("is fine one label below it", () => {
        expect(hostInZoneProblems("track.example.com", "example.com", false)).toEqual([]);
        expect(hostInZoneProblems("click.track.example.com", "track.example.com", false)).toEqual([]);
    });

    it.each(["example.org", "ample.com", "x.track.example.com"])("is refused when it doesn't lie in it: %s", (zone) => {
        expect(hostInZoneProblems("track.example.com", zone, true)).toMatchSnapshot();
    });

    it("is refused further below, where Universal SSL has no certificate, with a name that would do", () => {
        expect(hostInZoneProblems("click.track.example.com", "example.com", false)).toMatchSnapshot();
    });

    it("is taken further below when the user says that a certificate covers it", () => {
        expect(hostInZoneProblems("click.track.example.com", "example.com", true)).toEqual([]);
    });
});
