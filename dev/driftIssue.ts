// The one open issue of a stack that has drifted: opened, brought up to date, and closed by the workflow drift.yml.
import { execFileSync } from "node:child_process";

/** What `pulumi preview --refresh --expect-no-changes` said. */
export interface Drift {
    stack: string;
    code: number;
    output: string;
}

/** Pulumi's exit code where a preview shows changes that `--expect-no-changes` rules out. */
export const DRIFTED = 7;
/** Characters of a preview in an issue, whose text GitHub limits to 65,536. */
const MOST = 60_000;

/** Runs GitHub's command line with these arguments and this standard input; gives what it printed. */
export type Gh = (args: string[], input?: string) => string;

const gh: Gh = (args, input) =>
    execFileSync("gh", args, { input, encoding: "utf8", stdio: ["pipe", "pipe", "inherit"] });

/** A preview that failed says nothing about drift, and leaves the issue as it is. */
export async function keepIssue(drift: Drift, run: Gh = gh): Promise<void> {
    const title = `Drift: ${drift.stack}`;
    // Only issues that the workflow opened: another person's issue of that title isn't touched.
    const listed = run(["issue", "list", "--app", "github-actions", "--limit", "1000", "--json", "number,title"]);
    const open = (JSON.parse(listed) as { number: number; title: string }[]).find((issue) => issue.title === title);
    if (drift.code === DRIFTED) {
        const to = open ? ["edit", `${open.number}`] : ["create", "--title", title];
        run(["issue", ...to, "--body-file", "-"], issueText(drift));
    } else if (drift.code === 0 && open) {
        run(["issue", "close", `${open.number}`, "--comment", "The stack has no drift any more."]);
    }
}

export function issueText({ stack, output }: Drift): string {
    const cut = output.length > MOST ? `${output.slice(0, MOST)}\n… (the workflow's run has the rest)` : output;
    // Longer than any fence in the text, so nothing in it is read as Markdown.
    const fence = "`".repeat(Math.max(3, ...[...cut.matchAll(/`+/g)].map(([run]) => run.length + 1)));
    return `What exists differs from what the stack **${stack}** declares. Somebody changed it outside of the stack, or a change
on main isn't deployed yet.

- Is the change wrong? Run the workflow "deploy" by hand, or \`npm run deploy ${stack} -- --refresh\`: it puts everything
  back as declared.
- Is it right? Change the stack's configuration or program, so that both agree.

This issue closes itself when the drift is gone. What the next update would change:

${fence}
${cut.trim()}
${fence}
`;
}
