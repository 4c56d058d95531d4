import { describe, expect, it } from "vitest";
import type { SandboxOptions } from "../../dev/sandbox/index.ts";
import { events, HOST, sparkpost, world } from "./world.ts";

const CHECK = `POST /tracking-domains/${HOST}/certificate/check`;
const ENABLE = `POST /tracking-domains/${HOST}/certificate/enable`;
const VERIFY = `POST /tracking-domains/${HOST}/verify`;

/** A verified http domain whose host is a plain CNAME to the v2 endpoint. */
async function plainHost(options?: SandboxOptions, content = "v2.spgo.io") {
    const sandbox = await world(options);
    sandbox.sparkpost.us.seed({ domain: HOST, verified: true });
    sandbox.cloudflare.seedRecord({ name: HOST, content, proxied: false });
    return sandbox;
}

describe("the check for a managed certificate", () => {
    it.each([
        ["eligible", 200, true],
        ["ineligible", 200, false],
        ["forbidden", 403, undefined],
        ["unavailable", 503, undefined],
    ] as const)("answers an account that is %s with %d", async (managedCertificates, expected, supported) => {
        const sandbox = await world({ managedCertificates });
        sandbox.sparkpost.us.seed({ domain: HOST });
        const { status, json } = await sparkpost(sandbox, CHECK);
        expect([status, json.results?.supportsManagedCertificate]).toEqual([expected, supported]);
    });

    it("isn't there for an unknown domain, nor for a key that may only look", async () => {
        const sandbox = await world({ keys: [{ key: "viewer", grants: ["tracking_domains/view"] }] });
        expect((await sparkpost(sandbox, CHECK)).status).toBe(404);
        sandbox.sparkpost.us.seed({ domain: HOST });
        expect((await sparkpost(sandbox, CHECK, { key: "viewer" })).status).toBe(403);
    });

    it.each([
        ["account", true],
        ["host", false],
    ] as const)("looks at the %s, assumed; without DNS it answers %s", async (certificateCheck, supported) => {
        const sandbox = await world({ assumed: { certificateCheck } });
        sandbox.sparkpost.us.seed({ domain: HOST, verified: true });
        const asked = async () => (await sparkpost(sandbox, CHECK)).json.results.supportsManagedCertificate;
        expect(await asked()).toBe(supported);
    });

    it("answers yes for a verified host at the v2 endpoint, whatever it looks at", async () => {
        const sandbox = await plainHost({ assumed: { certificateCheck: "host" } });
        expect((await sparkpost(sandbox, CHECK)).json).toEqual({
            results: { domain: HOST, supportsManagedCertificate: true },
        });
    });
});

