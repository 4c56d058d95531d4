import { describe, expect, it, vi } from "vitest";
import type { Sandbox, SandboxOptions } from "../../dev/sandbox/index.ts";
import { BACKEND, call, fastly } from "./fastlyWorld.ts";
import { events, HOST, world } from "./world.ts";

/** A service as the official provider makes it, not active yet. */
async function draft(options?: SandboxOptions, name = "track") {
    const sandbox = await world(options);
    const { id } = await fastly(sandbox, "ServiceApi").createService({ name, comment: "made here" });
    return { sandbox, service_id: id as string, at: { service_id: id as string, version_id: 1 } };
}

/** The same, active. */
async function active(options?: SandboxOptions) {
    const made = await draft(options);
    await fastly(made.sandbox, "DomainApi").createDomain({ ...made.at, name: HOST });
    await fastly(made.sandbox, "BackendApi").createBackend({ ...made.at, ...BACKEND });
    await fastly(made.sandbox, "VersionApi").activateServiceVersion(made.at);
    return made;
}

/** Status and detail of what the official client rejects with. */
async function refusal(promise: Promise<unknown>): Promise<[number, string]> {
    const error = await promise.then(
        () => undefined,
        (reason) => reason,
    );
    return [error?.status, error?.body?.detail ?? error?.body?.msg];
}

describe("services", () => {
    it("are made with an empty version 1, renamed, found and listed", async () => {
        const { sandbox, service_id } = await draft();
        const api = fastly(sandbox, "ServiceApi");
        expect(await api.getServiceDetail({ service_id })).toMatchObject({
            ...{ name: "track", comment: "made here", type: "vcl", deleted_at: null },
            versions: [{ number: 1, active: false, locked: false }],
            version: { number: 1, backends: [], domains: [] },
        });
        await api.updateService({ service_id, name: "renamed" });
        expect(await api.searchService({ name: "renamed" })).toMatchObject({ id: service_id });
        expect(await api.listServices()).toMatchObject([{ id: service_id, name: "renamed", comment: "made here" }]);
        expect(events(sandbox, "service-created")).toMatchObject([{ actor: "fastly", service: "track" }]);
    });

    it("have names of their own", async () => {
        const { sandbox } = await draft();
        const again = fastly(sandbox, "ServiceApi").createService({ name: "track" });
        expect((await refusal(again))[0]).toBe(409);
    });

    it("can't be deleted while a version is active; a deleted one still answers its details", async () => {
        const { sandbox, service_id, at } = await active();
        const api = fastly(sandbox, "ServiceApi");
        expect((await refusal(api.deleteService({ service_id })))[0]).toBe(422);
        await fastly(sandbox, "VersionApi").deactivateServiceVersion(at);
        await api.deleteService({ service_id });
        const { deleted_at, active_version } = await api.getServiceDetail({ service_id });
        expect(deleted_at).toBeInstanceOf(Date);
        expect(active_version).toBeUndefined();
        expect((await refusal(api.getService({ service_id })))[0]).toBe(404);
        expect(await api.listServices()).toEqual([]);
        expect(events(sandbox, "version-activated", "version-deactivated", "service-deleted")).toHaveLength(3);
    });
});

