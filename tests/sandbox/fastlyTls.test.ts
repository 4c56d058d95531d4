import { describe, expect, it, vi } from "vitest";
import type { Sandbox, SandboxOptions } from "../../dev/sandbox/index.ts";
import { call, ELSEWHERE, fastly, prove, subscribe, subscriptionFor } from "./fastlyWorld.ts";
import { events, HOST, world } from "./world.ts";

/** A host on an active service, nothing else. */
async function served(options?: SandboxOptions): Promise<Sandbox> {
    const sandbox = await world({ ...ELSEWHERE, ...options });
    sandbox.fastly.seedService({ name: "track", domain: HOST });
    return sandbox;
}

const stateOf = async (sandbox: Sandbox, id: string) =>
    (await call(sandbox, `GET /tls/subscriptions/${id}`)).json.data.attributes.state;

const states = (sandbox: Sandbox) => events(sandbox, "subscription-state").map(({ state }) => state);

const certified = (sandbox: Sandbox) => sandbox.waitFor(({ kind }) => kind === "certificate-ready");

const waits = (sandbox: Sandbox, why: RegExp) =>
    sandbox.waitFor(({ kind, obstacle }) => kind === "issuance-waits" && why.test(String(obstacle)));

describe("a TLS subscription", () => {
    it("names one of the customer's own configurations where there is no default one", async () => {
        const sandbox = await served({ fastlyConfigurations: ["ours"] });
        const order = (id?: string) => {
            const configuration = id && { tls_configuration: { data: { type: "tls_configuration", id } } };
            const data = subscriptionFor([HOST], "lets-encrypt", configuration || {});
            return call(sandbox, "POST /tls/subscriptions", { data });
        };
        expect((await order()).status).toBe(400);
        expect((await order("theirs")).status).toBe(404);
        const { status, json } = await order("ours");
        expect([status, json.data.relationships.tls_configuration.data.id]).toEqual([201, "ours"]);
    });

    it("is answered in JSON:API, with the relations and challenges that the provider needs", async () => {
        const sandbox = await served();
        const { status, headers, json } = await call(sandbox, "POST /tls/subscriptions", {
            data: subscriptionFor([HOST], "lets-encrypt", { common_name: { data: { type: "tls_domain", id: HOST } } }),
        });
        expect([status, headers.get("content-type")]).toEqual([201, "application/vnd.api+json"]);
        const { id } = json.data;
        const read = await call(sandbox, `GET /tls/subscriptions/${id}?include=tls_authorizations`);
        expect(read.json).toEqual(json);
        expect(json.data).toMatchObject({
            type: "tls_subscription",
            attributes: {
                ...{ certificate_authority: "lets-encrypt", state: "pending" },
                ...{ created_at: expect.any(String), updated_at: expect.any(String) },
            },
            relationships: {
                tls_authorizations: { data: [{ type: "tls_authorization", id: json.included[0].id }] },
                tls_certificates: { data: [] },
                tls_domains: { data: [{ type: "tls_domain", id: HOST }] },
                common_name: { data: { type: "tls_domain", id: HOST } },
                tls_configuration: { data: { type: "tls_configuration", id: expect.any(String) } },
            },
        });
        expect(json.included[0].attributes.challenges).toEqual([
            {
                ...{ type: "managed-dns", record_type: "CNAME", record_name: `_acme-challenge.${HOST}` },
                values: [expect.stringMatching(/^[a-z0-9]+\.fastly-validations\.com$/)],
            },
            {
                type: "managed-http-cname",
                record_type: "CNAME",
                record_name: HOST,
                values: ["j.sni.global.fastly.net"],
            },
            { type: "managed-http-a", record_type: "A", record_name: HOST, values: ["192.0.2.40"] },
        ]);
        expect((await call(sandbox, `GET /tls/subscriptions/${id}`)).json.included).toBeUndefined();
    });

    it("takes the relation's name from Fastly's Go client too, and lower-cases hosts", async () => {
        const sandbox = await served();
        const tls_domain = { data: [{ type: "tls_domain", id: HOST.toUpperCase() }] };
        const data = { type: "tls_subscription", attributes: {}, relationships: { tls_domain } };
        const { json } = await call(sandbox, "POST /tls/subscriptions", { data });
        expect(json.data).toMatchObject({
            attributes: { certificate_authority: "certainly" },
            relationships: { common_name: { data: { id: HOST } } },
        });
    });

    it("needs its host on an active service, a known authority, and a common name among its hosts", async () => {
        const sandbox = await world(ELSEWHERE);
        const post = async (...args: Parameters<typeof subscriptionFor>) => {
            const { status, json } = await call(sandbox, "POST /tls/subscriptions", { data: subscriptionFor(...args) });
            return [status, json.errors?.[0]?.detail];
        };
        expect(await post([HOST])).toEqual([400, `Please add ${HOST} to an active service to begin TLS enablement.`]);
        sandbox.fastly.seedService({ name: "another's", domain: HOST, customer: "another" });
        expect((await post([HOST]))[0]).toBe(400);
        sandbox.fastly.seedService({ name: "track", domain: "t.example.com" });
        expect(await post(["t.example.com"], "verisign")).toEqual([400, expect.stringMatching("verisign")]);
        const common_name = { data: { type: "tls_domain", id: "other.example.com" } };
        expect((await post(["t.example.com"], "globalsign", { common_name }))[0]).toBe(400);
        expect(sandbox.fastly.subscriptions()).toEqual([]);
        expect((await post(["t.example.com"], "globalsign"))[0]).toBe(201);
    });

    it("waits for the alias that proves its host, is processed, and issued after the delay", async () => {
        const sandbox = await served({ faults: { fastlyCertificateDelay: 1 } });
        const { id } = await subscribe(sandbox);
        await waits(sandbox, /alias of nothing/);
        expect(await stateOf(sandbox, id)).toBe("pending");
        sandbox.dns.set({ name: `_acme-challenge.${HOST}`, type: "CNAME", value: "elsewhere.fastly-validations.com" });
        await waits(sandbox, /alias of elsewhere\.fastly-validations\.com/);
        expect(await stateOf(sandbox, id)).toBe("pending");
        prove(sandbox);
        expect(await certified(sandbox)).toMatchObject({ host: HOST, edge: "fastly" });
        expect(states(sandbox)).toEqual(["processing", "issued"]);
        const { json } = await call(sandbox, `GET /tls/subscriptions/${id}`);
        expect(json.data.attributes).toMatchObject({ state: "issued", has_active_order: false });
        expect(json.data.relationships.tls_certificates.data).toMatchObject([{ type: "tls_certificate" }]);
    });

    it("has no certificate at the edge while it is processed", async () => {
        const sandbox = await served({ faults: { fastlyCertificateDelay: 60_000 } });
        const { id } = await subscribe(sandbox);
        prove(sandbox);
        await sandbox.waitFor(({ state }) => state === "processing");
        sandbox.dns.set({ name: HOST, type: "CNAME", value: "j.sni.global.fastly.net" });
        await expect(sandbox.click(`https://${HOST}/f/a`)).rejects.toThrow("handshake failure");
        expect(await stateOf(sandbox, id)).toBe("processing");
    });

    it("is proven by Cloudflare's DNS as well", async () => {
        const sandbox = await served({ zones: [{ name: "example.com" }], otherZones: [] });
        await subscribe(sandbox);
        const [subscription] = sandbox.fastly.subscriptions();
        sandbox.cloudflare.seedRecord({
            name: `_acme-challenge.${HOST}`,
            content: subscription?.hosts[0]?.challenge ?? "",
        });
        await sandbox.waitFor(({ kind, edge }) => kind === "certificate-ready" && edge === "fastly");
    });

    it("for several hosts needs all of them proven", async () => {
        const sandbox = await served();
        sandbox.fastly.seedService({ name: "other", domain: "other.example.com" });
        await subscribe(sandbox, [HOST, "other.example.com"]);
        prove(sandbox);
        await waits(sandbox, /_acme-challenge\.other\.example\.com/);
        prove(sandbox, "other.example.com");
        await certified(sandbox);
        expect(events(sandbox, "certificate-ready").map(({ host }) => host)).toEqual([HOST, "other.example.com"]);
    });

    it("fails as told, and can be tried again", async () => {
        const sandbox = await served({ faults: { fastlySubscriptionFails: true } });
        const { id } = await subscribe(sandbox);
        prove(sandbox);
        await sandbox.waitFor(({ kind, state }) => kind === "subscription-state" && state === "failed");
        expect(await stateOf(sandbox, id)).toBe("failed");
        sandbox.faults.fastlySubscriptionFails = false;
        const data = { type: "tls_subscription", id, attributes: { state: "retry" } };
        expect((await call(sandbox, `PATCH /tls/subscriptions/${id}`, { data })).status).toBe(200);
        await certified(sandbox);
        expect(states(sandbox)).toEqual(["failed", "pending", "processing", "issued"]);
    });

    it("renews, and keeps its certificate meanwhile; without the alias it goes on renewing", async () => {
        const sandbox = await served();
        const { id } = await subscribe(sandbox);
        prove(sandbox);
        await certified(sandbox);
        const [before] = sandbox.fastly.subscriptions();
        sandbox.dns.remove(`_acme-challenge.${HOST}`);
        const { at: until = 0 } = sandbox.timeline.at(-1) ?? {};
        sandbox.fastly.renew(HOST);
        await sandbox.waitFor(({ kind, at }) => kind === "issuance-waits" && at > until);
        expect(await stateOf(sandbox, id)).toBe("renewing");
        expect(sandbox.fastly.subscriptions()[0]?.certificate).toEqual(before?.certificate);
        prove(sandbox);
        await expect.poll(() => stateOf(sandbox, id)).toBe("issued");
        expect(sandbox.fastly.subscriptions()[0]?.certificate?.id).not.toBe(before?.certificate?.id);
        expect(states(sandbox).slice(2)).toEqual(["renewing", "issued"]);
    });

    it("with an active domain is changed or deleted by force only", async () => {
        const sandbox = await served();
        sandbox.fastly.seedService({ name: "other", domain: "other.example.com" });
        const { id } = await subscribe(sandbox);
        prove(sandbox);
        await certified(sandbox);
        const data = { ...subscriptionFor([HOST, "other.example.com"]), id };
        expect((await call(sandbox, `PATCH /tls/subscriptions/${id}`, { data })).status).toBe(400);
        const changed = await call(sandbox, `PATCH /tls/subscriptions/${id}?force=true`, { data });
        expect(changed.json.data.relationships.tls_domains.data).toHaveLength(2);
        expect(changed.json.included.map(({ id: authorization }: { id: string }) => authorization)).toContain(
            sandbox.fastly.subscriptions()[0]?.hosts[0]?.authorization,
        );
        const api = fastly(sandbox, "TlsSubscriptionsApi");
        await expect(api.deleteTlsSub({ tls_subscription_id: id })).rejects.toMatchObject({ status: 400 });
        expect((await call(sandbox, `DELETE /tls/subscriptions/${id}?force=true`)).status).toBe(204);
        expect((await call(sandbox, `GET /tls/subscriptions/${id}`)).status).toBe(404);
        expect(events(sandbox, "subscription-created", "subscription-deleted")).toHaveLength(2);
    });

    it("that is pending is deleted without force, and issued no more", async () => {
        const sandbox = await served({ faults: { fastlyCertificateDelay: 500 } });
        const { id } = await subscribe(sandbox);
        prove(sandbox);
        await sandbox.waitFor(({ state }) => state === "processing");
        expect((await call(sandbox, `DELETE /tls/subscriptions/${id}`)).status).toBe(204);
        await subscribe(sandbox);
        prove(sandbox);
        await certified(sandbox);
        expect(states(sandbox)).toEqual(["processing", "processing", "issued"]);
    });
});

