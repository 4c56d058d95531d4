// The stand-in against the sandbox's Fastly: what the official plugin sends and expects meets what the API does.
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { serviceVcl } from "../../dev/offline/standins/fastly/serviceVcl.ts";
import { tlsSubscription } from "../../dev/offline/standins/fastly/tlsSubscription.ts";
import { tlsSubscriptionValidation } from "../../dev/offline/standins/fastly/tlsSubscriptionValidation.ts";
import { type Properties, withoutSecrets } from "../../dev/offline/standins/values.ts";
import { type Assumed, startSandbox } from "../../dev/sandbox/index.ts";

const HOST = "track.example.com";
const setting = {
    ...{ name: "sparkpost", xff: "append", maxStaleAge: 0, timerSupport: false },
    ...{ bypassBusyWait: false, forceMiss: false, forceSsl: false },
};
const program = {
    name: HOST,
    comment: "clicks",
    domains: [{ name: HOST, comment: "clicks" }],
    backends: [
        {
            ...{ name: "sparkpost", address: "spgo.io", port: 443, useSsl: true, sslCheckCert: true },
            ...{ sslCertHostname: "spgo.io", sslSniHostname: "spgo.io", minTlsVersion: "1.2", connectTimeout: 5_000 },
        },
    ],
    requestSettings: [setting],
    snippets: [{ name: "client", type: "recv", content: "set req.http.X-Forwarded-For = client.ip;" }],
    defaultTtl: 10,
    http3: true,
    staleIfError: false,
    forceDestroy: true,
};

const complete = (inputs: Properties) => serviceVcl.complete?.(inputs) ?? inputs;

async function start(assumed: Partial<Assumed> = {}) {
    const sandbox = await startSandbox({ zones: [{ name: "example.com" }], assumed });
    onTestFinished(sandbox.close);
    vi.stubEnv("FASTLY_API_URL", sandbox.fastly.apiUrl);
    vi.stubEnv("FASTLY_API_KEY", sandbox.fastly.apiKey);
    onTestFinished(() => {
        vi.unstubAllEnvs();
    });
    return sandbox;
}

describe("a service in the sandbox", () => {
    test("is created, and shows no change then, nor after a read", async () => {
        const { fastly } = await start();
        const inputs = complete(program);
        const { id, state } = await serviceVcl.create(inputs, "urn");
        expect(serviceVcl.diff(state, inputs).changes).toBe(false);
        const found = await serviceVcl.read(id, state);
        expect(found?.state).toEqual(state);
        expect(serviceVcl.diff(found?.state ?? {}, inputs).changes).toBe(false);
        expect(fastly.services()).toMatchObject([{ id, active_version: 1, comment: "clicks" }]);
    });

    test("that somebody else has changed is read with all that the official plugin asks then", async () => {
        const { fastly, timeline } = await start();
        const { id, state } = await serviceVcl.create(complete(program), "urn");
        fastly.changeBackend(HOST, { override_host: "spgo.io" });
        const before = fastly.calls.length;
        const found = await serviceVcl.read(id, state);
        expect(withoutSecrets(found?.state ?? {})).toMatchObject({
            backends: [{ overrideHost: "spgo.io" }],
            activeVersion: 2,
        });
        const strange = fastly.calls.slice(before).filter(({ status }) => status !== 200);
        expect(strange.map(({ status }) => status)).toEqual([...Array(10).fill(400), 404]);
        expect(timeline.filter(({ kind }) => kind === "unmodelled")).toEqual([]);
    });

    test("shows a change at every preview for a setting that the program leaves to the API", async () => {
        await start();
        const { xff: _, ...rest } = setting;
        const inputs = complete({ ...program, requestSettings: [rest] });
        const { id, state } = await serviceVcl.create(inputs, "urn");
        expect(serviceVcl.diff(state, inputs).changes).toBe(true);
        expect(serviceVcl.diff(await serviceVcl.update(id, state, inputs, "urn"), inputs).changes).toBe(true);
    });

    test("gets one new version for all that changes, and its blocks by name", async () => {
        const { fastly } = await start();
        const { id, state } = await serviceVcl.create(complete(program), "urn");
        const wanted = complete({
            ...program,
            domains: [{ name: "click.example.com" }],
            backends: [{ ...program.backends[0], address: "eu.spgo.io" }],
            requestSettings: [{ ...setting, action: "pass" }],
            snippets: [],
            defaultTtl: 60,
            http3: false,
        });
        const after = await serviceVcl.update(id, state, wanted, "urn");
        expect(after).toMatchObject({ activeVersion: 2, clonedVersion: 2, http3: false });
        expect(serviceVcl.diff(after, wanted).changes).toBe(false);
        const [service] = fastly.services();
        expect(service?.versions).toHaveLength(2);
        expect(service?.versions[1]).toMatchObject({
            domains: [{ name: "click.example.com" }],
            backends: [{ address: "eu.spgo.io", min_tls_version: "1.2" }],
            request_settings: [{ action: "pass" }],
            snippets: [],
        });
        const back = await serviceVcl.update(id, after, complete(program), "urn");
        expect(back).toMatchObject({ activeVersion: 3 });
        expect(serviceVcl.diff(back, complete(program)).changes).toBe(false);
    });

    test("shows on a read what someone else changed, and is put right", async () => {
        const { fastly } = await start();
        const inputs = complete(program);
        const { id, state } = await serviceVcl.create(inputs, "urn");
        fastly.changeBackend(HOST, { address: "example.org", ssl_check_cert: false });
        const found = await serviceVcl.read(id, state);
        expect(withoutSecrets(found?.state.backends)).toMatchObject([{ address: "example.org", sslCheckCert: false }]);
        expect(serviceVcl.diff(found?.state ?? {}, inputs).changes).toBe(true);
        const repaired = await serviceVcl.update(id, found?.state ?? {}, inputs, "urn");
        expect(serviceVcl.diff(repaired, inputs).changes).toBe(false);
    });

    test("that was there before is imported, and updated to what the program says", async () => {
        const { fastly } = await start();
        const id = fastly.seedService({ name: HOST, domain: HOST });
        const found = await serviceVcl.read(id, {});
        expect(found?.inputs).toMatchObject({ name: HOST, defaultTtl: 10, domains: [{ name: HOST }] });
        const inputs = complete(program);
        const after = await serviceVcl.update(id, found?.state ?? {}, inputs, "urn");
        expect(serviceVcl.diff(after, inputs).changes).toBe(false);
        expect(withoutSecrets(after.backends)).toMatchObject([{ name: "sparkpost", minTlsVersion: "1.2" }]);
    });

    test.each([
        ["creation", /^POST .*\/version\/1\/domain: 4\d\d: .*track\.example\.com/],
        ["activation", /^error activating version \(1\): PUT .*\/version\/1\/activate: 4\d\d: .*track\.example\.com/],
    ] as const)(
        "whose domain is another customer's fails with Fastly's words, told at %s",
        async (takenDomain, words) => {
            const { fastly } = await start({ takenDomain });
            fastly.seedService({ name: "theirs", domain: HOST, customer: "another" });
            const error = await serviceVcl.create(complete(program), "urn").catch((reason) => reason);
            expect(error).toMatchObject({ id: expect.any(String), message: expect.stringMatching(words) });
        },
    );

    test("is gone after its end", async () => {
        await start();
        const { id, state } = await serviceVcl.create(complete(program), "urn");
        await expect(serviceVcl.delete(id, { ...state, forceDestroy: false }, "urn")).rejects.toThrow("active version");
        await serviceVcl.delete(id, state, "urn");
        expect(await serviceVcl.read(id, state)).toBeUndefined();
    });
});

