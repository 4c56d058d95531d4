// `npm run demo`: a tracking domain behind HTTPS in one `pulumi up`, with the real Pulumi engine against a local
// SparkPost and Cloudflare; then a recipient's click, a second `up`, and `destroy`. Exit code 1 if any step isn't as
// told.
import { setTimeout as sleep } from "node:timers/promises";
import { type Sandbox, startSandbox } from "../sandbox/index.ts";
import { ensureEngine } from "./offline/engine.ts";
import { repository } from "./offline/home.ts";
import { runProgram } from "./program.ts";
import { createWorkspace, type Workspace } from "./pulumi.ts";
import { sandboxDomain } from "./sandboxDomain.ts";
import { Story } from "./story.ts";

const hostname = "track.example.com";
const story = new Story(process.stdout);

/** What the story tells of the timeline; the many requests in between are left out. */
const told = new Set([
    "registered",
    "record-created",
    "name-visible",
    "certificate-ready",
    "not-verified",
    "verified",
    "default-changed",
    "record-deleted",
    "domain-deleted",
]);

await runProgram(async (cleanup) => {
    const engine = await ensureEngine((line) => story.line(line));
    // As in real life: the name appears late, the certificate later, and SparkPost says no at first.
    const sandbox = await startSandbox({ faults: { nameDelay: 1_000, certificateDelay: 3_000, verifyNo: 1 } });
    cleanup.defer(() => sandbox.close());
    const workspace = await createWorkspace(engine, {
        program: repository,
        stack: "demo",
        env: { CLOUDFLARE_API_TOKEN: sandbox.cloudflare.apiToken, CLOUDFLARE_BASE_URL: sandbox.cloudflare.baseUrl },
        config: {
            "sparkpost:apiKey": { secret: sandbox.sparkpost.us.apiKey },
            "sparkpost-tracking:domains": [{ ...sandboxDomain(sandbox), hostname, default: true, protect: false }],
        },
    });
    cleanup.defer(() => workspace.close());
    await tell(sandbox, workspace);
    story.line("\nAll as told.");
});

async function tell(sandbox: Sandbox, workspace: Workspace): Promise<void> {
    story.line(`A local SparkPost and Cloudflare are running; ${hostname} is unknown to both.`);
    story.line("Its name will appear late, its certificate later, and SparkPost will say no once.\n");

    story.step("pulumi up");
    await pulumi(workspace, ["up", "--yes", "--skip-preview"], sandbox);

    story.step("A recipient clicks a link in a mail");
    const link = `https://${hostname}/f/mail/recipient?target=https%3A%2F%2Fshop.example%2Foffer`;
    const answer = await sandbox.click(link);
    story.detail(`GET ${link}`);
    story.detail(`${answer.status}, on to ${answer.location}; certificate for ${hostname} valid`);
    expect(answer.status === 302 && answer.location === "https://shop.example/offer", "the click wasn't redirected");

    const click = sandbox.timeline.findLast(({ kind }) => kind === "tracker-request");
    story.detail(`The tracker recorded: ${click?.host}, ${click?.scheme}, from ${click?.address}`);
    story.detail(`  with ${click?.userAgent}`);
    expect(click?.host === hostname && String(click?.path).startsWith("/f/mail/"), "the tracker recorded no click");

    story.step("pulumi up, a second time");
    await pulumi(workspace, ["up", "--yes", "--skip-preview", "--expect-no-changes"], sandbox);
    story.detail("nothing changed");

    story.step("pulumi destroy");
    await pulumi(workspace, ["destroy", "--yes", "--skip-preview"], sandbox);
    expect(sandbox.sparkpost.us.domains().length === 0, "the tracking domain is still registered");
}

/** Runs the command and tells what happens meanwhile, as SparkPost, Cloudflare and DNS see it. */
async function pulumi(workspace: Workspace, args: string[], sandbox: Sandbox): Promise<void> {
    let seen = sandbox.timeline.length;
    const tellNews = () => {
        for (const event of sandbox.timeline.slice(seen)) {
            if (told.has(event.kind)) {
                story.event(event.actor, event.what);
            }
        }
        seen = sandbox.timeline.length;
    };
    const command = workspace.spawn(args, {
        onLine(line) {
            if (/local:Command .* created/.test(line)) {
                tellNews();
                story.event(
                    "probe",
                    `an https request came back through the edge as from ${sandbox.sparkpost.us.endpoint}`,
                );
            }
            story.progress(line);
        },
    });
    let isRunning = true;
    const result = command.result.finally(() => {
        isRunning = false;
    });
    while (isRunning) {
        tellNews();
        await Promise.race([result, sleep(100)]);
    }
    tellNews();
    const { code, output } = await result;
    expect(code === 0, `\`pulumi ${args.join(" ")}\` ended with exit code ${code}\n\n${output}`);
}

function expect(isTrue: boolean, otherwise: string): void {
    if (!isTrue) {
        throw new Error(`\nNot as told: ${otherwise}`);
    }
}
