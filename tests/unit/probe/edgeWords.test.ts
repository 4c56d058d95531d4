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
        const said = say({ kind: "edge-error", status: 500, said: "unknown domain: track.example.com" }, "fastly");
        expect(said).toMatch(/^the edge answers 500 by itself: unknown domain: track\.example\.com\. .*backend/);
    });

    const at = { scheme: "https", status: 502 } as const;
    const page = { status: 302, contentLength: 0 };
    const findings: Finding[] = [
        { kind: "origin-unreached", ...at },
        { kind: "turned-away", ...at, agent: "none" },
        { kind: "turned-away", ...at, agent: "browser" },
        { kind: "query-dropped", scheme: "https", edge: page },
        {
            kind: "query-changed",
            scheme: "https",
            location: "https://example.com/x",
            expected: "https://example.com/X",
        },
        { kind: "query-lost", ...at, location: "https://spgo.io/" },
        { kind: "misdirected", ...at, location: "https://www.example.net/", expected: "https://spgo.io/" },
        { kind: "redirected", ...at, location: "https://spgo.io/" },
        { kind: "redirected", ...at, location: "https://track.example.com/" },
        { kind: "upgraded", status: 301, location: "https://track.example.com/" },
        { kind: "relayed", scheme: "https", edge: page },
        { kind: "stranger", scheme: "https", agent: "browser", edge: page, direct: page },
        { kind: "challenged", agent: "none", action: "challenge" },
        { kind: "no-certificate", code: "X" },
        { kind: "dns-only", address: "192.0.2.10" },
    ];

    it.each(findings)("no advice is Cloudflare's at another edge: $kind", (finding) => {
        for (const edge of ["fastly", "managed", undefined]) {
            expect(say(finding, edge)).not.toMatch(
                /[Cc]loudflare|page rule|Always Use HTTPS|proxied|SSL mode|the zone/,
            );
        }
        expect(say(finding, undefined)).not.toMatch(/Fastly|VCL/);
        expect(say(finding, "fastly")).not.toMatch(/nginx|CloudFront/);
    });

    it("an error of Cloudflare's where it isn't the edge says that the record still leads there", () => {
        const error: Finding = { kind: "cdn-error", status: 409, errorCode: 1001 };
        expect(say(error, "fastly")).toMatch(/^Cloudflare answers 409, error 1001: .*still leads there/);
        expect(say(error, "cloudflare")).toMatch(/^the edge answers 409, error 1001: .*the record is proxied/);
    });

    it("an edge that doesn't reach the endpoint is told what to look at", () => {
        expect(say({ kind: "origin-unreached", ...at }, undefined)).toMatch(
            /doesn't reach spgo\.io.*443 over TLS.*SNI.*Host/,
        );
        expect(say({ kind: "origin-unreached", ...at }, "fastly")).toMatch(/backend.*SNI hostname/);
    });
});

describe("a connection that fails", () => {
    const proxy = { address: "proxy.example.com:8080", variable: "HTTPS_PROXY" };
    it.each<[Finding]>([
        [{ kind: "unconnected", scheme: "https", address: "192.0.2.10", code: "ETIMEDOUT", proxy }],
        [{ kind: "endpoint-silent", scheme: "http", code: "ETIMEDOUT", edgeStatus: 302, proxy }],
        [{ kind: "handshake-failed", code: "ECONNRESET", proxy }],
    ])("names the outbound proxy that isn't used: $kind", (finding) => {
        expect(say(finding)).toMatch(
            /doesn't use the outbound proxy proxy\.example\.com:8080 \(HTTPS_PROXY\).*`probe: false`/,
        );
        expect(say({ ...finding, proxy: { problem: "HTTPS_PROXY isn't one" } } as Finding)).toMatch(
            /doesn't use an.*HTTPS_PROXY isn't one\.$/,
        );
        expect(say({ ...finding, proxy: undefined } as Finding)).not.toContain("proxy");
    });
});

it("an expired intermediate is told apart from the host's certificate", () => {
    const certificate = {
        issuer: "Example Trust, R1",
        validTo: "2099-01-02T03:04:05.000Z",
        names: ["track.example.com"],
    };
    const code = "CERT_HAS_EXPIRED";
    expect(say({ kind: "certificate-refused", code, certificate, isIssuers: true })).toMatch(
        /^an intermediate certificate .*has expired; the host's own is valid.*Replace the chain/,
    );
    expect(say({ kind: "certificate-refused", code, certificate })).toMatch(
        /^the certificate for track\.example\.com expired/,
    );
});
