import { describe, expect, it } from "vitest";
import { ofCaa } from "../../../components/src/doctor/certificate.ts";
import type { Subject } from "../../../components/src/doctor/world.ts";
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

    it.each([
        ["dns-01", []],
        ["http-01", []],
        ["tls-alpn-01", []],
        ["", ["caa-method"]],
    ])("finds what excludes every way, where nobody knows who orders: validationmethods=%s", (method, kinds) => {
        const issued = { asked: { edge: { certificate: { issuer: "Let's Encrypt, R10" } } } };
        const subject = { hostname: HOST, answers: { https: { working: [issued] } } } as unknown as Subject;
        const parameters = [["validationmethods", method]] as const;
        const record = { critical: false, tag: "issue", value: "", issuer: "letsencrypt.org", parameters };
        const found = ofCaa(subject, { relevant: { name: "example.com", records: [record] } });
        expect(found.filter(({ state }) => state !== "ok").map(({ kind }) => kind)).toEqual(kinds);
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
