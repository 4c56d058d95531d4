import { describe, expect, test } from "vitest";
import { blocks, changeOf, formOf, fromApi } from "../../dev/offline/standins/fastly/blocks.ts";
import { serviceVcl } from "../../dev/offline/standins/fastly/serviceVcl.ts";
import { tlsSubscription } from "../../dev/offline/standins/fastly/tlsSubscription.ts";
import { tlsSubscriptionValidation } from "../../dev/offline/standins/fastly/tlsSubscriptionValidation.ts";
import { holdsSecret, type Properties, secret, withoutSecrets } from "../../dev/offline/standins/values.ts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const HOST = "track.example.com";

const complete = (inputs: Properties) => serviceVcl.complete?.(inputs) ?? inputs;

describe("the stand-in's Fastly service", () => {
    const backend = { name: "sparkpost", address: "spgo.io", port: 443, useSsl: true };
    const setting = {
        name: "sparkpost",
        xff: "append",
        bypassBusyWait: false,
        forceMiss: false,
        forceSsl: false,
        maxStaleAge: 0,
        timerSupport: false,
    };
    const snippet = { name: "client", type: "recv", content: "set req.http.A = client.ip;" };
    const program = {
        name: HOST,
        comment: "clicks",
        domains: [{ name: HOST }],
        backends: [backend],
        requestSettings: [setting],
        snippets: [snippet],
        defaultTtl: 10,
        http3: true,
        forceDestroy: true,
    };
    const inputs = complete(program);
    const state = { ...inputs, activeVersion: 1, clonedVersion: 1, forceRefresh: false, imported: false };
    const changes = (change: Properties) => serviceVcl.diff(state, complete({ ...program, ...change }));

    test("is accepted with all that the components use", () => {
        expect(serviceVcl.check(program)).toEqual([]);
        expect(serviceVcl.check({ ...program, backends: UNKNOWN, domains: [UNKNOWN] })).toEqual([]);
    });

    test("shows no change when nothing changed, in whatever order its blocks are told", () => {
        expect(serviceVcl.diff(state, inputs)).toEqual({ changes: false, replaces: [] });
        const two = { domains: [{ name: HOST }, { name: "click.example.com" }] };
        const reversed = { ...state, domains: two.domains.toReversed() };
        expect(serviceVcl.diff(reversed, complete({ ...program, ...two })).changes).toBe(false);
    });

    test.each<[string, Properties]>([
        ["TTL", { defaultTtl: 60 }],
        ["name", { name: "other" }],
        ["comment", { comment: undefined }],
        ["http3 switch", { http3: false }],
        ["forceDestroy", { forceDestroy: undefined }],
        ["domain", { domains: [{ name: "click.example.com" }] }],
        ["domain comment", { domains: [{ name: HOST, comment: "clicks" }] }],
        ["list of domains that isn't known yet", { domains: UNKNOWN }],
        ["address", { backends: [{ ...backend, address: "eu.spgo.io" }] }],
        ["address that isn't known yet", { backends: [{ ...backend, address: UNKNOWN }] }],
        ["backend default that isn't the default", { backends: [{ ...backend, weight: 50 }] }],
        ["snippet", { snippets: [{ ...snippet, content: "" }] }],
        ["missing snippet", { snippets: undefined }],
        ["setting", { requestSettings: [{ ...setting, action: "pass" }] }],
    ])("is updated in place for another %s", (_, change) => {
        expect(changes(change)).toEqual({ changes: true, replaces: [] });
    });

    test("takes what a backend leaves out for the schema's default, even where that is spelled out", () => {
        expect(withoutSecrets(inputs.backends)).toEqual([
            expect.objectContaining({ connectTimeout: 1_000, maxConn: 200, sslCheckCert: true, weight: 100 }),
        ]);
        expect(changes({ backends: [{ ...backend, weight: 100, healthcheck: "" }] }).changes).toBe(false);
    });

    test.each(["xff", "bypassBusyWait", "forceMiss", "forceSsl", "maxStaleAge", "timerSupport"])(
        "shows a change at every preview when a request setting leaves out %s, which has no default in the schema",
        (field) => {
            expect(changes({ requestSettings: [{ ...setting, [field]: undefined }] }).changes).toBe(true);
        },
    );

    test("shows what someone changed at Fastly", () => {
        expect(serviceVcl.diff({ ...state, defaultTtl: 3_600 }, inputs).changes).toBe(true);
        expect(serviceVcl.diff({ ...state, defaultHost: "example.com" }, inputs).changes).toBe(true);
        const added = { ...state, requestSettings: [setting, { ...setting, name: "other" }] };
        expect(serviceVcl.diff(added, inputs).changes).toBe(true);
    });

    test("hides its backends as a whole", () => {
        expect(inputs.backends).toEqual(secret(withoutSecrets(inputs.backends)));
        expect(holdsSecret({ ...inputs, backends: undefined })).toBe(false);
    });

    test.each<[string, Properties]>([
        ["gzips", { gzips: [{ name: "all" }] }],
        ["defaultHost", { defaultHost: "example.com" }],
        ["backends[0].colour", { backends: [{ ...backend, colour: "red" }] }],
        ["name", { name: undefined }],
        ["snippets", { snippets: [snippet, snippet] }],
    ])("refuses %s that it doesn't know or can't take", (property, change) => {
        expect(serviceVcl.check({ ...program, ...change })).toMatchObject([{ property }]);
    });
});

