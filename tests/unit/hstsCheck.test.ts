import { describe, expect, it } from "vitest";
import { httpProblem } from "../../components/src/hstsCheck.ts";

const policy = { domain: "example.com", maxAge: 86_400, includeSubDomains: true, preload: false };

describe("http links of a host", () => {
    it("are refused where a parent's HSTS binds it, with what to do", () => {
        expect(httpProblem("track.example.com", policy)).toMatchSnapshot();
    });

    it("aren't where nothing does", () => {
        expect(httpProblem("track.example.com", undefined)).toBeUndefined();
        expect(httpProblem("track.example.com", { ...policy, includeSubDomains: false })).toBeUndefined();
    });
});
