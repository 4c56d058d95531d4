import { describe, expect, it } from "vitest";
import type { Faults, Sandbox, SslMode } from "../../dev/sandbox/index.ts";
import { cloudflare, events, HOST, liveHost, world } from "./world.ts";

const URL_OF_CLICK = `https://${HOST}/f/a/b/c/d?target=https%3A%2F%2Fshop.example%2F`;

async function addRule(sandbox: Sandbox, value: string, actions: { id: string; value: unknown }[], priority = 1) {
    const body = {
        targets: [{ target: "url", constraint: { operator: "matches", value } }],
        actions,
        priority,
        status: "active",
    };
    const zone = sandbox.cloudflare.zoneId("example.com");
    await cloudflare(sandbox).post(`/zones/${zone}/pagerules`, { body });
}

describe("the four outcomes of a host", () => {
    it("no name: it can't be found", async () => {
        const sandbox = await world();
        await expect(sandbox.click(URL_OF_CLICK)).rejects.toMatchObject({ code: "ENOTFOUND" });
        expect(events(sandbox, "click")).toMatchObject([{ host: HOST, error: "ENOTFOUND" }]);
    });

    it("DNS only: the click meets the endpoint, whose certificate doesn't fit; http works", async () => {
        const sandbox = await world();
        sandbox.sparkpost.us.seed({ domain: HOST, verified: true });
        sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: false });
        await expect(sandbox.click(URL_OF_CLICK)).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
        expect(await sandbox.click(URL_OF_CLICK.replace("https", "http"))).toMatchObject({
            status: 302,
            address: "192.0.2.10",
        });
    });

    it("proxied, with a certificate: the click arrives", async () => {
        const sandbox = await world();
        liveHost(sandbox);
        const answer = await sandbox.click(URL_OF_CLICK, { userAgent: "Mail/1.0" });
        expect(answer).toMatchObject({
            status: 302,
            location: "https://shop.example/",
            address: "192.0.2.30",
            certificateIssuer: "Sandbox CA",
            headers: { server: "cloudflare", "content-length": "0", "x-robots-tag": "noindex" },
        });
        expect(events(sandbox, "edge-request")).toMatchObject([
            { host: HOST, scheme: "https", status: 302, userAgent: "Mail/1.0" },
        ]);
        expect(events(sandbox, "tls-handshake")).toMatchObject([{ host: HOST, ok: true }]);
    });

    it("proxied, certificate not there yet: the handshake fails until it is", async () => {
        const sandbox = await world({ faults: { certificateDelay: 500 } });
        liveHost(sandbox);
        await expect(sandbox.click(URL_OF_CLICK)).rejects.toThrow("handshake failure");
        expect(events(sandbox, "tls-handshake")).toMatchObject([{ host: HOST, ok: false }]);
        await sandbox.waitFor(({ kind, host }) => kind === "certificate-ready" && host === HOST);
        expect((await sandbox.click(URL_OF_CLICK)).status).toBe(302);
    });
});

describe("the edge's certificate", () => {
    it("covers one label below the zone, not two", async () => {
        const sandbox = await world();
        liveHost(sandbox, "a.track.example.com");
        await expect(sandbox.click("https://a.track.example.com/")).rejects.toThrow("handshake failure");
    });

    it("that is missing may end in a reset instead of an alert, assumed", async () => {
        const sandbox = await world({
            assumed: { missingCertificate: "reset" },
            zones: [{ name: "example.com", certificate: false }],
        });
        liveHost(sandbox);
        await expect(sandbox.click(URL_OF_CLICK)).rejects.toMatchObject({ code: "ECONNRESET" });
        expect(events(sandbox, "tls-handshake")).toMatchObject([{ host: HOST, ok: false }]);
    });

    it("is issued for a DNS-only record too", async () => {
        const sandbox = await world();
        sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: false });
        expect(events(sandbox, "certificate-ready")).toMatchObject([{ host: HOST }]);
    });

    it.each([
        ["expiredCertificate", "CERT_HAS_EXPIRED"],
        ["wrongCertificate", "ERR_TLS_CERT_ALTNAME_INVALID"],
        ["unknownIssuer", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ] satisfies [keyof Faults, string][])("with %s ends in %s", async (fault, code) => {
        const sandbox = await world({ faults: { [fault]: true } });
        liveHost(sandbox);
        await expect(sandbox.click(URL_OF_CLICK)).rejects.toMatchObject({ code });
        sandbox.faults[fault] = false;
        expect((await sandbox.click(URL_OF_CLICK)).status).toBe(302);
    });
});

