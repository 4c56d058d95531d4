import { describe, expect, it } from "vitest";
import { type Finding, wordsFor } from "../../../components/src/probe/findings.ts";

const say = (finding: Finding, edge?: string) => {
    const { what, remedy } = wordsFor(finding, { hostname: "track.example.com", endpoint: "spgo.io", edge });
    return `${what}. ${remedy}`;
};

describe("what a finding means depends on the edge", () => {
    const at = { scheme: "https", status: 502 } as const;
    const itself = "https://track.example.com/f/a/b/c/d";

    it.each([["cloudflare"], ["fastly"], ["managed"], ["own"], [undefined]])("at %s", (edge) => {
        expect(say({ kind: "no-certificate", code: "X" }, edge)).toMatchSnapshot("no certificate");
        expect(say({ kind: "dns-only", address: "192.0.2.10" }, edge)).toMatchSnapshot("straight to the endpoint");
        expect(say({ kind: "origin-unreachable", ...at }, edge)).toMatchSnapshot("endpoint not reached");
        expect(say({ kind: "cdn-error", status: 409, errorCode: 1001 }, edge)).toMatchSnapshot("Cloudflare's error");
        expect(say({ kind: "redirected", ...at, location: itself }, edge)).toMatchSnapshot("redirect to itself");
    });

    it("a challenge names Cloudflare's settings at Cloudflare only", () => {
        const challenged: Finding = { kind: "challenged", agent: "browser", action: "challenge" };
        expect(say(challenged, "cloudflare")).toContain("Browser Integrity Check");
        expect(say(challenged, "fastly")).not.toContain("Browser Integrity Check");
    });

    it("an edge's own error is told in its words", () => {
        const said = say({ kind: "edge-error", status: 500, said: "unknown domain: track.example.com" }, "fastly");
        expect(said).toMatchSnapshot();
    });

    const page = { status: 302, contentLength: 0 };
    const findings: Finding[] = [
        { kind: "origin-unreachable", ...at },
        { kind: "client-blocked", ...at, agent: "none" },
        { kind: "client-blocked", ...at, agent: "browser" },
        { kind: "query-dropped", scheme: "https", edge: page },
        {
            kind: "query-changed",
            scheme: "https",
            location: "https://example.com/x",
            expected: "https://example.com/X",
        },
        { kind: "query-lost", ...at, location: "https://spgo.io/" },
        { kind: "wrong-redirect", ...at, location: "https://www.example.net/", expected: "https://spgo.io/" },
        { kind: "redirected", ...at, location: "https://spgo.io/" },
        { kind: "redirected", ...at, location: "https://track.example.com/" },
        { kind: "http-to-https", status: 301, location: "https://track.example.com/" },
        { kind: "not-redirected", scheme: "https", edge: page },
        { kind: "wrong-answer", scheme: "https", agent: "browser", edge: page, direct: page },
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
});

describe("a connection that fails", () => {
    const proxy = { address: "proxy.example.com:8080", variable: "HTTPS_PROXY" };
    it.each<[Finding]>([
        [{ kind: "connection-failed", scheme: "https", address: "192.0.2.10", code: "ETIMEDOUT", proxy }],
        [{ kind: "endpoint-unreachable", scheme: "http", code: "ETIMEDOUT", edgeStatus: 302, proxy }],
        [{ kind: "handshake-failed", code: "ECONNRESET", proxy }],
    ])("names the outbound proxy that isn't used: $kind", (finding) => {
        expect(say(finding)).toMatchSnapshot();
        expect(say({ ...finding, proxy: { problem: "HTTPS_PROXY isn't one" } } as Finding)).toMatchSnapshot("no proxy");
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
    expect(say({ kind: "certificate-refused", code, certificate, isIssuers: true })).toMatchSnapshot("intermediate");
    expect(say({ kind: "certificate-refused", code, certificate })).toMatchSnapshot("the host's");
});
