import { describe, expect, it } from "vitest";
import { cloudflare, events, HOST, liveHost, sparkpost, world } from "./world.ts";

const VERIFY = `POST /tracking-domains/${HOST}/verify`;
const YES = { results: { verified: true, cname_status: "valid", compliance_status: "valid" } };
const FAILED =
    `HTTP request to https://${HOST}:443 failed.  ` +
    "Please verify that your redirect is functioning and that your SSL certificate is valid.";

describe("SparkPost's verification", () => {
    it.each([true, false])("is a real request through the edge to the tracker, secure: %s", async (secure) => {
        const sandbox = await world();
        sandbox.sparkpost.us.seed({ domain: HOST, secure, compliance_status: "pending" });
        sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: true });
        const { status, json } = await sparkpost(sandbox, VERIFY);
        expect([status, json]).toEqual([200, YES]);
        expect(events(sandbox, "verify-asked", "tracker-request", "verified")).toMatchObject([
            { kind: "verify-asked", host: HOST, secure },
            { kind: "tracker-request", host: HOST, scheme: secure ? "https" : "http", via: "edge", region: "us" },
            { kind: "verified", host: HOST },
        ]);
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ verified: true, compliance_status: "valid" }]);
    });

    it("fails in the vendor's words without a name, and the resolver remembers", async () => {
        const sandbox = await world();
        sandbox.sparkpost.us.seed({ domain: HOST, secure: true });
        const { status, json } = await sparkpost(sandbox, VERIFY);
        expect([status, json]).toEqual([400, { errors: [{ message: FAILED }] }]);
        sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: true });
        expect((await sparkpost(sandbox, VERIFY)).status).toBe(400);
    });

    it("says http and 80 for an insecure domain", async () => {
        const sandbox = await world();
        sandbox.sparkpost.us.seed({ domain: HOST });
        expect((await sparkpost(sandbox, VERIFY)).json.errors[0].message).toContain(`http://${HOST}:80 failed.`);
    });

    it("fails while the edge has no certificate, and for a record that isn't proxied", async () => {
        const sandbox = await world({ zones: [{ name: "example.com", certificate: false }] });
        sandbox.sparkpost.us.seed({ domain: HOST, secure: true });
        sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: true });
        expect((await sparkpost(sandbox, VERIFY)).status).toBe(400);
        const direct = await world();
        direct.sparkpost.us.seed({ domain: HOST, secure: true });
        direct.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: false });
        expect((await sparkpost(direct, VERIFY)).json.errors[0].message).toBe(FAILED);
        expect(events(direct, "not-verified")[0]?.what).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
    });

    it("is a plain no when the other region's tracker answers, or a stranger", async () => {
        const sandbox = await world();
        sandbox.sparkpost.us.seed({ domain: HOST, secure: true });
        sandbox.cloudflare.seedRecord({ name: HOST, content: "eu.spgo.io", proxied: true });
        const other = await sparkpost(sandbox, VERIFY);
        expect([other.status, other.json.results.verified]).toEqual([200, false]);
        sandbox.cloudflare.changeRecord(HOST, { content: "spgo.io" });
        sandbox.faults.strangerOrigin = true;
        expect((await sparkpost(sandbox, VERIFY)).json.results.verified).toBe(false);
        sandbox.faults.strangerOrigin = false;
        expect((await sparkpost(sandbox, VERIFY)).json).toEqual(YES);
    });

    it.each([
        ["no", 200],
        ["failure", 400],
    ] as const)("tells a stranger's answer as a %s, assumed: %d", async (strangerAnswer, expected) => {
        const sandbox = await world({ assumed: { strangerAnswer }, faults: { strangerOrigin: true } });
        liveHost(sandbox);
        expect((await sparkpost(sandbox, VERIFY)).status).toBe(expected);
    });

    it("is content with a redirect to the region's endpoint", async () => {
        const sandbox = await world();
        sandbox.sparkpost.us.seed({ domain: HOST, secure: true });
        sandbox.cloudflare.seedRecord({ name: HOST, content: "192.0.2.99", type: "A", proxied: true });
        await cloudflare(sandbox).pageRules.create({
            zone_id: sandbox.cloudflare.zoneId("example.com"),
            targets: [{ target: "url", constraint: { operator: "matches", value: `${HOST}/*` } }],
            actions: [{ id: "forwarding_url", value: { url: "https://spgo.io/$1", status_code: 302 } }],
            status: "active",
        });
        expect((await sparkpost(sandbox, VERIFY)).json).toEqual(YES);
    });

    it.each([
        [false, false],
        [true, true],
    ])(
        "when it fails a verified domain keeps its verification, assumed %s",
        async (failedVerifyKeepsVerified, verified) => {
            const sandbox = await world({ assumed: { failedVerifyKeepsVerified } });
            sandbox.sparkpost.us.seed({ domain: HOST, secure: true, verified: true });
            await sparkpost(sandbox, VERIFY);
            expect(sandbox.sparkpost.us.domains()).toMatchObject([{ verified }]);
        },
    );

    it("never verifies a blocked domain", async () => {
        const sandbox = await world({ blocked: [HOST] });
        await sparkpost(sandbox, "POST /tracking-domains", { body: { domain: HOST } });
        sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: true });
        expect((await sparkpost(sandbox, VERIFY)).json.results).toMatchObject({
            verified: false,
            compliance_status: "blocked",
        });
    });

    it("says no as often as told, fails as told, and isn't there for an unknown domain", async () => {
        const sandbox = await world({ faults: { verifyNo: 2, verifyStatus: 503 } });
        expect((await sparkpost(sandbox, VERIFY)).status).toBe(404);
        liveHost(sandbox);
        expect((await sparkpost(sandbox, VERIFY)).status).toBe(503);
        sandbox.faults.verifyStatus = undefined;
        const answers = [];
        for (let n = 0; n < 3; n++) {
            answers.push((await sparkpost(sandbox, VERIFY)).json.results.verified);
        }
        expect(answers).toEqual([false, false, true]);
        sandbox.faults.verifyNever = true;
        expect((await sparkpost(sandbox, VERIFY)).json.results.verified).toBe(false);
    });
});