describe("the order of a managed certificate", () => {
    it("goes from pending to valid, makes links https, and the endpoint shows a certificate for the host", async () => {
        const sandbox = await plainHost({
            faults: { managedCertificateDelay: 50 },
            assumed: { certificateResetsVerified: false },
        });
        await expect(sandbox.click(`https://${HOST}/f/a`)).rejects.toMatchObject({
            code: "ERR_TLS_CERT_ALTNAME_INVALID",
        });
        const { status, json } = await sparkpost(sandbox, ENABLE);
        expect([status, typeof json.results.message]).toEqual([200, "string"]);
        const pending = await sparkpost(sandbox, `GET /tracking-domains/${HOST}`);
        expect(pending.json.results).toMatchObject({
            secure: false,
            status: { tls_status: "pending", verified: true },
        });
        await sandbox.waitFor(({ kind }) => kind === "certificate-issued");
        const valid = await sparkpost(sandbox, `GET /tracking-domains/${HOST}`);
        expect(valid.json.results).toMatchObject({
            secure: true,
            port: 443,
            uses_managed_certificate: true,
            tls_certificate: { issued_at: expect.any(String), expires_at: expect.any(String) },
            status: { tls_status: "valid", verified: true },
        });
        expect(await sandbox.click(`https://${HOST}/f/a`)).toMatchObject({ status: 302, address: "192.0.2.10" });
        expect(await sandbox.click(`http://${HOST}/f/a`)).toMatchObject({ status: 302 });
        expect((await sparkpost(sandbox, VERIFY)).json.results.verified).toBe(true);
        expect(events(sandbox, "certificate-ordered", "certificate-issued")).toMatchObject([
            { kind: "certificate-ordered", host: HOST },
            { kind: "certificate-issued", host: HOST },
        ]);
    });

    it("is for the host's own endpoint only: elsewhere the endpoint shows its own certificate again", async () => {
        const sandbox = await plainHost({ ttlScale: 0 });
        await sparkpost(sandbox, ENABLE);
        sandbox.cloudflare.changeRecord(HOST, { content: "spgo.io" });
        await expect(sandbox.click(`https://${HOST}/f/a`)).rejects.toMatchObject({
            code: "ERR_TLS_CERT_ALTNAME_INVALID",
        });
    });

    it("works in the EU at the EU's endpoint", async () => {
        const sandbox = await world();
        sandbox.sparkpost.eu.seed({ domain: HOST, verified: true });
        sandbox.cloudflare.seedRecord({ name: HOST, content: "eu.v2.spgo.io", proxied: false });
        expect((await sparkpost(sandbox, ENABLE, { region: "eu" })).status).toBe(200);
        expect(sandbox.sparkpost.eu.domains()).toMatchObject([{ tls_status: "valid", secure: true }]);
    });

    it.each([
        [true, false],
        [false, true],
    ])("costs the verification when it is there, assumed %s", async (certificateResetsVerified, verified) => {
        const sandbox = await plainHost({ assumed: { certificateResetsVerified } });
        await sparkpost(sandbox, ENABLE);
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ secure: true, verified }]);
    });

    it("ends as failed where told, and links stay http", async () => {
        const sandbox = await plainHost({ faults: { managedCertificateFails: true } });
        await sparkpost(sandbox, ENABLE);
        const { json } = await sparkpost(sandbox, `GET /tracking-domains/${HOST}`);
        expect(json.results).toMatchObject({
            secure: false,
            tls_certificate: { error_code: expect.any(String) },
            status: { tls_status: "failed", verified: true },
        });
        expect(events(sandbox, "certificate-failed")).toHaveLength(1);
        sandbox.faults.managedCertificateFails = false;
        await sparkpost(sandbox, ENABLE);
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ secure: true, tls_status: "valid" }]);
    });

    it.each([
        ['0 issue "letsencrypt.org; validationmethods=dns-01"', "failed"],
        ['0 issue "letsencrypt.org; accounturi=https://acme.example/other"', "failed"],
        ['0 issue "letsencrypt.org; validationmethods=http-01; accounturi=https://acme.example/sparkpost"', "valid"],
    ])("ends as CAA has it: %s, %s", async (content, status) => {
        const sandbox = await plainHost();
        sandbox.cloudflare.seedRecord({ name: "example.com", type: "CAA", content });
        await sparkpost(sandbox, ENABLE);
        await expect.poll(() => sandbox.sparkpost.us.domains()[0]?.tls_status).toBe(status);
    });

    it("isn't made twice, nor for a domain that is gone by then", async () => {
        const sandbox = await plainHost({ faults: { managedCertificateDelay: 20 } });
        await sparkpost(sandbox, ENABLE);
        expect((await sparkpost(sandbox, ENABLE)).status).toBe(200);
        expect(events(sandbox, "certificate-ordered")).toHaveLength(1);
        sandbox.sparkpost.us.remove(HOST);
        sandbox.sparkpost.us.seed({ domain: HOST });
        // One that is ordered later is issued later.
        sandbox.sparkpost.us.seed({ domain: "later.example.com", verified: true });
        sandbox.cloudflare.seedRecord({ name: "later.example.com", content: "v2.spgo.io", proxied: false });
        await sparkpost(sandbox, "POST /tracking-domains/later.example.com/certificate/enable");
        const issued = await sandbox.waitFor(({ kind }) => kind === "certificate-issued");
        expect(issued.host).toBe("later.example.com");
    });

    it.each(["spgo.io", "eu.v2.spgo.io"])("needs the region's v2 endpoint, not %s", async (content) => {
        const sandbox = await plainHost({}, content);
        expect((await sparkpost(sandbox, ENABLE)).status).toBe(400);
    });

    it("needs a host without a CDN in between, and one that is verified", async () => {
        const sandbox = await plainHost({ ttlScale: 0 });
        sandbox.cloudflare.changeRecord(HOST, { proxied: true });
        expect((await sparkpost(sandbox, ENABLE)).status).toBe(400);
        sandbox.cloudflare.changeRecord(HOST, { proxied: false });
        sandbox.sparkpost.us.change(HOST, { verified: false });
        const { status, json } = await sparkpost(sandbox, ENABLE);
        expect([status, json.errors[0].message]).toEqual([400, `Tracking domain '${HOST}' unverified.`]);
        expect(events(sandbox, "certificate-ordered")).toEqual([]);
    });

    it.each([
        ["ineligible", 403],
        ["forbidden", 403],
        ["unavailable", 503],
    ] as const)("is refused to an account that is %s", async (managedCertificates, expected) => {
        const sandbox = await plainHost({ managedCertificates });
        expect((await sparkpost(sandbox, ENABLE)).status).toBe(expected);
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ secure: false, verified: true }]);
    });
});
