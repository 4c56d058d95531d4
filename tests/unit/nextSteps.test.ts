import { describe, expect, it } from "vitest";
import { nextSteps, type Situation } from "../../components/src/nextSteps.ts";

const hostname = "track.example.com";
const plain = { secure: true, protect: false, adopt: false, hasLinks: false, isVerified: true };
const stepsOf = (situation: Partial<Situation>) =>
    nextSteps({ hostname, ...plain, waitsFor: [], ofEdge: [], ...situation });
const text = (situation: Partial<Situation>) => stepsOf(situation).join("\n");

describe("next steps", () => {
    it("say of a domain that an update didn't finish that, and nothing of links that it doesn't have yet", () => {
        expect(stepsOf({ isVerified: false, protect: true })).toEqual([
            expect.stringContaining("didn't finish"),
            expect.stringContaining("protect: false"),
        ]);
    });

    it("say when new mail has https links, and that old ones keep their scheme", () => {
        const [first] = stepsOf({});
        expect(first).toContain("within about 5 minutes");
        expect(first).toContain("must go on answering on http too");
    });

    it("of http links say what breaks when the edge goes, which comes last", () => {
        const steps = stepsOf({ secure: false });
        expect(steps[0]).toMatch(/are http within about 5 minutes.*its certificate must stay/);
        expect(steps[1]).toContain("every https link in mail already sent is dead");
        expect(steps.join("\n")).not.toContain("are https within");
        expect(steps.join("\n")).toContain("Chrome warns everybody");
        expect(stepsOf({}).join("\n")).not.toContain("Chrome");
    });

    it("say how to delete what is protected, and what breaks then", () => {
        expect(text({ protect: true })).toContain("breaks every link in mail already sent");
        expect(text({ protect: true })).toContain("`protect: false`");
    });

    it("go on saying what breaks once it isn't protected any more", () => {
        expect(text({})).toMatch(/Nothing protects track\.example\.com .*breaks every link in mail already sent/);
        expect(text({ protect: true })).not.toContain("Nothing protects");
        expect(text({ adopt: true })).not.toContain("breaks every link");
    });

    it("say that destroy leaves what was adopted, and how to have it again", () => {
        expect(text({ adopt: true })).toContain("`npx --no-install pulumi-sparkpost-tracking find track.example.com`");
        expect(text({ adopt: true, account: { region: "eu", subaccount: 7 } })).toContain(
            "find track.example.com --region eu --subaccount 7`",
        );
        expect(text({ protect: true, adopt: true })).toContain("`pulumi destroy` leaves its registration");
        expect(text({ protect: true })).not.toContain("adopted");
    });

    it("say what destroy takes from an adopted host all the same: its sending domains", () => {
        expect(text({ adopt: true, hasLinks: true })).toMatch(
            /`pulumi destroy` unlinks those sending domains of track.* that this stack has linked/,
        );
        expect(text({ hasLinks: true })).not.toContain("unlinks");
        expect(text({ adopt: true })).not.toContain("unlinks");
    });

    it("begin with what a person has to do, and promise nothing meanwhile", () => {
        const steps = stepsOf({ waitsFor: ["Add the record."], ofEdge: ["It is pending."], kind: "fastly" });
        expect(steps.slice(0, 2)).toEqual(["Add the record.", "It is pending."]);
        expect(steps.join()).not.toMatch(/are https|Moving/);
    });

    it("say before a move what it costs and how it costs nothing, except for an edge that we know nothing of", () => {
        expect(text({ kind: "cloudflare" })).toMatch(/Moving track.example.com .*up to 300 s.*sibling host/s);
        expect(text({ kind: undefined })).not.toContain("Moving");
    });

    it("report a move afterwards: from where, to where, when, and which clicks may be lost", () => {
        const moved = text({ kind: "fastly", movedFrom: "cloudflare", movedAt: "2026-11-24T23:00:00.000Z" });
        expect(moved).toMatch(
            /track.example.com moved from cloudflare to fastly \(verified there 2026-11-24T23:00:00.000Z\).*up to 300 s.*none before and none since/s,
        );
        expect(moved).not.toContain("SparkPost had its certificate");
        expect(text({ kind: "fastly" })).not.toContain("moved from");
    });

    it("say what an adopted host has left at its old edge, which is in the way of its return", () => {
        const moved = { kind: "cloudflare", movedFrom: "fastly", movedAt: "2026-11-24T23:00:00.000Z" };
        expect(text({ ...moved, adopt: true })).toMatch(
            /service, TLS subscription and _acme-challenge record .* before track.example.com moves back to fastly/,
        );
        expect(text(moved)).not.toContain("by hand");
        expect(text({ ...moved, kind: "fastly", movedFrom: "cloudflare", adopt: true })).toContain("page rule");
        expect(text({ ...moved, movedFrom: "managed", adopt: true })).not.toContain("by hand");
    });

    it("report that https links waited for SparkPost's own certificate after a move to it", () => {
        const moved = text({ kind: "managed", movedFrom: "cloudflare", movedAt: "2026-11-24T23:00:00.000Z" });
        expect(moved).toContain("may be lost, and those over https until SparkPost had its certificate; none before");
    });
});
