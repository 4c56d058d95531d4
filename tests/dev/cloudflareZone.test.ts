// The stand-in's zone, and records of the kinds that come with a zone of one's own, against an API that answers by a
// script.
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { zone } from "../../dev/offline/standins/cloudflare/zone.ts";
import type { Properties } from "../../dev/offline/standins/values.ts";
import { byCall, type Reply, startApi } from "../support/scriptedApi.ts";

const inputs = { account: { id: "a1" }, name: "example.net" };

/** The API, and the stand-in's modules loaded anew: their client keeps the address and token it was made with. */
async function start(replies: Record<string, Reply[]>) {
    const api = await startApi(byCall(replies));
    vi.stubEnv("CLOUDFLARE_BASE_URL", api.url);
    vi.stubEnv("CLOUDFLARE_API_TOKEN", "token-of-the-test");
    onTestFinished(() => {
        vi.unstubAllEnvs();
    });
    vi.resetModules();
    const { zone } = await import("../../dev/offline/standins/cloudflare/zone.ts");
    const { dnsRecord } = await import("../../dev/offline/standins/cloudflare/dnsRecord.ts");
    return { api, zone, dnsRecord };
}

function success(result: Properties): Reply {
    return { body: { success: true, errors: [], messages: [], result } };
}

function answer(more: Properties = {}): Reply {
    return success({
        ...{ id: "z1", name: "example.net", type: "full", paused: false, status: "pending", activated_on: null },
        account: { id: "a1", name: "Ours" },
        name_servers: ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
        original_name_servers: ["ns1.example.org"],
        created_on: "2026-01-01T00:00:00Z",
        ...more,
    });
}

describe("the stand-in's record of a host", () => {
    const inputs = {
        zoneId: "z1",
        name: "track.example.net",
        type: "CNAME",
        content: "spgo.io",
        proxied: true,
        ttl: 1,
    };
    const told = success({ id: "r1", ...inputs, settings: {}, tags: [], modified_on: "2026-01-01T00:00:00.5Z" });

    test("sends settings and tags back once a refresh or an import has read them", async () => {
        const path = "/zones/z1/dns_records";
        const { api, dnsRecord } = await start({
            [`POST ${path}`]: [told],
            [`GET ${path}/r1`]: [told],
            [`PUT ${path}/r1`]: [told, told],
        });
        const { id, state } = await dnsRecord.create(inputs, "urn");
        await dnsRecord.update(id, state, { ...inputs, ttl: 1 }, "urn");
        const refreshed = await dnsRecord.read(id, state);
        await dnsRecord.update(id, refreshed?.state ?? {}, inputs, "urn");
        const [first, second] = api.calls.filter(({ what }) => what.startsWith("PUT")).map(({ body }) => body);
        expect(first).not.toHaveProperty("settings");
        expect(first).not.toHaveProperty("tags");
        expect(second).toMatchObject({ settings: {}, tags: [] });
    });
});

describe("the stand-in's zone", () => {
    test("is created, and tells the name servers to delegate to", async () => {
        const { api, zone } = await start({ "POST /zones": [answer()] });
        const { id, state } = await zone.create(inputs, "urn");
        expect(api.calls[0]?.body).toEqual({ ...inputs, type: "full", paused: false });
        expect(id).toBe("z1");
        expect(state).toMatchObject({
            ...inputs,
            type: "full",
            paused: false,
            status: "pending",
            nameServers: ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
            originalNameServers: ["ns1.example.org"],
        });
        expect(state).not.toHaveProperty("activatedOn");
        expect(zone.diff(state, inputs)).toEqual({ changes: false, replaces: [] });
    });

    test("is paused by a call of its own: making a zone takes no such order", async () => {
        const { api, zone } = await start({ "POST /zones": [answer()], "PATCH /zones/z1": [answer({ paused: true })] });
        const { state } = await zone.create({ ...inputs, paused: true }, "urn");
        expect(api.calls.map(({ what, body }) => [what, body])).toEqual([
            ["POST /zones", { ...inputs, type: "full", paused: false }],
            ["PATCH /zones/z1", { paused: true }],
        ]);
        expect(state.paused).toBe(true);
    });

    test("is changed one property a call, as Cloudflare takes it", async () => {
        const { api, zone } = await start({
            "PATCH /zones/z1": [answer({ type: "partial" }), answer({ type: "partial", paused: true })],
        });
        const state = { ...inputs, type: "full", paused: false };
        const after = await zone.update("z1", state, { ...inputs, type: "partial", paused: true }, "urn");
        expect(api.calls.map(({ body }) => body)).toEqual([{ type: "partial" }, { paused: true }]);
        expect(after).toMatchObject({ type: "partial", paused: true });
    });

    test("is imported by its id, shows its state on a read, and is gone with 404", async () => {
        const { zone } = await start({ "GET /zones/z1": [answer({ status: "active" }), { status: 404, body: {} }] });
        expect(await zone.read("z1", {})).toMatchObject({
            id: "z1",
            state: { status: "active" },
            inputs: { ...inputs, type: "full", paused: false },
        });
        expect(await zone.read("z1", {})).toBeUndefined();
    });

    test("is deleted", async () => {
        const { api, zone } = await start({ "DELETE /zones/z1": [success({ id: "z1" })] });
        await zone.delete("z1", {}, "urn");
        expect(api.whats()).toEqual(["DELETE /zones/z1"]);
    });

    test.each([
        ["account", { account: { id: "a2" } }, ["account"]],
        ["name", { name: "example.org" }, ["name"]],
        ["type", { type: "partial" }, []],
        ["paused", { paused: true }, []],
    ])("is changed by another %s, replaced only where it must be", (_, change, replaces) => {
        const state = { ...inputs, type: "full", paused: false, status: "active" };
        expect(zone.diff(state, { ...inputs, ...change })).toEqual({ changes: true, replaces });
    });

    test("refuses vanity name servers, which it doesn't know", () => {
        expect(zone.check(inputs)).toEqual([]);
        expect(zone.check({ ...inputs, vanityNameServers: [] })).toMatchObject([{ property: "vanityNameServers" }]);
    });
});

