import { describe, expect, it } from "vitest";
import { DRIFTED, issueText, keepIssue } from "../../dev/driftIssue.ts";

const output = "~ proxied: false => true";
const theirs = { number: 1, title: "Drift: production" };
const ours = { number: 2, title: "Drift: prod" };

/** The calls after the list of open issues. */
async function calls(code: number, open: object[]): Promise<{ args: string[]; input?: string }[]> {
    const all: { args: string[]; input?: string }[] = [];
    await keepIssue({ stack: "prod", code, output }, (args, input) => {
        all.push({ args, input });
        return JSON.stringify(open);
    });
    return all.slice(1);
}

describe("the issue of a stack", () => {
    it("is opened when the stack has drifted, and says what drifted", async () => {
        const [{ args, input } = { args: [] }, ...more] = await calls(DRIFTED, [theirs]);
        expect(args.slice(0, 4)).toEqual(["issue", "create", "--title", ours.title]);
        expect(input).toContain(output);
        expect(more).toEqual([]);
    });

    it("is brought up to date while the drift lasts: there is one", async () => {
        const [{ args, input } = { args: [] }, ...more] = await calls(DRIFTED, [theirs, ours]);
        expect(args.slice(0, 3)).toEqual(["issue", "edit", "2"]);
        expect(input).toContain(output);
        expect(more).toEqual([]);
    });

    it("is closed when the drift is gone", async () => {
        expect((await calls(0, [theirs, ours])).map(({ args }) => args.slice(0, 3))).toEqual([["issue", "close", "2"]]);
        expect(await calls(0, [theirs])).toEqual([]);
    });

    it("stays as it is when the preview failed", async () => {
        expect(await calls(255, [ours])).toEqual([]);
    });
});

it("keeps a preview's text apart from Markdown, and within GitHub's limit", () => {
    const text = issueText({ stack: "prod", code: DRIFTED, output: "```\n# not a heading" });
    expect(text).toMatch(/\n````\n```\n# not a heading\n````\n$/);
    expect(issueText({ stack: "prod", code: DRIFTED, output: "x".repeat(200_000) }).length).toBeLessThan(65_536);
});
