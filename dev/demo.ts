// `npm run demo`: a tracking domain behind HTTPS in one `pulumi up`, with the real Pulumi engine against a local
// SparkPost and CDN; then a recipient's click, a second `up`, and `destroy`. Exit code 1 if a step fails.
// `npm run demo -- --fastly` and `-- --managed` do the same behind Fastly, and with SparkPost's own certificate.
import { setTimeout as sleep } from "node:timers/promises";
import { choicesOrExit } from "./choices.ts";
import { ensureEngine } from "./offline/engine.ts";
import { repository } from "./offline/home.ts";
import { runProgram } from "./program.ts";
import { createWorkspace, type Workspace } from "./pulumi.ts";
import { type Sandbox, startSandbox } from "./sandbox/index.ts";
import { type EdgeKind, sandboxDomain, sandboxEnvironment } from "./sandboxDomain.ts";
import { Story } from "./story.ts";

/** The vendors beside SparkPost, for each kind of edge. */
const vendors: Record<EdgeKind, string> = {
    cloudflare: "SparkPost and Cloudflare",
    fastly: "SparkPost, Fastly and Cloudflare's DNS",
    managed: "SparkPost and Cloudflare's DNS",
};

const others = {
    fastly: "npm run demo -- --fastly                   the same behind Fastly",
    managed: "npm run demo -- --managed                  the same with SparkPost's own certificate",
};
/** The edge to try next. */
const next: Record<EdgeKind, string> = { cloudflare: others.fastly, fastly: others.managed, managed: others.fastly };

const hostname = "track.example.com";
const { kind } = choicesOrExit("demo");
const story = new Story(process.stdout);

/** What each command prints if it succeeds. */
const ended: Record<string, string> = {
    [`${hostname}-probe`]: "an https request came back through the edge as from SparkPost's endpoint",
    [`${hostname}-dns`]: `DNS has the record of ${hostname}`,
    [`${hostname}-acme`]: `DNS has the record of _acme-challenge.${hostname}`,
};
/** The events of the timeline that the story tells. It leaves out the many requests between them. */
const told = new Set([
    "registered",
    "service-created",
    "version-activated",
    "subscription-created",
    "subscription-state",
    "record-created",
    "name-visible",
    "certificate-ready",
    "certificate-ordered",
    "certificate-issued",
    "not-verified",
    "verified",
    "default-changed",
    "record-deleted",
    "domain-deleted",
]);

await runProgram(async (cleanup) => {
    story.line(`A local ${vendors[kind]} are starting; ${hostname} is unknown to all of them.`);
    const engine = await ensureEngine((line) => story.line(line));
    // As in real life: the name appears late, the certificate later, and SparkPost says no at first.
    const sandbox = await startSandbox({
        faults: {
            nameDelay: 1_000,
            certificateDelay: 3_000,
            fastlyCertificateDelay: 3_000,
            managedCertificateDelay: 3_000,
            verifyNo: 1,
        },
    });
    cleanup.defer(() => sandbox.close());
    const workspace = await createWorkspace(engine, {
        program: repository,
        stack: "demo",
        env: sandboxEnvironment(sandbox),
        config: {
            "sparkpost:apiKey": { secret: sandbox.sparkpost.us.apiKey },
            "sparkpost-tracking:domains": [
                { ...sandboxDomain(sandbox, kind), hostname, default: true, protect: false },
            ],
        },
    });
    cleanup.defer(() => workspace.close());
    await tell(sandbox, workspace);
    story.line(`
All as told. What to try next:
  npm run sandbox                            a sandbox that stays, for \`pulumi up\` by hand
  npm run sandbox -- --broken=certificate    what \`pulumi up\` says when something is wrong
  ${next[kind]}
  README.md                                  a real domain in five steps`);
});

async function tell(sandbox: Sandbox, workspace: Workspace): Promise<void> {
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

    story.step("pulumi destroy, once the domain isn't the default any more");
    sandbox.sparkpost.us.change(hostname, { default: false });
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
            const [, command] = /local:Command (\S+) created/.exec(line) ?? [];
            if (command) {
                tellNews();
                story.event("probe", ended[command] ?? command);
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
