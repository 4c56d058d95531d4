// The stand-in's calls, against the sandbox's Cloudflare.
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startSandbox } from "../../dev/sandbox/index.ts";

const HOST = "track.example.com";
const RULE = { target: `${HOST}/*`, actions: { ssl: "full" }, status: "active", priority: 2 };

/** A sandbox, and the stand-in's modules loaded anew: their client keeps the address and token it was made with. */
async function start() {
    const { cloudflare, close } = await startSandbox({ zones: [{ name: "example.com" }, { name: "example.org" }] });
    onTestFinished(close);
    vi.stubEnv("CLOUDFLARE_BASE_URL", cloudflare.baseUrl);
    vi.stubEnv("CLOUDFLARE_API_TOKEN", cloudflare.apiToken);
    onTestFinished(() => {
        vi.unstubAllEnvs();
    });
    vi.resetModules();
    const { dnsRecord } = await import("../../dev/offline/standins/cloudflare/dnsRecord.ts");
    const { pageRule } = await import("../../dev/offline/standins/cloudflare/pageRule.ts");
    const { workersScript } = await import("../../dev/offline/standins/cloudflare/workersScript.ts");
    const { workersRoute } = await import("../../dev/offline/standins/cloudflare/workersRoute.ts");
    const lookups = await import("../../dev/offline/standins/cloudflare/lookups.ts");
    const zoneId = cloudflare.zoneId("example.com");
    const record = { zoneId, name: HOST, type: "CNAME", content: "spgo.io", proxied: true, ttl: 1 };
    return {
        cloudflare,
        dnsRecord,
        pageRule,
        workersScript,
        workersRoute,
        ...lookups,
        zoneId,
        record,
        rule: { zoneId, ...RULE },
    };
}

describe("a DNS record", () => {
    test("is created, read, updated and deleted", async () => {
        const { cloudflare, dnsRecord, record } = await start();
        const { id, state } = await dnsRecord.create(record, "urn");
        const seconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/; // the API has fractions of them
        expect(state).toMatchObject({ ...record, proxiable: true, createdOn: expect.stringMatching(seconds) });
        expect(state.modifiedOn).toMatch(seconds);
        expect(dnsRecord.diff(state, record).changes).toBe(false);
        expect(await dnsRecord.read(id, state)).toMatchObject({ id, state: record, inputs: record });

        expect(await dnsRecord.update(id, state, { ...record, content: "eu.spgo.io" }, "urn")).toMatchObject({
            content: "eu.spgo.io",
        });
        expect(cloudflare.records("example.com")).toMatchObject([{ id, content: "eu.spgo.io" }]);

        await dnsRecord.delete(id, state, "urn");
        expect(cloudflare.records("example.com")).toEqual([]);
        expect(await dnsRecord.read(id, state)).toBeUndefined();
    });

    test("shows on a read what someone else changed", async () => {
        const { cloudflare, dnsRecord, record } = await start();
        const { id, state } = await dnsRecord.create(record, "urn");
        cloudflare.changeRecord(HOST, { proxied: false });
        expect(await dnsRecord.read(id, state)).toMatchObject({
            state: { proxied: false },
            inputs: { proxied: false },
        });
    });

    test("is imported by <zone>/<record>", async () => {
        const { cloudflare, dnsRecord, record, zoneId } = await start();
        const { id } = await dnsRecord.create(record, "urn");
        expect(await dnsRecord.read(`${zoneId}/${id}`, {})).toMatchObject({ id, state: record, inputs: record });
        expect(cloudflare.calls.map(({ method }) => method)).toEqual(["POST", "GET", "GET"]);
    });

    test("that Cloudflare refuses is an error with its whole answer, without the token", async () => {
        const { cloudflare, dnsRecord, record, zoneId } = await start();
        await dnsRecord.create(record, "urn");
        const error: Error = await dnsRecord.create({ ...record, content: "eu.spgo.io" }, "urn").then(
            () => expect.unreachable(),
            (reason) => reason,
        );
        expect(error.message).toContain(`POST zones/${zoneId}/dns_records: 400`);
        expect(error.message).toContain("81053");
        expect(`${error.stack}`).not.toContain(cloudflare.apiToken);
    });
});

describe("a page rule", () => {
    test("is created as the program says, and a read brings no news of it", async () => {
        const { cloudflare, pageRule, rule } = await start();
        const { id, state } = await pageRule.create(rule, "urn");
        expect(cloudflare.pageRules("example.com")).toMatchObject([{ id, status: "active", priority: 2 }]);
        await pageRule.update(id, state, { ...rule, status: "disabled" }, "urn");
        expect(cloudflare.pageRules("example.com")).toMatchObject([{ id, status: "disabled" }]);
        expect((await pageRule.read(id, state))?.state).toMatchObject({ status: "active" });
    });

    test("that is gone is read as gone", async () => {
        const { pageRule, rule } = await start();
        const { id, state } = await pageRule.create(rule, "urn");
        await pageRule.delete(id, state, "urn");
        expect(await pageRule.read(id, state)).toBeUndefined();
    });
});