describe("a block of a Fastly service", () => {
    const { backends, requestSettings: settings } = blocks;

    test("is created with switches as 0 and 1, some fields empty, and without all else that has no value", () => {
        const backend = { name: "sparkpost", address: "spgo.io", useSsl: true, sslCheckCert: false, shield: "" };
        expect(formOf(backends, backend)).toMatchObject({ use_ssl: 1, ssl_check_cert: 0 });
        expect(formOf(backends, backend)).toMatchObject({ healthcheck: "", request_condition: "", shield: "" });
        expect(formOf(backends, backend).override_host).toBeUndefined();
        expect(formOf(settings, { name: "s" })).toMatchObject({ force_ssl: 0, max_stale_age: 0, default_host: "" });
        expect(formOf(settings, { name: "s" })).toMatchObject({ hash_keys: "", request_condition: "" });
        expect(formOf(settings, { name: "s" }).xff).toBeUndefined();
    });

    test("is changed by the fields that differ; a backend's switches go along", () => {
        const before = { name: "sparkpost", address: "spgo.io", maxTlsVersion: "1.3", weight: 100, useSsl: true };
        const after = { name: "sparkpost", address: "eu.spgo.io", weight: 100, useSsl: true };
        expect(changeOf(backends, after, before)).toEqual({
            address: "eu.spgo.io",
            auto_loadbalance: 0,
            max_tls_version: "",
            prefer_ipv6: 0,
            ssl_check_cert: 0,
            use_ssl: 1,
        });
    });

    test("keeps the X-Forwarded-For rule that the API has made when the program names none", () => {
        const [before, after] = [{ name: "s", xff: "append", action: "pass" }, { name: "s" }];
        expect(changeOf(settings, after, before)).toEqual({ action: "" });
    });

    test("is read from numbers and switches in either spelling, nothing from null and empty", () => {
        const answer = { name: "s", force_ssl: "0", timer_support: true, max_stale_age: "60", action: null, xff: "" };
        expect(fromApi(settings, answer)).toEqual({ name: "s", forceSsl: false, timerSupport: true, maxStaleAge: 60 });
    });
});

describe("the stand-in's TLS subscription", () => {
    const inputs = {
        certificateAuthority: "lets-encrypt",
        domains: [HOST, "click.example.com"],
        commonName: HOST,
        forceDestroy: true,
        forceUpdate: true,
    };
    const state = { ...inputs, configurationId: "c1", state: "issued", certificateId: "" };

    test("is replaced by another authority, updated by other domains", () => {
        expect(tlsSubscription.diff(state, inputs)).toEqual({ changes: false, replaces: [] });
        expect(tlsSubscription.diff(state, { ...inputs, domains: inputs.domains.toReversed() }).changes).toBe(false);
        expect(tlsSubscription.diff(state, { ...inputs, certificateAuthority: "certainly" })).toEqual({
            changes: true,
            replaces: ["certificateAuthority"],
        });
        expect(tlsSubscription.diff(state, { ...inputs, domains: [HOST] })).toEqual({ changes: true, replaces: [] });
        expect(tlsSubscription.diff(state, { ...inputs, commonName: undefined }).changes).toBe(false);
    });

    test.each(["processing", "renewing", "failed"])("is replaced by other domains while it is %s", (now) => {
        const changed = { ...inputs, domains: [HOST] };
        expect(tlsSubscription.diff({ ...state, state: now }, changed).replaces).toEqual(["domains"]);
        expect(tlsSubscription.diff({ ...state, state: now }, { ...inputs, forceUpdate: false }).replaces).toEqual([]);
    });

    test.each<[string, Properties]>([
        ["certificateAuthority", { certificateAuthority: "mine" }],
        ["domains", { domains: ["Track.example.com"] }],
        ["colour", { colour: "red" }],
    ])("refuses %s that can't be", (property, change) => {
        expect(tlsSubscription.check(inputs)).toEqual([]);
        expect(tlsSubscription.check({ ...inputs, certificateAuthority: UNKNOWN })).toEqual([]);
        expect(tlsSubscription.check({ ...inputs, ...change })).toMatchObject([{ property }]);
    });

    test("whose common name isn't among its domains is refused before any call", async () => {
        const foreign = { ...inputs, commonName: "example.org" };
        await expect(tlsSubscription.create(foreign, "urn")).rejects.toThrow("must also be in domains");
    });
});

describe("the stand-in's validation", () => {
    test("is replaced by another subscription", () => {
        const state = { subscriptionId: "s1" };
        expect(tlsSubscriptionValidation.diff(state, state)).toEqual({ changes: false, replaces: [] });
        expect(tlsSubscriptionValidation.diff(state, { subscriptionId: "s2" })).toEqual({
            changes: true,
            replaces: ["subscriptionId"],
        });
        expect(tlsSubscriptionValidation.check({ ...state, timeout: 1 })).toMatchObject([{ property: "timeout" }]);
    });
});
