import { expect, it } from "vitest";
import { type Finding, wordsFor } from "../../../components/src/probe/findings.ts";

const subject = { hostname: "track.example.com", endpoint: "spgo.io", edge: "cloudflare" };
const certificate = { issuer: "Example Trust, R1", validTo: "2026-01-02T03:04:05.000Z", names: ["www.example.net"] };
const click = { status: 302, location: "https://example.com/", contentLength: 0, server: "msys-http" };
const page = { status: 200, contentLength: 512, server: "nginx" };
const refused = (code: string): Finding => ({ kind: "certificate-refused", code, certificate });
const servers = ["ns1.example.net", "ns2.example.net"];

const findings: Finding[] = [
    { kind: "zone-unknown", zone: "example.com" },
    { kind: "resolver-silent", servers: ["192.0.2.53"], name: "example.com", code: "ETIMEOUT" },
    { kind: "resolver-failed", servers: ["192.0.2.53"], name: "example.com", code: "ESERVFAIL" },
    { kind: "resolver-failed", servers: ["192.0.2.53"], name: "track.example.com", code: "ELOOP" },
    { kind: "name-servers-silent", servers },
    { kind: "no-such-name", servers },
    { kind: "negative-cache", servers: ["192.0.2.53"] },
    { kind: "endpoint-unreachable", scheme: "https", code: "ECONNREFUSED", edgeStatus: 521 },
    { kind: "endpoint-failing", answer: { ...page, status: 503 } },
    { kind: "connection-failed", scheme: "https", address: "192.0.2.10", code: "ECONNREFUSED" },
    { kind: "connection-failed", scheme: "http", address: "192.0.2.10", code: "ETIMEDOUT" },
    { kind: "connection-failed", scheme: "https", address: "2001:db8::1", code: "ENETUNREACH" },
    { kind: "no-certificate", code: "ERR_SSL_X" },
    { kind: "handshake-failed", code: "ECONNRESET" },
    { kind: "intermediate-missing", certificate },
    { kind: "dns-only", address: "192.0.2.20" },
    refused("CERT_HAS_EXPIRED"),
    refused("CERT_NOT_YET_VALID"),
    refused("ERR_TLS_CERT_ALTNAME_INVALID"),
    refused("DEPTH_ZERO_SELF_SIGNED_CERT"),
    refused("UNABLE_TO_GET_ISSUER_CERT_LOCALLY"),
    refused("CERT_REVOKED"),
    {
        kind: "addresses-fail",
        of: 3,
        failing: [
            {
                address: "2001:db8::1",
                finding: { kind: "connection-failed", scheme: "https", address: "2001:db8::1", code: "ETIMEDOUT" },
            },
            { address: "192.0.2.11", finding: { kind: "no-certificate", code: "X" } },
        ],
    },
    { kind: "login-required", scheme: "https", status: 302, location: "https://t.cloudflareaccess.com/x" },
    { kind: "client-blocked", scheme: "https", agent: "none", status: 403 },
    { kind: "origin-unreachable", scheme: "https", status: 502, server: "nginx" },
    { kind: "query-dropped", scheme: "http", edge: page },
    { kind: "query-changed", scheme: "http", location: "https://example.com/x", expected: "https://example.com/X" },
    { kind: "no-answer", scheme: "https", code: "ECONNRESET" },
    { kind: "challenged", agent: "none", action: "challenge" },
    { kind: "challenged", agent: "assistant", action: "challenge" },
    { kind: "answer-rewritten", scheme: "https", edge: { ...click, contentLength: 99 }, direct: click },
    { kind: "cdn-error", status: 521 },
    { kind: "cdn-error", status: 522 },
    { kind: "cdn-error", status: 523 },
    { kind: "cdn-error", status: 525 },
    { kind: "cdn-error", status: 526 },
    { kind: "cdn-error", status: 529 },
    { kind: "cdn-error", status: 409, errorCode: 1001 },
    { kind: "cdn-error", status: 530, errorCode: 1016 },
    { kind: "rate-limited", side: "edge", status: 403 },
    { kind: "http-to-https", status: 301, location: "https://track.example.com/f/a/b/c/d" },
    { kind: "redirected", scheme: "https", status: 302, location: "https://spgo.io/f/a/b/c/d" },
    { kind: "redirected", scheme: "https", status: 301, location: "https://spgo.io/f/a/b/c/d" },
    { kind: "query-lost", scheme: "https", status: 302, location: "https://spgo.io/f/a/b/c/d" },
    {
        kind: "wrong-redirect",
        scheme: "http",
        status: 302,
        location: "https://www.example.net/",
        expected: "https://spgo.io/f",
    },
    { kind: "wrong-redirect", scheme: "https", status: 301, location: "https://track.example.com/", expected: "x" },
    {
        kind: "wrong-redirect",
        scheme: "https",
        status: 308,
        location: "https://spgo.io/f",
        expected: "https://spgo.io/f",
    },
    { kind: "app-links", maker: "apple", fault: "missing", detail: "404" },
    { kind: "app-links", maker: "android", fault: "redirected", detail: "302 to https://spgo.io/" },
    { kind: "app-links", maker: "apple", fault: "type", detail: "text/html" },
    { kind: "app-links", maker: "android", fault: "content", detail: "" },
    { kind: "app-links", maker: "apple", fault: "apps", detail: "ABCDE12345.com.example.app" },
    { kind: "not-redirected", scheme: "https", edge: click },
    { kind: "redirected", scheme: "https", status: 301, location: "http://track.example.com/" },
    { kind: "redirected", scheme: "http", status: 301, location: "/other" },
    { kind: "wrong-answer", scheme: "https", agent: "browser", edge: page, direct: click },
];

/** The finding's kind, and its details in the order above: what its words have as their name. */
const caseOf = ({ kind, ...details }: Finding) =>
    [kind, ...Object.values(details).filter((detail) => typeof detail !== "object")].join(" ");

it.each(findings.map((finding) => [caseOf(finding), finding] as const))("words for %s", (_case, finding) => {
    const words = wordsFor(finding, subject);
    expect(words).toMatchSnapshot();
    expect(`${words.what} ${words.remedy}`).not.toMatch(/undefined|null|HOST|ENDPOINT|\.\.|\s\s/);
    expect(words.remedy).toMatch(/\.$/);
});

it("tells a host that Universal SSL doesn't cover", () => {
    const words = wordsFor({ kind: "no-certificate", code: "X" }, { ...subject, hostname: "track.mail.example.com" });
    expect(words.remedy).toMatchSnapshot();
});

it("names only the first of many servers", () => {
    const many = ["a", "b", "c", "d", "e", "f"].map((name) => `${name}.example.net`);
    expect(wordsFor({ kind: "no-such-name", servers: many }, subject).what).toContain("d.example.net and 2 more");
});

it("looks again later only when the endpoint asked for fewer requests", () => {
    expect(wordsFor({ kind: "rate-limited", side: "endpoint", status: 429 }, subject).again).toBe("later");
    expect(wordsFor({ kind: "no-such-name", servers }, subject).again).toBe("soon");
});

it("names mode redirect only where the redirect leads to the endpoint", () => {
    const finding = { kind: "redirected", scheme: "https", status: 301, location: "https://www.example.net/" } as const;
    expect(wordsFor(finding, subject).remedy).not.toContain("mode: redirect");
});
