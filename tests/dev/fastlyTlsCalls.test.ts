// The stand-in's calls for a certificate, against an API that answers by a script.
import { describe, expect, test, vi } from "vitest";
import { tlsSubscription } from "../../dev/offline/standins/fastly/tlsSubscription.ts";
import { endWaiting, tlsSubscriptionValidation } from "../../dev/offline/standins/fastly/tlsSubscriptionValidation.ts";
import { ACME, HOST, KEY, ok, start, subscription } from "./fastlyApi.ts";

const GET = "GET /tls/subscriptions/t1";
const INCLUDED = `${GET}?include=tls_authorizations`;

describe("a TLS subscription", () => {
    const wanted = {
        ...{ certificateAuthority: "lets-encrypt", domains: [HOST], commonName: HOST },
        ...{ forceDestroy: true, forceUpdate: true },
    };

    test("is created as JSON:API, and tells what proves the host", async () => {
        const api = await start({
            "POST /tls/subscriptions": [subscription("pending")],
            [INCLUDED]: [subscription("pending")],
        });
        const { id, state } = await tlsSubscription.create(wanted, "urn");
        expect(id).toBe("t1");
        expect(state).toMatchObject({
            ...wanted,
            state: "pending",
            certificateId: "",
            configurationId: "conf1",
            createdAt: "2026-01-01T00:00:00.000Z",
            managedDnsChallenges: [
                { recordName: ACME, recordType: "CNAME", recordValue: "abc.fastly-validations.com" },
            ],
            managedDnsChallenge: { record_name: ACME, record_value: "abc.fastly-validations.com" },
            managedHttpChallenges: [
                { recordName: HOST, recordType: "CNAME", recordValues: ["j.sni.global.fastly.net"] },
                { recordName: HOST, recordType: "A", recordValues: ["192.0.2.1", "192.0.2.2"] },
            ],
        });
        expect(tlsSubscription.diff(state, wanted)).toEqual({ changes: false, replaces: [] });
        const { headers, body } = api.calls[0] ?? {};
        expect(headers?.accept).toBe("application/vnd.api+json");
        expect(headers).toMatchObject({ "content-type": "application/vnd.api+json", "fastly-key": KEY });
        const domain = { type: "tls_domain", id: HOST };
        expect(body).toEqual({
            data: {
                type: "tls_subscription",
                attributes: { certificate_authority: "lets-encrypt" },
                relationships: { tls_domains: { data: [domain] }, common_name: { data: domain } },
            },
        });
    });

    test("shows its new state on a read, and is gone with 404", async () => {
        await start({ [INCLUDED]: [subscription("issued"), { status: 404 }] });
        const found = await tlsSubscription.read("t1", { ...wanted, state: "pending" });
        expect(found).toMatchObject({ id: "t1", state: { state: "issued", certificateId: "c1" }, inputs: wanted });
        expect(await tlsSubscription.read("t1", wanted)).toBeUndefined();
    });

    test("is read with its domains in the order of its state", async () => {
        const known = [HOST, "a.example.com"];
        await start({ [INCLUDED]: [subscription("issued", ["b.example.com", ...known.toReversed()])] });
        const found = await tlsSubscription.read("t1", { ...wanted, domains: known });
        expect(found?.state.domains).toEqual([...known, "b.example.com"]);
    });

    test("without an authorization fails, where the official plugin crashes", async () => {
        await start({ [INCLUDED]: [subscription("pending", [HOST], [])] });
        await expect(tlsSubscription.read("t1", wanted)).rejects.toThrow("no tls_authorizations");
    });

    test("is updated and deleted by force where the program says so", async () => {
        const api = await start({
            "PATCH /tls/subscriptions/t1?force=true": ok,
            "DELETE /tls/subscriptions/t1?force=true": [{ status: 204 }],
            "DELETE /tls/subscriptions/t1": [{ status: 204 }],
            [INCLUDED]: [subscription("issued")],
        });
        const more = { ...wanted, domains: [HOST, "click.example.com"] };
        await tlsSubscription.update("t1", { ...wanted, state: "issued" }, more, "urn");
        expect(api.calls[0]?.body).toMatchObject({
            data: { id: "t1", relationships: { tls_domains: { data: [{ id: HOST }, { id: "click.example.com" }] } } },
        });
        await tlsSubscription.delete("t1", wanted, "urn");
        await tlsSubscription.delete("t1", { ...wanted, forceDestroy: false }, "urn");
        expect(api.whats().slice(-2)).toEqual([
            "DELETE /tls/subscriptions/t1?force=true",
            "DELETE /tls/subscriptions/t1",
        ]);
    });

    test("that Fastly refuses is an error with its words", async () => {
        const errors = [{ title: "Forbidden", detail: "domain is taken" }];
        await start({ "POST /tls/subscriptions": [{ status: 403, body: { errors } }] });
        await expect(tlsSubscription.create(wanted, "urn")).rejects.toThrow(
            "POST /tls/subscriptions: 403: Forbidden: domain is taken",
        );
    });
});

describe("a validation", () => {
    const wanted = { subscriptionId: "t1" };

    test("waits until the certificate is issued", async () => {
        const api = await start({
            [GET]: [subscription("pending"), subscription("issued")],
        });
        expect(await tlsSubscriptionValidation.create(wanted, "urn")).toEqual({ id: "t1", state: wanted });
        expect(api.whats()).toEqual([GET, GET]);
    });

    test("ends with the state at its time-out", async () => {
        await start({ [GET]: [subscription("pending")] });
        await expect(tlsSubscriptionValidation.create(wanted, "urn", 0.1)).rejects.toThrow(
            "expected subscription state to be issued but it was pending",
        );
    });

    test("waits on when the subscription has failed, and ends at once when there is none", async () => {
        const api = await start({ [GET]: [subscription("failed"), subscription("failed"), { status: 404 }] });
        await expect(tlsSubscriptionValidation.create(wanted, "urn", 0.6)).rejects.toThrow("but it was failed");
        expect(api.calls).toHaveLength(2);
        await expect(tlsSubscriptionValidation.create(wanted, "urn")).rejects.toThrow("404");
        expect(api.calls).toHaveLength(3);
    });

    test("ends when the engine cancels", async () => {
        const api = await start({ [GET]: [subscription("pending")] });
        const waiting = tlsSubscriptionValidation.create(wanted, "urn");
        const ended = expect(waiting).rejects.toThrow("aborted");
        await vi.waitUntil(() => api.calls.length > 0);
        endWaiting();
        await ended;
    });

    test("is there while the state is issued; renewing drops it, as with the official plugin", async () => {
        await start({ [GET]: [subscription("issued"), subscription("renewing"), { status: 404 }] });
        expect(await tlsSubscriptionValidation.read("t1", wanted)).toMatchObject({ id: "t1", state: wanted });
        expect(await tlsSubscriptionValidation.read("t1", wanted)).toBeUndefined();
        expect(await tlsSubscriptionValidation.read("t1", wanted)).toBeUndefined();
    });
});