describe("SSL modes", () => {
    it.each([
        ["flexible", "https", "http"],
        ["full", "https", "https"],
        ["full", "http", "http"],
        ["off", "http", "http"],
    ] satisfies [SslMode, string, string][])(
        "%s: asked over %s, the origin is asked over %s",
        async (ssl, visitorScheme, scheme) => {
            const sandbox = await world({ zones: [{ name: "example.com", ssl }] });
            liveHost(sandbox);
            expect((await sandbox.click(URL_OF_CLICK.replace("https", visitorScheme))).status).toBe(302);
            expect(events(sandbox, "tracker-request")).toMatchObject([{ scheme, visitorScheme }]);
        },
    );

    it("off: https is sent to http", async () => {
        const sandbox = await world();
        liveHost(sandbox);
        sandbox.cloudflare.setSsl("example.com", "off");
        expect(await sandbox.click(URL_OF_CLICK)).toMatchObject({
            status: 301,
            location: URL_OF_CLICK.replace("https", "http"),
        });
    });

    it.each([
        ["accepted", 302],
        ["refused", 526],
    ] as const)("strict: the endpoint's own certificate is %s, assumed: %d", async (strictOrigin, status) => {
        const sandbox = await world({ zones: [{ name: "example.com", ssl: "strict" }], assumed: { strictOrigin } });
        liveHost(sandbox);
        expect((await sandbox.click(URL_OF_CLICK)).status).toBe(status);
    });
});

describe("page rules", () => {
    it("forward, with what the star caught, query included; nothing reaches the tracker", async () => {
        const sandbox = await world();
        liveHost(sandbox);
        await addRule(sandbox, `${HOST}/*`, [
            { id: "forwarding_url", value: { url: "https://spgo.io/$1", status_code: 302 } },
        ]);
        const location = URL_OF_CLICK.replace(HOST, "spgo.io");
        expect(await sandbox.click(URL_OF_CLICK)).toMatchObject({ status: 302, location });
        expect(events(sandbox, "tracker-request")).toEqual([]);
    });

    it("override the zone's settings, and the highest priority alone fires", async () => {
        const sandbox = await world({ zones: [{ name: "example.com", ssl: "flexible" }] });
        liveHost(sandbox);
        await addRule(sandbox, `${HOST}/*`, [{ id: "ssl", value: "full" }], 1);
        await sandbox.click(URL_OF_CLICK);
        await addRule(sandbox, "*example.com/*", [{ id: "cache_level", value: "bypass" }], 2);
        await sandbox.click(URL_OF_CLICK);
        expect(events(sandbox, "tracker-request").map(({ scheme }) => scheme)).toEqual(["https", "http"]);
    });

    it.each([
        ["passed", 302],
        ["challenged", 403],
    ] as const)(
        "switch the browser check off; without one no user agent is %s, assumed: %d",
        async (noUserAgent, status) => {
            const sandbox = await world({ assumed: { noUserAgent } });
            liveHost(sandbox);
            expect((await sandbox.click(URL_OF_CLICK, { userAgent: "" })).status).toBe(status);
            await addRule(sandbox, `${HOST}/*`, [{ id: "browser_check", value: "off" }]);
            expect((await sandbox.click(URL_OF_CLICK, { userAgent: "" })).status).toBe(302);
        },
    );
});