describe("versions", () => {
    it("hold what was set, under the vendor's names and with its defaults", async () => {
        const { sandbox, at } = await draft();
        expect(
            await fastly(sandbox, "BackendApi").createBackend({ ...at, name: "bare", address: "spgo.io" }),
        ).toMatchObject({
            ...{ port: 80, use_ssl: false, ssl_check_cert: true, ssl_cert_hostname: null, ssl_sni_hostname: null },
            ...{ auto_loadbalance: false, connect_timeout: 1000, weight: 100, shield: null, version: 1 },
        });
        const path = `/service/${at.service_id}/version/1`;
        const form = {
            name: "sparkpost",
            xff: "append",
            action: "pass",
            force_ssl: 0,
            max_stale_age: 0,
            default_host: "",
        };
        const { json } = await call(sandbox, `POST ${path}/request_settings`, { form });
        expect(json).toMatchObject({
            name: "sparkpost",
            action: "pass",
            force_ssl: "0",
            max_stale_age: "0",
            version: "1",
        });
        await fastly(sandbox, "SettingsApi").updateServiceSettings({ ...at, general_default_ttl: 10 });
        expect((await call(sandbox, `GET ${path}/settings`)).json).toMatchObject({
            ...{ "general.default_ttl": 10, "general.default_host": "", "general.stale_if_error": false },
        });
    });

    it("say whether HTTP/3 is on", async () => {
        const { sandbox, at } = await draft();
        const api = fastly(sandbox, "Http3Api");
        expect((await refusal(api.getHttp3(at)))[0]).toBe(404);
        await api.deleteHttp3(at);
        await api.createHttp3(at);
        expect(await api.getHttp3(at)).toMatchObject({ version: 1, feature_revision: 1 });
        await api.deleteHttp3(at);
        expect((await refusal(api.getHttp3(at)))[0]).toBe(404);
    });

    it("answer an empty list for every other block type", async () => {
        const { sandbox, at } = await draft();
        for (const type of ["condition", "healthcheck", "header", "gzip", "logging/s3", "rate-limiters", "vcl"]) {
            expect((await call(sandbox, `GET /service/${at.service_id}/version/1/${type}`)).json).toEqual([]);
        }
    });

    it("aren't valid, nor activated, without a domain and a backend", async () => {
        const { sandbox, at } = await draft();
        const api = fastly(sandbox, "VersionApi");
        const { json } = await call(sandbox, `GET /service/${at.service_id}/version/1/validate`);
        expect(json).toMatchObject({ status: "error", msg: expect.stringMatching("domains") });
        await fastly(sandbox, "DomainApi").createDomain({ ...at, name: HOST });
        expect((await refusal(api.activateServiceVersion(at)))[1]).toMatch("backends");
        await fastly(sandbox, "BackendApi").createBackend({ ...at, ...BACKEND });
        expect(await api.validateServiceVersion(at)).toMatchObject({ status: "ok" });
        expect(await api.activateServiceVersion(at)).toMatchObject({ active: true, locked: true });
        expect(events(sandbox, "version-activated")).toMatchObject([{ host: HOST, version: 1, service: "track" }]);
    });

    it("that were active are locked; a clone takes over all blocks, and only it changes", async () => {
        const { sandbox, service_id, at } = await active();
        const backends = fastly(sandbox, "BackendApi");
        const change = { backend_name: "sparkpost", port: 80 };
        expect((await refusal(backends.updateBackend({ ...at, ...change })))[0]).toBe(422);
        const { number } = await fastly(sandbox, "VersionApi").cloneServiceVersion(at);
        expect(number).toBe(2);
        await backends.updateBackend({ service_id, version_id: 2, ...change });
        const [one, two] = sandbox.fastly.services()[0]?.versions ?? [];
        expect(one).toMatchObject({
            active: true,
            backends: [{ port: 443, use_ssl: true }],
            domains: [{ name: HOST }],
        });
        // The vendor: setting the port sets TLS too, where that isn't said.
        expect(two).toMatchObject({
            active: false,
            backends: [{ port: 80, use_ssl: false }],
            domains: [{ name: HOST }],
        });
        await fastly(sandbox, "VersionApi").activateServiceVersion({ service_id, version_id: 2 });
        expect(sandbox.fastly.services()[0]).toMatchObject({
            active_version: 2,
            versions: [{ active: false }, { active: true }],
        });
    });

    it("have blocks that are read, renamed and deleted by name, one of a name", async () => {
        const { sandbox, at } = await draft();
        const api = fastly(sandbox, "BackendApi");
        await api.createBackend({ ...at, ...BACKEND });
        expect(await refusal(api.createBackend({ ...at, ...BACKEND }))).toEqual([
            409,
            "Duplicate backend: 'sparkpost'",
        ]);
        await api.updateBackend({ ...at, backend_name: "sparkpost", name: "origin" });
        expect(await api.listBackends(at)).toMatchObject([{ name: "origin", address: "spgo.io" }]);
        await api.deleteBackend({ ...at, backend_name: "origin" });
        expect((await refusal(api.getBackend({ ...at, backend_name: "origin" })))[0]).toBe(404);
    });
});

