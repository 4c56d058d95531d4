import { describe, expect, it } from "vitest";
import { nextSteps, type Situation } from "../../components/src/nextSteps.ts";

const hostname = "track.example.com";
const plain = { secure: true, protect: false, adopt: false, hasLinks: false, isVerified: true };
const stepsOf = (situation: Partial<Situation>) =>
    nextSteps({ hostname, ...plain, waitsFor: [], ofEdge: [], ...situation });
/** What these situations have to say beyond a plain host. */
const more = (situation: Partial<Situation>) => stepsOf(situation).filter((step) => !stepsOf({}).includes(step));

const movedAt = "2026-11-24T23:00:00.000Z";
const adopted = { adopt: true };

describe("next steps", () => {
    it.each<[string, Partial<Situation>]>([
        ["https links, unprotected", {}],
        ["http links: what breaks when the edge goes, which comes last", { secure: false }],
        ["a domain that an update didn't finish", { isVerified: false, protect: true }],
        ["a protected host", { protect: true }],
        ["an adopted host, which destroy leaves", adopted],
        ["an adopted host of another account", { ...adopted, account: { region: "eu", subaccount: 7 } }],
        ["an adopted host with sending domains, which destroy takes all the same", { ...adopted, hasLinks: true }],
        ["a host that may move: what it costs, and how it costs nothing", { kind: "cloudflare" }],
        ["a move from cloudflare", { kind: "fastly", movedFrom: "cloudflare", movedAt }],
        ["an adopted host's move from cloudflare", { ...adopted, kind: "fastly", movedFrom: "cloudflare", movedAt }],
        ["an adopted host's move from fastly", { ...adopted, kind: "cloudflare", movedFrom: "fastly", movedAt }],
        ["a move to SparkPost's own certificate", { kind: "managed", movedFrom: "cloudflare", movedAt }],
    ])("of %s", (_what, situation) => {
        expect(stepsOf(situation)).toMatchSnapshot();
    });

    it("begin with what a person has to do, and promise nothing meanwhile", () => {
        const steps = stepsOf({ waitsFor: ["Add the record."], ofEdge: ["It is pending."], kind: "fastly" });
        expect(steps).toEqual(["Add the record.", "It is pending.", ...stepsOf({}).slice(1)]);
    });

    it("of a domain that isn't finished say nothing of links that it doesn't have yet", () => {
        expect(stepsOf({ isVerified: false })).not.toContain(stepsOf({})[0]);
    });

    it("name the command that takes an adopted host over again", () => {
        expect(more(adopted).join()).toContain("`npx --no-install pulumi-sparkpost-tracking find track.example.com`");
        expect(more({ ...adopted, account: { region: "eu", subaccount: 7 } }).join()).toContain(
            "find track.example.com --region eu --subaccount 7`",
        );
    });

    it("tell of sending domains only where an adopted host has some", () => {
        expect(more({ hasLinks: true })).toEqual([]);
        expect(more({ ...adopted, hasLinks: true })).toHaveLength(more(adopted).length + 1);
    });

    it("say nothing of a move from an edge that we know nothing of", () => {
        expect(more({ kind: undefined })).toEqual([]);
    });

    it("tell what is left at the old edge only of an adopted host, and of an edge that leaves something", () => {
        const moveOf = (movedFrom: string) => ({ kind: "cloudflare", movedFrom, movedAt });
        const count = (movedFrom: string) => more({ ...moveOf(movedFrom), ...adopted }).length;
        expect(count("fastly")).toBe(more(moveOf("fastly")).length + 2);
        expect(count("managed")).toBe(count("fastly") - 1);
    });
});