describe("what goes wrong at the edge", () => {
    it("is 521 when the origin is down, for those who ask it directly too", async () => {
        const sandbox = await world({ faults: { originDown: true } });
        liveHost(sandbox);
        expect((await sandbox.click(URL_OF_CLICK)).status).toBe(521);
        await expect(sandbox.click("https://spgo.io/")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    });

    it.each([
        [{ type: "A", content: "198.51.100.1" }, 522],
        [{ type: "CNAME", content: "nowhere.example" }, 530],
        [{ type: "CNAME", content: "other.example.com" }, 403],
    ] as const)("with the origin %j is %d", async (origin, status) => {
        const sandbox = await world();
        sandbox.cloudflare.seedRecord({ name: "other.example.com", content: "spgo.io", proxied: true });
        sandbox.cloudflare.seedRecord({ name: HOST, proxied: true, ...origin });
        expect((await sandbox.click(URL_OF_CLICK)).status).toBe(status);
    });

    it("is 409 with error 1001 for a host that was proxied a moment ago", async () => {
        const sandbox = await world();
        liveHost(sandbox);
        await sandbox.click(URL_OF_CLICK);
        sandbox.cloudflare.removeRecord(HOST);
        const answer = await sandbox.click(URL_OF_CLICK);
        expect([answer.status, answer.body.toString()]).toEqual([409, "error code: 1001"]);
    });

    it.each([
        [{ edgeChallenge: true }, { status: 403, headers: { "cf-mitigated": "challenge" } }],
        [{ edgeRedirect: "https://www.example.com/" }, { status: 301, location: "https://www.example.com/" }],
        [{ strangerOrigin: true }, { status: 404 }],
        [{ trackerForbidden: true }, { status: 403, headers: { "content-length": "0" } }],
    ] as const)("is as told: %j", async (faults, answer) => {
        const sandbox = await world({ faults });
        liveHost(sandbox);
        expect(await sandbox.click(URL_OF_CLICK)).toMatchObject(answer);
    });

    it.each([
        ["true", "https://spgo.io/f/a", "https://spgo.io/f/a"],
        [
            `(http.host eq "${HOST}")`,
            { expression: 'concat("https://spgo.io", http.request.uri.path)' },
            "https://spgo.io/f/b",
        ],
        [
            `http.host in {"a.example.com" "${HOST}"}`,
            { expression: 'concat("https://spgo.io", http.request.uri)' },
            "https://spgo.io/f/b?target=x",
        ],
        [
            `(http.request.full_uri wildcard r"http*://${HOST}/*")`,
            { expression: `wildcard_replace(http.request.full_uri, r"http*://${HOST}/*", r"https://spgo.io/\${2}")` },
            "https://spgo.io/f/b?target=x",
        ],
        [
            `(http.host eq "${HOST}" and starts_with(http.request.uri.path, "/f/"))`,
            "https://a.example/",
            "https://a.example/",
        ],
        ['(http.host eq "www.example.com")', "https://a.example/", undefined],
        [`(http.host eq "${HOST}" and starts_with(http.request.uri.path, "/q/"))`, "https://a.example/", undefined],
    ] as const)("is a redirect by a rule of the zone: %s", async (expression, target_url, location) => {
        const sandbox = await world();
        liveHost(sandbox);
        sandbox.cloudflare.seedRedirectRule("example.com", { expression: "true", target_url: "x", enabled: false });
        sandbox.cloudflare.seedRedirectRule("example.com", { expression, target_url });
        const answer = await sandbox.click(`https://${HOST}/f/b?target=x`);
        expect([answer.status, answer.location]).toEqual(location ? [301, location] : [302, "x"]);
    });

    it("is a redirect that keeps the query where the rule says so, and comes before a page rule", async () => {
        const sandbox = await world();
        liveHost(sandbox);
        await addRule(sandbox, `${HOST}/*`, [
            { id: "forwarding_url", value: { url: "https://page.example/$1", status_code: 301 } },
        ]);
        sandbox.cloudflare.seedRedirectRule("example.com", {
            expression: "true",
            target_url: "https://spgo.io/f/a",
            preserve_query_string: true,
            status_code: 302,
        });
        expect(await sandbox.click(`https://${HOST}/f/b?target=x`)).toMatchObject({
            status: 302,
            location: "https://spgo.io/f/a?target=x",
        });
    });

    it("is a redirect of http alone where https is always used", async () => {
        const sandbox = await world({ faults: { httpsRedirect: true } });
        liveHost(sandbox);
        expect((await sandbox.click(URL_OF_CLICK)).status).toBe(302);
        expect(await sandbox.click(URL_OF_CLICK.replace("https", "http"))).toMatchObject({
            status: 301,
            location: URL_OF_CLICK,
        });
    });
});
