import { describe, expect, it } from "vitest";
import { examined, proxied, troubles } from "./world.ts";

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
