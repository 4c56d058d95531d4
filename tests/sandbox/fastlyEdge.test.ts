import { once } from "node:events";
import { request } from "node:http";
import { describe, expect, it } from "vitest";
import type { Faults, Sandbox, SandboxOptions, SeededService } from "../../dev/sandbox/index.ts";
import { call, ELSEWHERE, liveOnFastly } from "./fastlyWorld.ts";
import { events, HOST, world } from "./world.ts";

const CLICK = `https://${HOST}/f/a/b/c/d?target=https%3A%2F%2Fshop.example%2F`;
const OVER_HTTP = CLICK.replace("https:", "http:");

async function live(service?: Partial<SeededService>, options?: SandboxOptions): Promise<Sandbox> {
    const sandbox = await world({ ...ELSEWHERE, ...options });
    await liveOnFastly(sandbox, service);
    return sandbox;
}

/** Adds a block to a clone of the active version, and activates that. */
async function addBlock(sandbox: Sandbox, type: string, form: Record<string, string>): Promise<void> {
    const [service] = sandbox.fastly.services();
    const { number } = (await call(sandbox, `PUT /service/${service?.id}/version/${service?.active_version}/clone`))
        .json;
    await call(sandbox, `POST /service/${service?.id}/version/${number}/${type}`, { form });
    await call(sandbox, `PUT /service/${service?.id}/version/${number}/activate`);
}

/** A request over http with headers of the visitor's own. */
async function visit(sandbox: Sandbox, path: string, headers: Record<string, string>): Promise<void> {
    const rule = sandbox.probe.connectTo.find((one) => one.startsWith("192.0.2.40:80:"));
    const [, , host, port] = rule?.split(":") ?? [];
    const sent = request({ host, port, path, headers: { host: HOST, ...headers } }).end();
    const [response] = await once(sent, "response");
    await once(response.resume(), "end");
}

const tracked = (sandbox: Sandbox) => events(sandbox, "tracker-request");

