import { describe, expect, it } from "vitest";
import { parseReport } from "../../../components/src/probe/report.ts";

describe("a report", () => {
    it("is read as it was printed", () => {
        const report = { hostname: "track.example.com", endpoint: "spgo.io", passed: true };
        expect(parseReport(`${JSON.stringify(report)}\n`)).toEqual(report);
    });

    it.each([undefined, "", "hello", "null", "[]", "1", '{"other":true}'])("isn't read from %j", (text) => {
        expect(parseReport(text)).toBeUndefined();
    });
});