describe("the stand-in's record", () => {
    const path = "/zones/z1/dns_records";
    const caa = {
        ...{ zoneId: "z1", name: "track.example.net", type: "CAA", ttl: 300 },
        data: { flags: 0, tag: "issue", value: "letsencrypt.org" },
    };
    const cname = {
        zoneId: "z1",
        name: "track.example.net",
        type: "CNAME",
        content: "spgo.io",
        ttl: 300,
        proxied: false,
    };
    const plain = { ...{ id: "r1", name: "track.example.net", proxied: false, ttl: 300 }, comment: null, tags: [] };

    test("of type CAA is sent by its data, and the content that Cloudflare writes for it is no change", async () => {
        const content = '0 issue "letsencrypt.org"';
        const { api, dnsRecord } = await start({
            [`POST ${path}`]: [success({ ...plain, type: "CAA", data: caa.data, content, proxiable: false })],
        });
        const { state } = await dnsRecord.create(caa, "urn");
        expect(api.calls[0]?.body).toMatchObject({ type: "CAA", data: caa.data, ttl: 300, proxied: false });
        expect(state).toMatchObject({ content, data: caa.data });
        expect(dnsRecord.diff(state, caa)).toEqual({ changes: false, replaces: [] });
        expect(dnsRecord.diff(state, { ...caa, data: { ...caa.data, value: "pki.goog" } }).changes).toBe(true);
    });

    test.each([{}, { data: {} }, { data: null }])("of type CNAME has no data, told as %j", async (told) => {
        const { api, dnsRecord } = await start({
            [`POST ${path}`]: [success({ ...plain, type: "CNAME", content: "spgo.io", ...told })],
        });
        const { state } = await dnsRecord.create(cname, "urn");
        expect(api.calls[0]?.body).toMatchObject({ content: "spgo.io", proxied: false, ttl: 300 });
        expect(dnsRecord.diff(state, cname)).toEqual({ changes: false, replaces: [] });
    });

    test("is imported as it is, and updated in place to what the program says", async () => {
        const there = { ...plain, type: "CNAME", content: "old.example.org", proxied: true, ttl: 1, comment: "theirs" };
        const { api, dnsRecord } = await start({
            [`GET ${path}/r1`]: [success(there)],
            [`PUT ${path}/r1`]: [success({ ...plain, type: "CNAME", content: "spgo.io" })],
        });
        const found = await dnsRecord.read("z1/r1", {});
        expect(found).toMatchObject({ id: "r1", inputs: { content: "old.example.org", proxied: true, ttl: 1 } });
        expect(dnsRecord.diff(found?.state ?? {}, cname)).toEqual({ changes: true, replaces: [] });
        const after = await dnsRecord.update("r1", found?.state ?? {}, cname, "urn");
        expect(api.calls.at(-1)?.body).toMatchObject({ content: "spgo.io", proxied: false, ttl: 300 });
        expect(dnsRecord.diff(after, cname)).toEqual({ changes: false, replaces: [] });
    });
});