describe("Fastly's edge", () => {
    it("brings a click to the tracker, over https and http, with its user agent", async () => {
        const sandbox = await live();
        expect(await sandbox.click(CLICK, { userAgent: "Mail/1.0" })).toMatchObject({
            ...{ status: 302, location: "https://shop.example/", address: "192.0.2.40" },
            certificateIssuer: "Sandbox CA",
            headers: { server: "msys-http", via: "1.1 varnish", "x-cache": "MISS", "x-robots-tag": "noindex" },
        });
        const other = `http://${HOST}/f/other`;
        expect((await sandbox.click(other)).status).toBe(302);
        expect(tracked(sandbox)).toMatchObject([
            { ...{ via: "edge", scheme: "https", visitorScheme: "https", event: "click", userAgent: "Mail/1.0" } },
            { via: "edge", scheme: "https", visitorScheme: "http" },
        ]);
        expect(events(sandbox, "edge-request")).toMatchObject([
            { edge: "fastly", host: HOST, scheme: "https", outcome: "relayed" },
            { edge: "fastly", host: HOST, scheme: "http", outcome: "relayed" },
        ]);
        expect(events(sandbox, "tls-handshake")).toMatchObject([{ host: HOST, ok: true, edge: "fastly" }]);
    });

    it.each([
        ["alert", { message: expect.stringMatching("handshake failure") }],
        ["reset", { code: "ECONNRESET" }],
    ] as const)(
        "ends the handshake (%s) while it has no certificate; http works",
        async (missingCertificate, error) => {
            const sandbox = await world({ ...ELSEWHERE, assumed: { missingCertificate } });
            sandbox.sparkpost.us.seed({ domain: HOST, verified: true });
            sandbox.fastly.seedService({ name: "track", domain: HOST });
            sandbox.dns.set({ name: HOST, type: "CNAME", value: "j.sni.global.fastly.net" });
            await expect(sandbox.click(CLICK)).rejects.toMatchObject(error);
            expect((await sandbox.click(OVER_HTTP)).status).toBe(302);
        },
    );

    it("knows no domain that isn't on an active version", async () => {
        const sandbox = await live();
        const [service] = sandbox.fastly.services();
        await call(sandbox, `PUT /service/${service?.id}/version/1/deactivate`);
        const answer = await sandbox.click(CLICK);
        expect([answer.status, answer.body.toString()]).toEqual([
            500,
            `Fastly error: unknown domain: ${HOST}. Please check that this domain has been added to a service.`,
        ]);
        expect(tracked(sandbox)).toEqual([]);
    });

    it("serves another customer's service too", async () => {
        const sandbox = await world(ELSEWHERE);
        sandbox.fastly.seedService({
            name: "theirs",
            domain: HOST,
            customer: "another",
            backend: { override_host: "x" },
        });
        sandbox.dns.set({ name: HOST, type: "CNAME", value: "j.sni.global.fastly.net" });
        expect((await sandbox.click(OVER_HTTP)).status).toBe(404);
        expect(sandbox.fastly.services()).toEqual([]);
    });

    it.each([
        ["expiredCertificate", "CERT_HAS_EXPIRED"],
        ["wrongCertificate", "ERR_TLS_CERT_ALTNAME_INVALID"],
        ["unknownIssuer", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ] satisfies [keyof Faults, string][])("with %s ends in %s", async (fault, code) => {
        const sandbox = await live({}, { faults: { [fault]: true } });
        await expect(sandbox.click(CLICK)).rejects.toMatchObject({ code });
    });
});

describe("the backend", () => {
    it.each([
        ["over TLS, checked", {}, 302],
        ["over TLS, not checked", { ssl_check_cert: false, ssl_cert_hostname: "" }, 302],
        ["over plain http", { port: 80, use_ssl: false }, 302],
        ["as an address", { address: "192.0.2.10" }, 302],
        ["without a server name", { ssl_sni_hostname: "" }, 503],
        ["with another name to check", { ssl_cert_hostname: "eu.spgo.io" }, 503],
        ["without a name to check", { ssl_cert_hostname: "" }, 503],
        ["with TLS on port 80", { port: 80, use_ssl: true }, 503],
        ["on another port", { port: 8443 }, 503],
        ["that has no address", { address: "nowhere.example" }, 503],
    ])("%s: %j is %i", async (_what, backend, status) => {
        const sandbox = await live({ backend });
        expect((await sandbox.click(CLICK)).status).toBe(status);
        expect(tracked(sandbox)).toHaveLength(status === 302 ? 1 : 0);
    });

    it("that is down is a 503, and isn't cached", async () => {
        const sandbox = await live({}, { faults: { originDown: true } });
        expect((await sandbox.click(CLICK)).status).toBe(503);
        sandbox.faults.originDown = false;
        expect((await sandbox.click(CLICK)).status).toBe(302);
    });

    it("changed by somebody else is the next version, which the edge serves at once", async () => {
        const sandbox = await live();
        sandbox.fastly.changeBackend("track", { ssl_sni_hostname: "" });
        expect((await sandbox.click(CLICK)).status).toBe(503);
    });
});

describe("a host that is replaced", () => {
    it.each([
        ["override_host of the backend", { backend: { override_host: "spgo.io" } }],
        ["default_host of the request settings", { requestSettings: { default_host: "spgo.io" } }],
    ])("by %s is told in X-Forwarded-Host, so over https only", async (_what, service) => {
        const sandbox = await live(service);
        expect((await sandbox.click(CLICK)).status).toBe(302);
        expect((await sandbox.click(OVER_HTTP.replace("/d", "/e"))).status).toBe(404);
        expect(tracked(sandbox)).toMatchObject([{ host: HOST }, { host: "spgo.io" }]);
    });
});

describe("the cache", () => {
    it("answers a 302 again for the default TTL, and the tracker doesn't hear of it", async () => {
        const sandbox = await live({ defaultTtl: 3600 });
        await sandbox.click(CLICK);
        expect(await sandbox.click(CLICK)).toMatchObject({
            ...{ status: 302, location: "https://shop.example/", headers: { "x-cache": "HIT" } },
        });
        await sandbox.click(OVER_HTTP);
        await sandbox.click(CLICK.replace("/d", "/e"));
        expect(events(sandbox, "edge-request").map(({ outcome }) => outcome)).toEqual([
            "relayed",
            "cached",
            "cached",
            "relayed",
        ]);
        expect(tracked(sandbox)).toHaveLength(2);
    });

    it("forgets after the TTL", async () => {
        const sandbox = await live({ defaultTtl: 10 }, { ttlScale: 0.001 });
        await sandbox.click(CLICK);
        await expect.poll(async () => (await sandbox.click(CLICK)).headers["x-cache"]).toBe("MISS");
    });

    it.each([
        ["action pass", { requestSettings: { action: "pass" } }],
        ["force_miss", { requestSettings: { force_miss: true } }],
        ["a TTL of 0", { defaultTtl: 0 }],
    ])("stays out of it with %s", async (_what, service) => {
        const sandbox = await live(service);
        await sandbox.click(CLICK);
        await sandbox.click(CLICK);
        expect(tracked(sandbox)).toHaveLength(2);
    });
});

describe("the visitor's address", () => {
    const SNIPPET = { name: "xff", type: "recv" };
    const address = (sandbox: Sandbox) => tracked(sandbox).at(-1)?.address;

    it("is appended to X-Forwarded-For over https only: over http the tracker sees the edge's", async () => {
        const sandbox = await live();
        await sandbox.click(CLICK);
        expect(address(sandbox)).toBe("127.0.0.1");
        await sandbox.click(OVER_HTTP.replace("/d", "/e"));
        expect(address(sandbox)).toBe("192.0.2.40");
    });

    it("isn't with xff leave", async () => {
        const sandbox = await live({ requestSettings: { xff: "leave" } });
        await sandbox.click(CLICK);
        expect(address(sandbox)).toBe("192.0.2.40");
    });

    it("over http is what the visitor says, unless a snippet sets it", async () => {
        const sandbox = await live();
        const spoofed = { "x-forwarded-for": "203.0.113.9" };
        await visit(sandbox, "/f/one", spoofed);
        expect(address(sandbox)).toBe("203.0.113.9");
        const content = "if (!fastly_info.edge.is_tls) {\n  set req.http.X-Forwarded-For = client.ip;\n}";
        await addBlock(sandbox, "snippet", { ...SNIPPET, content });
        await visit(sandbox, "/f/two", spoofed);
        expect(address(sandbox)).toBe("127.0.0.1");
    });
});

describe("request settings", () => {
    it("with force_ssl redirect http", async () => {
        const sandbox = await live({ requestSettings: { force_ssl: true } });
        expect(await sandbox.click(OVER_HTTP)).toMatchObject({ status: 301, location: CLICK });
        expect((await sandbox.click(CLICK)).status).toBe(302);
    });
});