describe("lists", () => {
    it("of subscriptions come newest first, filtered and in pages", async () => {
        const sandbox = await served();
        sandbox.fastly.seedService({ name: "other", domain: "other.example.com" });
        const { id } = await subscribe(sandbox);
        const { id: other } = await subscribe(sandbox, ["other.example.com"], "globalsign");
        const ids = async (query: string) =>
            (await call(sandbox, `GET /tls/subscriptions${query}`)).json.data.map((one: { id: string }) => one.id);
        expect(await ids("")).toEqual([other, id]);
        expect(await ids("?sort=created_at")).toEqual([id, other]);
        expect(await ids(`?filter[tls_domains.id]=${HOST}`)).toEqual([id]);
        expect(await ids("?filter[certificate_authority]=globalsign")).toEqual([other]);
        expect(await ids("?filter[state]=issued")).toEqual([]);
        expect(await ids("?page[number]=2&page[size]=1")).toEqual([id]);
        const { meta } = await fastly(sandbox, "TlsSubscriptionsApi").listTlsSubs({ page_size: 1 });
        expect(meta).toMatchObject({ current_page: 1, per_page: 1, record_count: 2, total_pages: 2 });
    });

    it("of TLS domains name subscription, certificate and activation, once there is one", async () => {
        const sandbox = await served();
        const { id } = await subscribe(sandbox);
        const domains = async (query = "") => (await call(sandbox, `GET /tls/domains${query}`)).json;
        expect((await domains()).data).toMatchObject([
            {
                ...{ id: HOST, type: "tls_domain" },
                relationships: { tls_subscriptions: { data: [{ id }] }, tls_certificates: { data: [] } },
            },
        ]);
        expect((await domains("?filter[in_use]=true")).data).toEqual([]);
        prove(sandbox);
        await certified(sandbox);
        const certificate = sandbox.fastly.subscriptions()[0]?.certificate;
        const { data, included } = await domains(
            `?filter[tls_certificates.id]=${certificate?.id}&include=tls_activations`,
        );
        expect(data[0].relationships).toMatchObject({
            tls_certificates: { data: [{ id: certificate?.id }] },
            tls_activations: { data: [{ id: certificate?.activations[0]?.id }] },
        });
        expect(included).toMatchObject([
            { type: "tls_activation", relationships: { tls_domain: { data: { id: HOST } } } },
        ]);
        expect((await domains("?filter[tls_certificates.id]=other")).data).toEqual([]);
    });

    it.each(["/tls/subscriptions?filter[has_active_order]=true", "/tls/domains?include=tls_certificates", "/tls/keys"])(
        "with %s are a 501",
        async (path) => {
            vi.spyOn(console, "error").mockReturnValue();
            expect((await call(await served(), `GET ${path}`)).status).toBe(501);
        },
    );
});

