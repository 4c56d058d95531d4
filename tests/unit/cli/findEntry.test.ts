import { describe, expect, it } from "vitest";
import { ruleToImport } from "../../../components/src/cli/findEntry.ts";

const rule = (pattern: string) => ({
    id: pattern,
    targets: [{ constraint: { value: pattern } }],
    actions: [],
    priority: 1,
    status: "active",
});
const found = (...patterns: string[]) => ruleToImport("track.example.com", patterns.map(rule))?.id;

describe("the page rule that is taken over", () => {
    it("is the one for all of the host's URLs, by its own pattern first", () => {
        expect(found("track.example.com/f/*", "https://track.example.com/*", "track.example.com/*")).toBe(
            "track.example.com/*",
        );
        expect(found("track.example.com/f/*", "http*://track.example.com/*")).toBe("http*://track.example.com/*");
    });

    it("is one for some of its paths where there is no other, and never a wildcard", () => {
        expect(found("*.example.com/*", "track.example.com/f/*")).toBe("track.example.com/f/*");
        expect(found("*.example.com/*", "*track.example.com/*")).toBeUndefined();
    });
});
