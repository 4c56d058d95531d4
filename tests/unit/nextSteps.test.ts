import { describe, expect, it } from "vitest";
import { nextSteps } from "../../components/src/nextSteps.ts";

const hostname = "track.example.com";
const text = (situation: { protect: boolean; adopt: boolean }) => nextSteps({ hostname, ...situation }).join("\n");

describe("next steps", () => {
    it("say when new mail has https links, and that old ones keep their scheme", () => {
        const [first] = nextSteps({ hostname, protect: false, adopt: false });
        expect(first).toContain("within about 5 minutes");
        expect(first).toContain("must go on answering on http too");
    });

    it("say how to delete what is protected, and what breaks then", () => {
        expect(text({ protect: true, adopt: false })).toContain("breaks every link in mail already sent");
        expect(text({ protect: true, adopt: false })).toContain("`protect: false`");
        expect(text({ protect: false, adopt: false })).not.toContain("protect");
    });

    it("say that destroy leaves what was adopted", () => {
        expect(text({ protect: true, adopt: true })).toContain("`pulumi destroy` leaves its registration");
        expect(text({ protect: true, adopt: false })).not.toContain("adopted");
    });
});