describe("a Worker and its route", () => {
    const worker = {
        accountId: "0123456789abcdef0123456789abcdef",
        scriptName: "files",
        content: 'export default { fetch: () => new Response("[]") };',
        mainModule: "worker.js",
        compatibilityDate: "2026-01-01",
    };

    test("are created, read, updated and deleted", async () => {
        const { cloudflare, workersScript, workersRoute, zoneId } = await start();
        const { id, state } = await workersScript.create(worker, "urn");
        expect([id, workersScript.diff(state, worker).changes]).toEqual(["files", false]);
        expect(await workersScript.read(id, state)).toEqual({ id, state, inputs: worker });
        const changed = { ...worker, content: 'export default { fetch: () => new Response("{}") };' };
        await workersScript.update(id, state, changed, "urn");
        expect(cloudflare.workers()).toMatchObject([{ name: "files", content: changed.content }]);
        expect((await workersScript.read(id, state))?.inputs).toEqual(changed);

        const route = { zoneId, pattern: `${HOST}/files`, script: id };
        const made = await workersRoute.create(route, "urn");
        expect(await workersRoute.read(made.id, made.state)).toEqual({ id: made.id, state: route, inputs: route });
        expect(await workersRoute.read(`${zoneId}/${made.id}`, {})).toMatchObject({ inputs: route });
        await workersRoute.update(made.id, route, { ...route, pattern: `${HOST}/other` }, "urn");
        expect(cloudflare.routes("example.com")).toMatchObject([{ id: made.id, pattern: `${HOST}/other` }]);

        await workersRoute.delete(made.id, route, "urn");
        await workersScript.delete(id, state, "urn");
        expect([cloudflare.routes("example.com"), cloudflare.workers()]).toEqual([[], []]);
        expect(await workersRoute.read(made.id, route)).toBeUndefined();
        expect(await workersScript.read(id, state)).toBeUndefined();
    });

    test("are refused where Cloudflare would: no such Worker, a second route, a script that isn't one", async () => {
        const { workersScript, workersRoute, zoneId } = await start();
        const route = { zoneId, pattern: `${HOST}/files`, script: "files" };
        await expect(workersRoute.create(route, "urn")).rejects.toThrow("10019");
        await workersScript.create(worker, "urn");
        await workersRoute.create(route, "urn");
        await expect(workersRoute.create(route, "urn")).rejects.toThrow("10020");
        await expect(workersScript.create({ ...worker, content: "{" }, "urn")).rejects.toThrow("10021");
    });
});

describe("a look-up", () => {
    test("of a zone by name takes two calls, by id one", async () => {
        const { cloudflare, getZone, zoneId } = await start();
        const filter = { name: "example.com", match: "all" };
        const found = await getZone({ filter });
        expect(found).toMatchObject({
            zoneId,
            name: "example.com",
            status: "active",
            nameServers: expect.any(Array),
            filter,
        });
        expect(cloudflare.calls).toHaveLength(2);
        expect(await getZone({ zoneId })).toMatchObject({ zoneId, name: "example.com" });
        expect(cloudflare.calls).toHaveLength(3);
    });

    test.each([
        ["no zone", { name: "nowhere.example", match: "all" }],
        ["two zones", { match: "all", status: "active" }],
    ])("that matches %s fails", async (_, filter) => {
        const { getZone } = await start();
        await expect(getZone({ filter })).rejects.toThrow(/^failed to find exactly one result: [02] found$/);
    });

    test("of zones gives all that match, which may be none", async () => {
        const { getZones, zoneId } = await start();
        const { results } = await getZones({ name: "example.com" });
        expect(results).toMatchObject([{ id: zoneId, name: "example.com", account: { id: expect.any(String) } }]);
        expect(await getZones({ name: "nowhere.example" })).toMatchObject({ match: "all", results: [] });
        expect((await getZones({ status: "active" })).results).toHaveLength(2);
        expect((await getZones({ status: "active", maxItems: 1 })).results).toHaveLength(1);
    });

    test("tells the SSL setting and the certificates", async () => {
        const { getZoneSetting, getCertificatePacks, zoneId } = await start();
        expect(await getZoneSetting({ zoneId, settingId: "ssl" })).toMatchObject({ value: "full", settingId: "ssl" });
        expect(await getCertificatePacks({ zoneId })).toMatchObject({ results: [{ status: "active" }] });
    });

    test("without a token fails with what to set", async () => {
        const { getZone, zoneId } = await start();
        vi.stubEnv("CLOUDFLARE_API_TOKEN", "");
        await expect(getZone({ zoneId })).rejects.toThrow("CLOUDFLARE_API_TOKEN");
    });
});
