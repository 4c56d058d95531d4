import { describe, expect, it } from "vitest";
import { lastRedirectOf, parseReport } from "../../../components/src/probe/report.ts";

const hostname = "track.example.com";
const report = { hostname, endpoint: "spgo.io", redirects: true, passed: true };

describe("the last report", () => {
    it("tells the endpoint that the host redirected to", () => {
        expect(lastRedirectOf(hostname, JSON.stringify(report))).toBe("spgo.io");
    });

    it.each([
        ["of a proxy", JSON.stringify({ ...report, redirects: undefined })],
        ["of another host", JSON.stringify({ ...report, hostname: "other.example.com" })],
        ["that isn't there", undefined],
        ["that is empty", ""],
        ["that is something else", "hello"],
        ["that is nothing", "null"],
    ])("%s tells nothing", (_what, text) => {
        expect(lastRedirectOf(hostname, text)).toBeUndefined();
    });

    it.each([undefined, "", "hello", "null", "[]", "1", '{"other":true}'])("isn't read from %j", (text) => {
        expect(parseReport(text)).toBeUndefined();
    });
});
