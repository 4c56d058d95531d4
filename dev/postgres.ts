// A PostgreSQL server for the state of stacks, in a temporary folder: it listens on a Unix socket there, so that none meets
// another, and nothing of it is left.
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { globSync } from "node:fs";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { candidates } from "./offline/find.ts";
import { type Log, run, tail } from "./offline/run.ts";

/** Debian's number of the user who owns nothing. */
const NOBODY = 65_534;
const PGPASSWORD = "of a temporary server";

export interface Postgres extends AsyncDisposable {
    /** What `pulumi login` takes. */
    url: string;
    /** The password, which belongs into no command line. */
    env: { PGPASSWORD: string };
    /** The server's process, which starts one for each connection. */
    pid: number;
}

/**
 * The folder of the server's programs: where Debian has them, else on PATH. Where they are missing, root installs them by
 * apt; undefined where that can't be.
 */
export async function ensurePostgres(log: Log): Promise<string | undefined> {
    const there = findPrograms();
    if (there || !isRoot() || candidates("apt-get", pathFolders()).length === 0) {
        return there;
    }
    log("Installing PostgreSQL's server by apt-get: about a minute, once per machine.");
    const options = "-o Acquire::Retries=0 -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10";
    const install = `apt-get ${options} update; apt-get ${options} install --yes --no-install-recommends postgresql`;
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const { code, output } = await run("sh", ["-c", install], { env, timeout: 5 * 60_000 });
    if (code !== 0) {
        log(`It couldn't be installed:\n${tail(output)}`);
    }
    return findPrograms();
}

/** Starts a server with an empty database. */
export async function startPostgres(programs: string): Promise<Postgres> {
    const folder = await fs.mkdtemp(path.join(await fs.realpath(os.tmpdir()), "postgres-"));
    const data = path.join(folder, "data");
    const password = path.join(folder, "password");
    await fs.writeFile(password, PGPASSWORD);
    // It refuses to run as root.
    const user: SpawnOptions = isRoot() ? { uid: NOBODY, gid: NOBODY } : {};
    if (isRoot()) {
        await Promise.all([folder, password].map((file) => fs.chown(file, NOBODY, NOBODY)));
    }
    const program = (name: string, args: string[]) =>
        spawn(path.join(programs, name), args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], ...user });
    const settings = ["--username=pulumi", `--pwfile=${password}`, "--auth=scram-sha-256", "--locale=C", "--no-sync"];
    await said(program("initdb", [`--pgdata=${data}`, ...settings]), /^Success/m);
    const server = program("postgres", ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"]);
    // At once, without writing what is in memory.
    const stop = () => server.kill("SIGQUIT");
    process.once("exit", stop);
    await said(server, /ready to accept connections/);
    return {
        url: `postgres://pulumi@/postgres?host=${folder}`,
        env: { PGPASSWORD },
        pid: server.pid ?? -1,
        async [Symbol.asyncDispose](): Promise<void> {
            process.off("exit", stop);
            const ended = new Promise((resolve) => server.once("close", resolve));
            stop();
            await ended;
            await fs.rm(folder, { recursive: true });
        },
    };
}

/** Waits until a program has printed this; one that ends before has failed. */
function said(program: ChildProcess, what: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
        let output = "";
        for (const stream of [program.stdout, program.stderr]) {
            stream?.on("data", (text: Buffer) => {
                output += text;
                if (what.test(output)) {
                    resolve();
                }
            });
        }
        program.once("error", reject);
        program.once("close", () => reject(new Error(`${program.spawnfile} ended:\n${tail(output)}`)));
    });
}

function findPrograms(): string | undefined {
    const versions = globSync("/usr/lib/postgresql/*/bin").sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
    const [initdb] = candidates("initdb", [...versions, ...pathFolders()]);
    return initdb && path.dirname(initdb);
}

function pathFolders(): string[] {
    return (process.env.PATH ?? "").split(path.delimiter).filter(Boolean);
}

function isRoot(): boolean {
    return process.getuid?.() === 0;
}
