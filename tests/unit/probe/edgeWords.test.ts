import { describe, expect, it } from "vitest";
import { type Finding, wordsFor } from "../../../components/src/probe/findings.ts";

const say = (finding: Finding, edge?: string) => {
    const { what, remedy } = wordsFor(finding, { hostname: "track.example.com", endpoint: "spgo.io", edge });
    return `${what}. ${remedy}`;
};

describe("what a finding means depends on the edge", () => {
    it.each([
        ["cloudflare", /15 minutes to 24 hours after the zone became active.*Universal SSL/],
        ["fastly", /_acme-challenge\.track\.example\.com.*Fastly's dashboard/],
        ["managed", /tls_status in SparkPost's UI/],
        ["own", /your edge has a certificate for exactly this name/],
        [undefined, /your edge has a certificate for exactly this name/],
    ])("no certificate at %s", (edge, words) => {
        const said = say({ kind: "no-certificate", code: "X" }, edge);
        expect(said).toMatch(/^the edge has no certificate for track.example.com yet \(X\)\. /);
        expect(said).toMatch(words);
    });

    it.each([
        ["cloudflare", /the record isn't proxied\. Turn the record's proxy on/],
        ["managed", /has no certificate for it yet\. Wait: SparkPost's servers/],
        ["fastly", /its record doesn't lead to the edge\. Point the host's record at the edge/],
    ])("leading straight to the endpoint, behind %s", (edge, words) => {
        expect(say({ kind: "dns-only", address: "192.0.2.10" }, edge)).toMatch(words);
    });

    it("a challenge names Cloudflare's settings at Cloudflare only", () => {
        const challenged: Finding = { kind: "challenged", agent: "browser", action: "challenge" };
        expect(say(challenged, "cloudflare")).toContain("Browser Integrity Check");
        expect(say(challenged, "fastly")).not.toContain("Browser Integrity Check");
    });

    it("a redirect to itself names Cloudflare's SSL mode at Cloudflare only", () => {
        const location = "https://track.example.com/f/a/b/c/d";
        const redirected: Finding = { kind: "redirected", scheme: "https", status: 301, location };
        expect(say(redirected, "cloudflare")).toContain("SSL mode to Full, and look for redirect rules.");
        expect(say(redirected, "fastly")).toMatch(/for ever\. Look for redirect rules\.$/);
    });

    it("an edge's own error is told in its words", () => {
        expect(say({ kind: "edge-error", status: 500, said: "unknown domain: track.example.com" }, "fastly")).toBe(
            "the edge answers 500 by itself: unknown domain: track.example.com. Check that the edge has track.example.com among its hosts, and asks spgo.io on port 443 over TLS, with that name in SNI and as the certificate's, and without another Host.",
        );
    });
});
