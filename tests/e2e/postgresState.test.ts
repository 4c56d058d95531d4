// Two operators of one stack whose state is in PostgreSQL, by the commands of docs/team.md and docs/troubleshooting.md.
import os from "node:os";
import { expect, it } from "vitest";
import { ensurePostgres, startPostgres } from "../../dev/postgres.ts";
import { killUp, mend } from "../support/killed.ts";
import { TestStack } from "../support/stack.ts";

const hostname = "track.example.com";
const programs = process.platform === "linux" ? await ensurePostgres(console.log) : undefined;
const missing = programs ? "" : " (skipped: it needs PostgreSQL's server on Linux, apt-get install postgresql)";

it.skipIf(!programs)(
    `of two operators of one PostgreSQL state${missing}, the second is told who updates, and finishes what was killed`,
    async () => {
        await using postgres = await startPostgres(programs ?? "");
        const env = { PULUMI_BACKEND_URL: postgres.url, PULUMI_DIY_BACKEND_ZSTD: "true", ...postgres.env };
        const options = { stack: "team", env };
        const domains = [{ hostname, default: true, protect: false, verification: { deadline: 600 } }];
        await using first = await TestStack.start({ ...options, domains, sandbox: { faults: { verifyNever: true } } });
        await using second = await TestStack.start({ ...options, domains, within: first.sandbox });
        const login = { env: { PULUMI_CREDENTIALS_PATH: first.workspace.dir } };
        expect(await first.workspace.run(["login", postgres.url], login)).toMatchObject({ code: 0 });

        let holder = "";
        await killUp(
            first,
            ({ kind }) => kind === "not-verified",
            "SIGKILL",
            async (pid) => {
                holder = `created by ${os.userInfo().username}@${os.hostname()} (pid ${pid})`;
                expect(await second.failingUp()).toContain(holder);
            },
        );
        // The lock stays when its holder has gone.
        expect(await second.failingUp()).toContain(holder);

        await mend(second);
        first.sandbox.faults.verifyNever = false;
        await second.up();
        expect(first.domain(hostname)).toMatchObject({ secure: true, verified: true, default: true });
        expect(first.events("registered", "record-created")).toHaveLength(2);
        await first.unchanged("--refresh");
    },
);