describe("CAA records", () => {
    it.each([
        ["of the host", HOST, ['0 issue "pki.goog"', '0 issue "digicert.com"']],
        ["of a parent", "example.com", ['0 issue ";"']],
        ["for another way of proving it", HOST, ['0 issue "letsencrypt.org; validationmethods=http-01"']],
        ["for another account", HOST, ['0 issue "letsencrypt.org; accounturi=https://acme.example/other"']],
        ["that are critical and strange", HOST, ['128 tbs "unknown"', '0 issue "letsencrypt.org"']],
    ])("%s that forbid the authority keep it from issuing", async (_what, name, value) => {
        const sandbox = await served();
        sandbox.dns.set({ name, type: "CAA", value });
        await subscribe(sandbox);
        prove(sandbox);
        await waits(sandbox, /doesn't allow letsencrypt\.org/);
        expect(states(sandbox)).toEqual([]);
        sandbox.dns.remove(name, "CAA");
        await certified(sandbox);
    });

    it("of what the host is an alias of count before those of its parents", async () => {
        const sandbox = await served({ otherZones: [{ name: "example.com" }, { name: "alias.example" }] });
        sandbox.dns.set({ name: HOST, type: "CNAME", value: "t.alias.example" });
        sandbox.dns.set({ name: "t.alias.example", type: "CAA", value: '0 issue "digicert.com"' });
        sandbox.dns.set({ name: "example.com", type: "CAA", value: '0 issue "letsencrypt.org"' });
        await subscribe(sandbox);
        prove(sandbox);
        await waits(sandbox, /CAA of track\.example\.com doesn't allow/);
        sandbox.dns.set({
            name: "t.alias.example",
            type: "CAA",
            value: '0 issue "letsencrypt.org; validationmethods=dns-01"',
        });
        await certified(sandbox);
    });

    it.each([
        ["lets-encrypt", ['0 issue "letsencrypt.org"', '0 issue "digicert.com"']],
        ["certainly", ['0 issue "certainly.com"']],
        ["globalsign", ['0 issuewild ";"', '0 iodef "mailto:a@example.com"']],
    ])("that allow %s let it issue: %j", async (authority, value) => {
        const sandbox = await served();
        sandbox.dns.set({ name: HOST, type: "CAA", value });
        sandbox.dns.set({ name: "example.com", type: "CAA", value: '0 issue "nobody.example"' });
        await subscribe(sandbox, [HOST], authority);
        prove(sandbox);
        await certified(sandbox);
    });
});
