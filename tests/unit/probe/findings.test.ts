import { describe, expect, it } from "vitest";
import { type Finding, wordsFor } from "../../../components/src/probe/findings.ts";

const subject = { hostname: "track.example.com", endpoint: "spgo.io", edge: "cloudflare" };
const certificate = { issuer: "Example Trust, R1", validTo: "2026-01-02T03:04:05.000Z", names: ["www.example.net"] };
const click = { status: 302, location: "https://example.com/", contentLength: 0, server: "msys-http" };
const page = { status: 200, contentLength: 512, server: "nginx" };
const refused = (code: string): Finding => ({ kind: "certificate-refused", code, certificate });
const servers = ["ns1.example.net", "ns2.example.net"];

describe("every finding says what was found, and what to do", () => {
    it.each<[Finding, RegExp, RegExp]>([
        [{ kind: "zone-unknown", zone: "example.com" }, /no name servers for example\.com/, /registrar/],
        [
            { kind: "resolver-silent", servers: ["192.0.2.53"], name: "example.com", code: "ETIMEOUT" },
            /192\.0\.2\.53 gave no answer about example\.com \(ETIMEOUT\)/,
            /option resolver/,
        ],
        [
            { kind: "resolver-silent", servers: ["192.0.2.53"], name: "example.com", code: "ESERVFAIL" },
            /ESERVFAIL/,
            /DS record/,
        ],
        [{ kind: "name-servers-silent", servers }, /none of the name servers in nameServers answers/, /nameServers/],
        [{ kind: "no-such-name", servers }, /no such name: ns1\.example\.net, ns2\.example\.net/, /record exists/],
        [
            { kind: "absence-remembered", servers: ["192.0.2.53"] },
            /192\.0\.2\.53 still finds no address/,
            /up to 30 minutes/,
        ],
        [
            { kind: "endpoint-silent", scheme: "https", code: "ECONNREFUSED", edgeStatus: 521 },
            /endpoint spgo\.io, asked without the edge, didn't answer over https \(ECONNREFUSED\); the edge answered 521/,
            /account\.endpoint/,
        ],
        [{ kind: "endpoint-failing", answer: { ...page, status: 503 } }, /answered 503, 512 bytes/, /status page/],
        [
            { kind: "unconnected", scheme: "https", address: "192.0.2.10", code: "ECONNREFUSED" },
            /\(192\.0\.2\.10\) refused the connection on port 443/,
            /leads to the edge/,
        ],
        [
            { kind: "unconnected", scheme: "http", address: "192.0.2.10", code: "ETIMEDOUT" },
            /didn't answer in time on port 80/,
            /Both ports must stay open/,
        ],
        [
            { kind: "unconnected", scheme: "https", address: "2001:db8::1", code: "ENETUNREACH" },
            /can't be reached from this machine/,
            /this machine may connect/,
        ],
        [
            { kind: "no-certificate", code: "ERR_SSL_X" },
            /no certificate for track\.example\.com yet/,
            /^Wait: .*24 hours/,
        ],
        [{ kind: "handshake-failed", code: "ECONNRESET" }, /TLS handshake .* failed \(ECONNRESET\)/, /port 443/],
        [{ kind: "dns-only", address: "192.0.2.20" }, /straight to spgo\.io \(192\.0\.2\.20\)/, /proxied: true/],
        [refused("CERT_HAS_EXPIRED"), /expired on 2026-01-02T03:04:05\.000Z/, /Renew/],
        [refused("CERT_NOT_YET_VALID"), /isn't valid yet/, /clock/],
        [
            refused("ERR_TLS_CERT_ALTNAME_INVALID"),
            /is for www\.example\.net, not for track\.example\.com/,
            /was issued/,
        ],
        [refused("DEPTH_ZERO_SELF_SIGNED_CERT"), /self-signed \(Example Trust, R1\)/, /public authority/],
        [refused("UNABLE_TO_GET_ISSUER_CERT_LOCALLY"), /unknown issuer \(Example Trust, R1\)/, /caFile/],
        [refused("CERT_REVOKED"), /refused \(CERT_REVOKED/, /Replace it/],
        [
            {
                kind: "addresses-fail",
                of: 3,
                failing: [
                    {
                        address: "2001:db8::1",
                        finding: { kind: "unconnected", scheme: "https", address: "2001:db8::1", code: "ETIMEDOUT" },
                    },
                    { address: "192.0.2.11", finding: { kind: "no-certificate", code: "X" } },
                ],
            },
            /^2 of the 3 addresses .*2001:db8::1\) didn't answer in time on port 443; 192\.0\.2\.11: the edge has no certificate/,
            /take those addresses out of DNS/,
        ],
        [
            { kind: "login", scheme: "https", status: 302, location: "https://t.cloudflareaccess.com/x" },
            /a login of Cloudflare Access/,
            /Bypass/,
        ],
        [
            { kind: "turned-away", scheme: "https", agent: "none", status: 403 },
            /without User-Agent.* with 403: a filter stops mail scanners/,
            /without User-Agent through/,
        ],
        [
            { kind: "origin-unreached", scheme: "https", status: 502, server: "nginx" },
            /502 over https \(server nginx\): it doesn't reach spgo\.io/,
            /content is spgo\.io/,
        ],
        [
            { kind: "query-dropped", scheme: "http", edge: page },
            /drops the query of a click over http/,
            /Every click would lose where it leads/,
        ],
        [
            {
                kind: "query-changed",
                scheme: "http",
                location: "https://example.com/x",
                expected: "https://example.com/X",
            },
            /changes the query .* over http: it leads to https:\/\/example\.com\/x instead of https:\/\/example\.com\/X/,
            /lead elsewhere/,
        ],
        [{ kind: "unanswered", scheme: "https", code: "ECONNRESET" }, /reset the connection instead of/, /the edge/],
        [{ kind: "challenged", agent: "none", action: "challenge" }, /without User-Agent.*cf-mitigated/, /Integrity/],
        [{ kind: "cdn-error", status: 521 }, /521: the origin refuses/, /content is spgo\.io/],
        [{ kind: "cdn-error", status: 522 }, /522: the origin didn't take/, /content is spgo\.io/],
        [{ kind: "cdn-error", status: 523 }, /523: the origin can't be reached/, /content is spgo\.io/],
        [{ kind: "cdn-error", status: 525 }, /525: the TLS handshake with the origin/, /SNI/],
        [{ kind: "cdn-error", status: 526 }, /526: the origin's certificate/, /SSL mode to Full/],
        [{ kind: "cdn-error", status: 529 }, /529: it couldn't serve/, /documentation/],
        [{ kind: "cdn-error", status: 409, errorCode: 1001 }, /409, error 1001: it doesn't know track/, /300 s/],
        [{ kind: "cdn-error", status: 530, errorCode: 1016 }, /530, error 1016: .*resolve/, /content is spgo\.io/],
        [{ kind: "tracker-forbids", side: "edge", status: 403 }, /tracker itself answered 403/, /too many requests/],
        [
            { kind: "upgraded", status: 301, location: "https://track.example.com/f/a/b/c/d" },
            /redirects http:\/\/track\.example\.com to https \(301 to /,
            /leave this host out of that redirect/,
        ],
        [
            { kind: "redirected", scheme: "https", status: 302, location: "https://spgo.io/f/a/b/c/d" },
            /to the endpoint itself \(302 to https:\/\/spgo\.io\//,
            /page rule or redirect rule/,
        ],
        [
            { kind: "redirected", scheme: "https", status: 301, location: "https://spgo.io/f/a/b/c/d" },
            /to the endpoint itself/,
            /guide of 2020 on purpose says `mode: redirect`/,
        ],
        [
            { kind: "query-lost", scheme: "https", status: 302, location: "https://spgo.io/f/a/b/c/d" },
            /loses the query string \(302 to https:\/\/spgo\.io\/f\/a\/b\/c\/d\)/,
            /lose where it leads.*https:\/\/spgo\.io\/\$1/,
        ],
        [
            {
                kind: "misdirected",
                scheme: "http",
                status: 302,
                location: "https://www.example.net/",
                expected: "https://spgo.io/f",
            },
            /redirects http:\/\/track\.example\.com elsewhere \(302 to https:\/\/www\.example\.net\/\) instead of to https:\/\/spgo\.io\/f/,
            /account\.endpoint.*comes first/,
        ],
        [
            {
                kind: "misdirected",
                scheme: "https",
                status: 301,
                location: "https://track.example.com/",
                expected: "x",
            },
            /to itself/,
            /another page rule or redirect rule/,
        ],
        [
            {
                kind: "misdirected",
                scheme: "https",
                status: 308,
                location: "https://spgo.io/f",
                expected: "https://spgo.io/f",
            },
            /with 308 instead of 301 or 302/,
            /another rule of the zone/,
        ],
        [
            { kind: "relayed", scheme: "https", edge: click },
            /relays what spgo\.io answers over https .* instead of redirecting/,
            /off, gone, or outranked.*Links work all the same.*`mode: proxy`/,
        ],
        [
            { kind: "redirected", scheme: "https", status: 301, location: "http://track.example.com/" },
            /to itself/,
            /SSL mode to Full/,
        ],
        [
            { kind: "redirected", scheme: "http", status: 301, location: "/other" },
            /to elsewhere \(301/,
            /redirect rule/,
        ],
        [
            { kind: "stranger", scheme: "https", agent: "browser", edge: page, direct: click },
            /a browser over https with 200, 512 bytes, server nginx, the endpoint spgo\.io with 302 to https:\/\/example\.com\//,
            /Host header/,
        ],
    ])("%j", (finding, what, remedy) => {
        const words = wordsFor(finding, subject);
        expect(words.what).toMatch(what);
        expect(words.remedy).toMatch(remedy);
        expect(`${words.what} ${words.remedy}`).not.toMatch(/undefined|null|HOST|ENDPOINT|\.\.|\s\s/);
        expect(words.remedy).toMatch(/\.$/);
    });
});

it("tells a host that Universal SSL doesn't cover", () => {
    const words = wordsFor({ kind: "no-certificate", code: "X" }, { ...subject, hostname: "track.mail.example.com" });
    expect(words.remedy).toMatch(/more than one label below example\.com.*or use a name like track\.example\.com/);
});

it("names only the first of many servers", () => {
    const many = ["a", "b", "c", "d", "e", "f"].map((name) => `${name}.example.net`);
    expect(wordsFor({ kind: "no-such-name", servers: many }, subject).what).toContain("d.example.net and 2 more");
});

it("looks again later only when the endpoint asked for fewer requests", () => {
    expect(wordsFor({ kind: "tracker-forbids", side: "endpoint", status: 429 }, subject).again).toBe("later");
    expect(wordsFor({ kind: "no-such-name", servers }, subject).again).toBe("soon");
});

it("names mode redirect only where the redirect leads to the endpoint", () => {
    const finding = { kind: "redirected", scheme: "https", status: 301, location: "https://www.example.net/" } as const;
    expect(wordsFor(finding, subject).remedy).not.toContain("mode: redirect");
});