describe("a certificate in the sandbox", () => {
    const wanted = {
        ...{ certificateAuthority: "lets-encrypt", domains: [HOST], commonName: HOST },
        ...{ forceDestroy: true, forceUpdate: true },
    };

    test("is issued once the challenge is in DNS, renewed, and taken away", async () => {
        const { fastly, cloudflare } = await start();
        await serviceVcl.create(complete(program), "urn");
        const { id, state } = await tlsSubscription.create(wanted, "urn");
        expect(state).toMatchObject({ state: "pending", certificateId: "", managedHttpChallenges: expect.any(Array) });
        const [challenge] = state.managedDnsChallenges as Record<string, string>[];
        expect(challenge).toMatchObject({ recordName: `_acme-challenge.${HOST}`, recordType: "CNAME" });
        const validation = { subscriptionId: id };
        expect(await tlsSubscriptionValidation.read(id, validation)).toBeUndefined();

        cloudflare.seedRecord({
            type: "CNAME",
            name: challenge?.recordName ?? "",
            content: challenge?.recordValue ?? "",
        });
        await tlsSubscriptionValidation.create(validation, "urn");
        const found = await tlsSubscription.read(id, state);
        expect(found?.state).toMatchObject({ state: "issued", certificateId: expect.stringMatching(/./) });
        expect(tlsSubscription.diff(found?.state ?? {}, wanted)).toEqual({ changes: false, replaces: [] });
        expect(await tlsSubscriptionValidation.read(id, validation)).toMatchObject({ id });

        await tlsSubscription.delete(id, wanted, "urn");
        expect(await tlsSubscription.read(id, wanted)).toBeUndefined();
        expect(fastly.subscriptions()).toEqual([]);
    });

    test("for a host that is on no service is refused with Fastly's words", async () => {
        await start();
        await expect(tlsSubscription.create(wanted, "urn")).rejects.toThrow("was not found on one of your services");
    });

    test("covers other hosts by an update", async () => {
        const { fastly } = await start();
        const domains = [{ name: HOST }, { name: "click.example.com" }];
        await serviceVcl.create(complete({ ...program, domains }), "urn");
        const { id, state } = await tlsSubscription.create(wanted, "urn");
        const more = { ...wanted, domains: [HOST, "click.example.com"] };
        const after = await tlsSubscription.update(id, state, more, "urn");
        expect(after).toMatchObject({ domains: more.domains });
        expect(after.managedDnsChallenges).toHaveLength(2);
        expect(fastly.subscriptions()).toMatchObject([{ id, hosts: [{ name: HOST }, { name: "click.example.com" }] }]);
    });
});
