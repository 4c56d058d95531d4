import { describe, expect, it } from "vitest";
import { examined, HOST, proxied, troubles } from "./world.ts";

describe("doctor", () => {
    it("finds nothing wrong with a host that works", async () => {
        const examination = await examined(await proxied());
        expect(examination).toMatchObject({ hostname: "track.example.com", state: "ok" });
        expect(troubles(examination)).toEqual([]);
    });

    it("says which links work where others don't", async () => {
        const examination = await examined(await proxied({ faults: { wrongCertificate: true } }));
        expect(examination.verdict).toContain("Links work over http; https links are broken: ");
        expect(troubles(examination)).toEqual(["broken certificate-refused", "unseen https", "warning https-first"]);
    });
});

describe("doctor, of CAA records,", () => {
    it.each([
        ['0 issue "letsencrypt.org"', []],
        ['0 issue "letsencrypt.org; validationmethods=dns-01"', []],
        ['0 issuewild ";"', []],
        ['0 issue "digicert.com"', ["warning caa-issuer"]],
        ['0 issue ";"', ["warning caa-issuer"]],
        ['0 issue "letsencrypt.org; validationmethods=http-01"', ["warning caa-method"]],
        ['0 issue "letsencrypt.org; accounturi=https://acme.example/1"', ["warning caa-account"]],
        ['128 tbs "x"', ["warning caa-critical"]],
    ])("holds %s of the domain against the way in which Cloudflare gets its certificate", async (content, found) => {
        const sandbox = await proxied();
        sandbox.cloudflare.seedRecord({ name: "example.com", type: "CAA", content });
        expect(troubles(await examined(sandbox))).toEqual(found);
    });

    it("finds broken what keeps the first certificate away", async () => {
        const sandbox = await proxied({ zones: [{ name: "example.com", certificate: false }] });
        sandbox.cloudflare.seedRecord({ name: HOST, type: "CAA", content: '0 issue "digicert.com"' });
        expect(troubles(await examined(sandbox))).toContain("broken caa-issuer");
    });

    it("finds that a resolver doesn't get them where the zone's own servers answer", async () => {
        const found = troubles(await examined(await proxied({ faults: { signaturesDontFit: true } })));
        expect(found).toEqual(["broken resolver-failed", "broken dnssec", "warning caa-resolver"]);
    });
});
