import { describe, expect, it } from "vitest";
import { certificateProblem } from "../../../components/src/cloudflare/recordCheck.ts";

const hostname = "track.example.com";

describe("a zone's certificates", () => {
    const universal = (status: string) => ({ hosts: ["example.com", "*.example.com"], status });

    it("let a host in use be proxied once one that covers it is active", () => {
        const other = { hosts: ["www.example.com"], status: "pending_validation" };
        expect(certificateProblem(hostname, [other, universal("active")])).toBeUndefined();
    });

    it.each([
        [[], "none is on order"],
        [[universal("pending_validation")], "example.com, *.example.com pending_validation"],
        [[{ hosts: ["example.com"], status: "active" }], "example.com active"],
    ])("%j don't", (packs, seen) => {
        const problem = certificateProblem(hostname, packs);
        expect(problem).toContain(`is active yet (${seen})`);
        expect(problem).toContain("Nothing was changed; run `pulumi up --refresh` when one is active");
    });
});
