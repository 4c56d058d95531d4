// The stand-in's calls for a service, in the order of the official plugin, against an API that answers by a script.
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { serviceVcl } from "../../dev/offline/standins/fastly/serviceVcl.ts";
import { type Properties, secret, withoutSecrets } from "../../dev/offline/standins/values.ts";
import type { ScriptedApi } from "../support/scriptedApi.ts";
import { details, HOST, KEY, lists, ok, start, version } from "./fastlyApi.ts";

const program = {
    name: HOST,
    comment: "clicks",
    domains: [{ name: HOST, comment: "clicks" }],
    backends: [{ name: "sparkpost", address: "spgo.io", port: 443, useSsl: true, sslSniHostname: "spgo.io" }],
    requestSettings: [
        {
            ...{ name: "sparkpost", xff: "append", maxStaleAge: 0, timerSupport: false },
            ...{ bypassBusyWait: false, forceMiss: false, forceSsl: false },
        },
    ],
    snippets: [{ name: "client", type: "recv", content: "set req.http.A = client.ip;" }],
    defaultTtl: 10,
    http3: true,
    forceDestroy: true,
};

const complete = (inputs: Properties) => serviceVcl.complete?.(inputs) ?? inputs;
const inputs = complete(program);

const made = { "POST /service": [{ body: { id: "s1" } }], "PUT /service/s1": ok };
const state = { ...inputs, activeVersion: 1, clonedVersion: 1, forceRefresh: false, imported: false };