describe("a domain", () => {
    const taken = (sandbox: Sandbox, customer: "own" | "another") =>
        sandbox.fastly.seedService({ name: "elsewhere", domain: HOST, customer });

    it.each([
        ["own", "Domain 'track.example.com' is already taken by service 'elsewhere'"],
        ["another", "Domain 'track.example.com' is already taken by another customer"],
    ] as const)("on an active service (%s) is told at creation, assumed", async (customer, words) => {
        const { sandbox, at } = await draft({ assumed: { takenDomain: "creation" } });
        taken(sandbox, customer);
        expect(await refusal(fastly(sandbox, "DomainApi").createDomain({ ...at, name: HOST }))).toEqual([400, words]);
    });

    it("on an active service is told at activation, assumed, whoever came first", async () => {
        const { sandbox, at } = await draft({ assumed: { takenDomain: "activation" } });
        await fastly(sandbox, "DomainApi").createDomain({ ...at, name: HOST });
        await fastly(sandbox, "BackendApi").createBackend({ ...at, ...BACKEND });
        taken(sandbox, "another");
        const [status, words] = await refusal(fastly(sandbox, "VersionApi").activateServiceVersion(at));
        expect([status, words]).toEqual([400, "Domain 'track.example.com' is already taken by another customer"]);
        expect(sandbox.fastly.services()).toMatchObject([{ name: "track", active_version: null }]);
    });
});

describe("what isn't modelled, or goes wrong", () => {
    it.each([
        ["POST", "backend", { ...BACKEND, healthcheck: "check" }],
        ["POST", "backend", { ...BACKEND, shield: "iad-va-us" }],
        ["POST", "request_settings", { name: "s", xff: "overwrite" }],
        ["POST", "request_settings", { name: "s", action: "deliver" }],
        ["POST", "domain", { name: "*.example.com" }],
        ["POST", "snippet", { name: "s", type: "recv", content: "error 403;" }],
        ["POST", "snippet", { name: "s", type: "deliver", content: "" }],
        ["POST", "healthcheck", { name: "check" }],
        ["PUT", "settings", { "general.stale_if_error": true }],
        ["PUT", "lock", {}],
    ])("%s %s %j is a 501, on the timeline too", async (method, type, form) => {
        vi.spyOn(console, "error").mockReturnValue();
        const { sandbox, at } = await draft();
        const { status } = await call(sandbox, `${method} /service/${at.service_id}/version/1/${type}`, { form });
        expect(status).toBe(501);
        expect(events(sandbox, "unmodelled")).toHaveLength(1);
    });

    it("is a 501 at activation for several backends", async () => {
        vi.spyOn(console, "error").mockReturnValue();
        const { sandbox, at } = await draft();
        await fastly(sandbox, "DomainApi").createDomain({ ...at, name: HOST });
        for (const name of ["one", "two"]) {
            await fastly(sandbox, "BackendApi").createBackend({ ...at, ...BACKEND, name });
        }
        expect((await refusal(fastly(sandbox, "VersionApi").activateServiceVersion(at)))[0]).toBe(501);
    });

    it("is a 401 for a wrong key, a 403 for TLS without the right to it", async () => {
        const { sandbox } = await draft({ fastlyToken: { tls: false } });
        expect(await refusal(fastly(sandbox, "ServiceApi", "wrong").listServices())).toEqual([
            401,
            "Provided credentials are missing or invalid",
        ]);
        const { status, json, headers } = await call(sandbox, "GET /tls/subscriptions");
        expect([status, headers.get("content-type")]).toEqual([403, "application/vnd.api+json"]);
        expect(json.errors).toMatchObject([{ title: "Forbidden" }]);
    });

    it("is as faults say, and counted as a call", async () => {
        const fastlyFault = { method: "GET", path: /details/, status: 503, times: 1 };
        const { sandbox, service_id } = await draft({ faults: { fastly: [fastlyFault] } });
        const api = fastly(sandbox, "ServiceApi");
        expect((await refusal(api.getServiceDetail({ service_id })))[0]).toBe(503);
        expect(await api.getServiceDetail({ service_id })).toMatchObject({ name: "track" });
        expect(sandbox.fastly.calls.map(({ method, status }) => [method, status])).toEqual([
            ["POST", 200],
            ["GET", 503],
            ["GET", 200],
        ]);
    });
});

describe("somebody else", () => {
    it("changes a backend in a new active version", async () => {
        const { sandbox } = await active();
        sandbox.fastly.changeBackend("track", { override_host: "spgo.io" });
        const [service] = sandbox.fastly.services();
        expect(service).toMatchObject({ active_version: 2 });
        expect(service?.versions[1]).toMatchObject({
            backends: [{ name: "sparkpost", override_host: "spgo.io", port: 443 }],
        });
        expect(events(sandbox, "changed-elsewhere")).toMatchObject([{ host: HOST }]);
    });
});