describe("a service", () => {
    test("is created on its first version, in the official plugin's order, and read back", async () => {
        const api = await start({
            ...made,
            ...version(1),
            "GET /service/s1/version/1/http3": [{ status: 404 }, { body: {} }],
            ...details(1),
        });
        const created = await serviceVcl.create(inputs, "urn");
        const base = "/service/s1/version/1";
        expect(api.whats()).toEqual([
            "POST /service",
            "PUT /service/s1",
            ...["PUT", "GET", "POST"].map((method, index) => `${method} ${base}/${index === 0 ? "settings" : "http3"}`),
            ...["domain", "backend", "request_settings", "snippet"].map((key) => `POST ${base}/${key}`),
            `GET ${base}/validate`,
            `PUT ${base}/activate`,
            "GET /service/s1/details",
            ...["settings", "http3", "domain", "backend", "request_settings", "snippet"].map(
                (key) => `GET ${base}/${key}`,
            ),
        ]);
        expect(created).toEqual({ id: "s1", state: expect.objectContaining({ activeVersion: 1, clonedVersion: 1 }) });
        expect(serviceVcl.diff(created.state, inputs)).toEqual({ changes: false, replaces: [] });
        expect(api.calls.every(({ headers }) => headers["fastly-key"] === KEY)).toBe(true);
        const sent = (what: string) => api.calls.find((call) => call.what === what)?.body;
        expect(sent("POST /service")).toEqual({ name: HOST, comment: "clicks", type: "vcl" });
        expect(sent("PUT /service/s1")).toEqual({ ServiceID: "s1", name: HOST, comment: "clicks" });
        expect(sent(`POST ${base}/http3`)).toEqual({ feature_revision: "1" });
        expect(sent(`PUT ${base}/settings`)).toMatchObject({ ServiceID: "s1", ServiceVersion: "1" });
        expect(sent(`PUT ${base}/settings`)).toMatchObject({ "general.default_ttl": "10", "general.default_host": "" });
        expect(sent(`POST ${base}/backend`)).toMatchObject({ address: "spgo.io", use_ssl: "1", error_threshold: "0" });
        expect(sent(`POST ${base}/request_settings`)).toMatchObject({ xff: "append", force_ssl: "0" });
        expect(sent(`POST ${base}/snippet`)).toMatchObject({ dynamic: "0", priority: "100", type: "recv" });
    });

    test("without http3 has it switched off", async () => {
        const api = await start({ ...made, ...version(1), "DELETE /service/s1/version/1/http3": ok, ...details(1) });
        await serviceVcl.create({ ...inputs, http3: false }, "urn");
        expect(api.whats()).toContain("DELETE /service/s1/version/1/http3");
    });

    test("gets one new version for a new TTL: a clone, the settings, and its activation", async () => {
        const api = await start({ ...version(1), ...version(2, { default_ttl: 60 }), ...details(2) });
        const after = await serviceVcl.update("s1", state, complete({ ...program, defaultTtl: 60 }), "urn");
        expect(api.whats().slice(0, 2)).toEqual(["GET /service/s1/version/1", "PUT /service/s1/version/1/clone"]);
        const two = "/service/s1/version/2";
        expect(writes(api).slice(1)).toEqual([`PUT ${two}/settings`, `GET ${two}/validate`, `PUT ${two}/activate`]);
        expect(after).toMatchObject({ defaultTtl: 60, activeVersion: 2, clonedVersion: 2 });
    });

    test("has its blocks deleted, added and changed by name", async () => {
        const api = await start({ ...version(1), ...version(2), ...details(2) });
        await serviceVcl.update(
            "s1",
            state,
            complete({
                ...program,
                domains: [{ name: "click.example.com" }],
                backends: [{ ...program.backends[0], address: "eu.spgo.io" }],
                snippets: [{ ...program.snippets[0], content: "" }],
            }),
            "urn",
        );
        const two = "/service/s1/version/2";
        expect(writes(api).slice(1, -2)).toEqual([
            `DELETE ${two}/domain/${HOST}`,
            `POST ${two}/domain`,
            `PUT ${two}/backend/sparkpost`,
            `PUT ${two}/snippet/client`,
        ]);
        const put = api.calls.find(({ what }) => what === `PUT ${two}/backend/sparkpost`);
        expect(put?.body).toMatchObject({ address: "eu.spgo.io", use_ssl: "1" });
        expect(put?.body).not.toHaveProperty("weight");
    });

    test("gets a new comment without a new version", async () => {
        const api = await start({ ...made, ...version(1), ...details(1, { comment: "new" }) });
        const after = await serviceVcl.update("s1", state, { ...inputs, comment: "new" }, "urn");
        expect(writes(api)).toEqual(["PUT /service/s1"]);
        expect(after).toMatchObject({ comment: "new", activeVersion: 1 });
    });

    test("is left as a draft when it isn't to be activated", async () => {
        const api = await start({ ...made, ...version(1), ...details(undefined) });
        const { state: draft } = await serviceVcl.create({ ...inputs, activate: false }, "urn");
        expect(api.whats()).not.toContain("PUT /service/s1/version/1/activate");
        expect(api.whats()).not.toContain("PUT /service/s1");
        expect(draft).toMatchObject({ activeVersion: 0, clonedVersion: 1, defaultTtl: 10 });
    });

    test("that Fastly finds invalid isn't activated, and the error says why", async () => {
        const invalid = { "GET /service/s1/version/1/validate": [{ body: { status: "error", msg: "no backend" } }] };
        const api = await start({ ...made, ...version(1), ...invalid });
        await expect(serviceVcl.create(inputs, "urn")).rejects.toThrow("no backend");
        expect(api.whats()).not.toContain("PUT /service/s1/version/1/activate");
    });

    test("whose activation failed is in the state, and the next update just activates", async () => {
        const failing = { "PUT /service/s1/version/1/activate": [{ status: 500, body: { msg: "oh" } }, ...ok] };
        const api = await start({ ...made, ...version(1), ...failing, ...details(1) });
        const error = await serviceVcl.create(inputs, "urn").catch((reason) => reason);
        expect(error).toMatchObject({ id: "s1", reasons: [expect.stringContaining("500")] });
        expect(error.message).toBe("error activating version (1): PUT /service/s1/version/1/activate: 500: oh");
        expect(error.properties).toMatchObject({
            activeVersion: 0,
            clonedVersion: 1,
            backends: secret(expect.anything()),
        });

        const before = writes(api).length;
        await serviceVcl.update("s1", error.properties, inputs, "urn");
        expect(writes(api).slice(before)).toEqual(["PUT /service/s1/version/1/activate"]);
    });

    test("shows on a read what someone else changed in the active version", async () => {
        const moved = { ...version(3, { default_ttl: 3_600 }, { snippet: [] }), ...details(3) };
        await start({ ...moved, "GET /service/s1/version/3/http3": [{ status: 404 }] });
        const found = await serviceVcl.read("s1", state);
        expect(found?.state).toMatchObject({ activeVersion: 3, clonedVersion: 3, defaultTtl: 3_600, http3: false });
        expect(found?.inputs).toMatchObject({ defaultTtl: 3_600, http3: false, forceDestroy: true });
        expect(serviceVcl.diff(found?.state ?? {}, inputs).changes).toBe(true);
    });

    test("is asked on a read for the blocks in its state only, and for all when the version isn't the known one", async () => {
        const few = { ...state, snippets: undefined, requestSettings: undefined };
        const api = await start({
            ...version(1),
            ...version(2),
            "GET /service/s1/details": [
                ...details(1)["GET /service/s1/details"],
                ...details(2)["GET /service/s1/details"],
            ],
        });
        expect((await serviceVcl.read("s1", few))?.state).not.toHaveProperty("snippets");
        expect(api.whats()).not.toContain("GET /service/s1/version/1/snippet");
        expect((await serviceVcl.read("s1", few))?.state).toMatchObject({ snippets: [{ name: "client" }] });
    });

    test("is read in the order of its state, without dynamic snippets", async () => {
        const [known] = lists.domain;
        const domain = [{ name: "click.example.com" }, ...lists.domain, { name: "a.example.com" }];
        const snippet = [{ name: "theirs", type: "recv", dynamic: "1" }, ...lists.snippet];
        await start({ ...version(1, {}, { domain, snippet } as Partial<typeof lists>), ...details(1) });
        const found = await serviceVcl.read("s1", state);
        expect(found?.state.domains).toEqual([known, { name: "click.example.com" }, { name: "a.example.com" }]);
        expect(found?.state.snippets).toMatchObject([{ name: "client" }]);
    });

    test("that never became active keeps on a read what its state says", async () => {
        const api = await start(details(undefined));
        const unfinished = { ...state, activeVersion: 0 };
        expect((await serviceVcl.read("s1", unfinished))?.state).toEqual(unfinished);
        expect(api.whats()).toEqual(["GET /service/s1/details"]);
    });

    test("of another type than VCL is none of the resource's", async () => {
        await start({ ...version(1), ...details(1, { type: "wasm" }) });
        await expect(serviceVcl.read("s1", state)).rejects.toThrow("expected: vcl, got: wasm");
    });

    test("that was deleted is read as gone; one that Fastly doesn't know fails, as with the official plugin", async () => {
        await start({ "GET /service/s1/details": [{ body: { deleted_at: "2026-01-01T00:00:00Z" } }, { status: 404 }] });
        expect(await serviceVcl.read("s1", state)).toBeUndefined();
        await expect(serviceVcl.read("s1", state)).rejects.toThrow("GET /service/s1/details: 404");
    });

    test.each([
        ["s1", 1],
        ["s1@2", 2],
    ])("is imported by %s, with all that it has", async (id, number) => {
        await start({ ...version(1), ...version(2), ...details(1) });
        const found = await serviceVcl.read(id, {});
        expect(found).toMatchObject({ id: "s1", state: { clonedVersion: number, http3: true } });
        expect(withoutSecrets(found?.inputs?.backends)).toEqual([expect.objectContaining({ address: "spgo.io" })]);
    });

    test("is deactivated and deleted", async () => {
        const api = await start({ ...version(1), ...details(1), "DELETE /service/s1": ok });
        await serviceVcl.delete("s1", state, "urn");
        expect(writes(api)).toEqual(["PUT /service/s1/version/1/deactivate", "DELETE /service/s1"]);
    });

    test("that isn't to be destroyed by force stays active, and Fastly's refusal is told", async () => {
        const refusal = { status: 400, body: { msg: "Bad request", detail: "Service is active" } };
        const api = await start({ ...version(1), ...details(1), "DELETE /service/s1": [refusal] });
        const kept = serviceVcl.delete("s1", { ...state, forceDestroy: false }, "urn");
        await expect(kept).rejects.toThrow("DELETE /service/s1: 400: Bad request: Service is active");
        expect(writes(api)).toEqual(["DELETE /service/s1"]);
    });

    test("that Fastly refuses is an error with its words, without the key", async () => {
        await start({ "POST /service": [{ status: 409, body: { msg: "Conflict", detail: "Name is taken" } }] });
        const error: Error = await serviceVcl.create(inputs, "urn").catch((reason) => reason);
        expect(error.message).toBe("POST /service: 409: Conflict: Name is taken");
        expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(KEY);
    });

    test("without a key fails with what to set", async () => {
        vi.stubEnv("FASTLY_API_KEY", "");
        onTestFinished(() => {
            vi.unstubAllEnvs();
        });
        await expect(serviceVcl.create(inputs, "urn")).rejects.toThrow("FASTLY_API_KEY");
    });
});

/** The calls that change something, and the validation. */
function writes(api: ScriptedApi): string[] {
    return api.whats().filter((what) => !what.startsWith("GET") || what.endsWith("/validate"));
}
