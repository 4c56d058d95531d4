// The package as npm would publish it, in a folder that has nothing else: what its `files`, `exports` and dependencies leave out shows here.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { repository } from "../../dev/offline/home.ts";
import { linkFaults } from "../../dev/pages.ts";
import { createWorkspace } from "../../dev/pulumi.ts";
import { type Sandbox, startSandbox } from "../../dev/sandbox/index.ts";
import { sandboxDomain, sandboxEnvironment } from "../../dev/sandboxDomain.ts";
import "../support/engine.ts";

const run = promisify(execFile);
/** What a program beside the package needs; the versions are those of the repository's lock file. */
const peers = ["@pulumi/pulumi", "@pulumi/cloudflare", "@pulumi/command", "@pulumi/fastly"];

const { packages } = JSON.parse(readFileSync(path.join(repository, "package-lock.json"), "utf8"));
const exact = (name: string) => `${name}@${packages[`node_modules/${name}`].version}`;

/** A host in each way in which a program loads the package. */
const program = (args: (hostname: string) => string) => ({
    "package.json": JSON.stringify({ private: true, main: "index.js", type: "module" }),
    "index.js": `
        import { createRequire } from "node:module";
        import { HttpsTrackingDomain } from "pulumi-sparkpost-tracking";
        export const { verified: esm } = new HttpsTrackingDomain("esm", ${args("esm.example.com")});
        export const { commonjs } = createRequire(import.meta.url)("./host.cjs");`,
    "host.cjs": `
        const { HttpsTrackingDomain } = require("pulumi-sparkpost-tracking");
        exports.commonjs = new HttpsTrackingDomain("commonjs", ${args("commonjs.example.com")}).verified;`,
});

let folder: string;
/** Fastly's package, which a program without a host behind Fastly doesn't have: it isn't there before the last test. */
let fastly: string;
let packed: string[];
let sandbox: Sandbox;

beforeAll(async () => {
    folder = await mkdtemp(path.join(await realpath(tmpdir()), "package-test-"));
    const pack = ["pack", "--json", "--workspace", "components", "--pack-destination", folder];
    const { stdout } = await run("npm", pack, { cwd: repository });
    const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
    packed = files.map((file) => file.path);
    await emptyPackage();
    await install(`./${filename}`, ...peers.map(exact));
    fastly = await realpath(path.join(folder, "node_modules/@pulumi/fastly"));
    await rename(fastly, `${fastly}-away`);
    sandbox = await startSandbox();
});

afterAll(async () => {
    await sandbox?.close();
    await rm(folder, { recursive: true, force: true });
});

describe("the package", () => {
    it("holds what is built, its README, the guides and its licence, and nothing else", () => {
        expect(packed.filter((file) => !/^(dist|docs)\//.test(file)).sort()).toEqual([
            "LICENSE",
            "README.md",
            "bin/pulumi-sparkpost-tracking.js",
            "package.json",
        ]);
        expect(packed.filter((file) => /^dist\/.*(?<!\.d)\.ts$|test/.test(file))).toEqual([]);
        for (const entry of ["index", "cli/main", "dns/wait", "probe/index", "sparkpost/runtime/index"]) {
            expect(packed).toContain(`dist/${entry}.js`);
        }
    });

    it("has no link that leads out of it, or to a heading that isn't there", async () => {
        const text = (page: string) =>
            readFile(path.join(folder, "node_modules/pulumi-sparkpost-tracking", page), "utf8");
        const names = packed.filter((file) => file.endsWith(".md"));
        expect(names).toEqual(expect.arrayContaining(["README.md", "docs/troubleshooting.md"]));
        const pages = new Map(await Promise.all(names.map(async (page) => [page, await text(page)] as const)));
        expect(names.flatMap((page) => linkFaults(page, pages, (file) => packed.includes(file)))).toEqual([]);
    });

    it("previews and brings up a host in ESM and one in CommonJS, without Fastly's package", async () => {
        const args = (hostname: string) => JSON.stringify({ hostname, ...sandboxDomain(sandbox), protect: false });
        const workspace = await createWorkspace(inject("engine"), {
            program: await writeProgram(path.join(folder, "program"), program(args)),
            env: { ...sandboxEnvironment(sandbox), SPARKPOST_API_KEY: sandbox.sparkpost.us.apiKey },
        });
        try {
            const { code, output } = await workspace.run(["up", "--yes"]);
            expect(code, output).toBe(0);
            const { stdout } = await workspace.run(["stack", "output", "--json"]);
            expect(JSON.parse(stdout)).toEqual({ esm: true, commonjs: true });
        } finally {
            await workspace.close();
        }
    });

    it("is refused at declaration where only a package of the program's own can load it, as in a pnpm workspace", async () => {
        const pnpm = await mkdtemp(path.join(await realpath(tmpdir()), "package-test-pnpm-"));
        const wrapper = path.join(pnpm, "wrapper");
        const modules = path.join(folder, "node_modules");
        await mkdir(wrapper);
        await symlink(modules, path.join(wrapper, "node_modules"));
        await writeFile(path.join(wrapper, "index.js"), 'module.exports = require("pulumi-sparkpost-tracking");');
        const program = await writeProgram(path.join(pnpm, "program"), {
            "package.json": JSON.stringify({ private: true, main: "index.js" }),
            "index.js": `new (require("wrapper").HttpsTrackingDomain)("track", { hostname: "track.example.com", cloudflare: { zone: "example.com" } });`,
        });
        await mkdir(path.join(program, "node_modules/@pulumi"), { recursive: true });
        await symlink(path.join(modules, "@pulumi/pulumi"), path.join(program, "node_modules/@pulumi/pulumi"));
        await symlink(wrapper, path.join(program, "node_modules/wrapper"));
        const workspace = await createWorkspace(inject("engine"), { program });
        try {
            const { code, output } = await workspace.run(["preview"]);
            expect(code, output).not.toBe(0);
            expect(output).toContain("#not-installed");
        } finally {
            await workspace.close();
            await rm(pnpm, { recursive: true, force: true });
        }
    });

    it("starts its probe as the stack's command does", async () => {
        const program = "require('pulumi-sparkpost-tracking/probe').run()";
        const failure = await run(process.execPath, ["--eval", program], { cwd: folder }).catch((error) => error);
        expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining("The probe can't start") });
    });

    it("brings its command line, which npx runs from there", async () => {
        const { stdout } = await run(
            "npx",
            ["--no-install", "pulumi-sparkpost-tracking", "find", "track.example.com"],
            {
                cwd: folder,
                env: {
                    ...process.env,
                    SPARKPOST_API_KEY: undefined,
                    CLOUDFLARE_API_TOKEN: sandbox.cloudflare.apiToken,
                    CLOUDFLARE_BASE_URL: sandbox.cloudflare.baseUrl,
                },
            },
        );
        expect(stdout).toContain("zone: example.com");
    });

    it("asks nobody anything under a user's mocks, and has the outputs of a run that went well", async () => {
        await rename(`${fastly}-away`, fastly);
        const asked: string[] = [];
        // Whoever is asked through the environment's proxy, or at the vendors' addresses of the environment, is asked here.
        const everybody = createServer(({ url }, response) => {
            asked.push(url ?? "");
            response.writeHead(500).end();
        }).on("connect", ({ url }, socket) => {
            asked.push(url ?? "");
            socket.destroy();
        });
        await once(everybody.listen(0, "127.0.0.1"), "listening");
        const at = `http://127.0.0.1:${(everybody.address() as AddressInfo).port}`;
        await writeFile(path.join(folder, "mocks.cjs"), MOCKS);
        const env = {
            ...process.env,
            SPARKPOST_API_KEY: "a-key-of-the-shell",
            CLOUDFLARE_API_TOKEN: "a-token-of-the-shell",
            CLOUDFLARE_BASE_URL: at,
            FASTLY_API_KEY: "a-key-of-the-shell",
            HTTPS_PROXY: at,
            HTTP_PROXY: at,
        };
        try {
            // An unhandled rejection ends node with 1.
            const { stdout, stderr } = await run(process.execPath, ["mocks.cjs"], { cwd: folder, env });
            const all = JSON.parse(stdout) as Record<string, { status: object }>;
            expect(Object.keys(all)).toEqual(["cloudflare", "fastly", "managed"]);
            for (const [kind, known] of Object.entries(all)) {
                const status = { secure: true, verified: true };
                expect(known).toMatchObject({ url: `https://${kind}.example.com`, verified: true, status });
                expect(known.status).not.toHaveProperty("probe");
            }
            expect([asked, stderr]).toEqual([[], ""]);
        } finally {
            everybody.close();
        }
    });
});

/** A user's unit test, without a test runner: the mocks are those of Pulumi's guide. */
const MOCKS = `
const pulumi = require("@pulumi/pulumi");

const zone = { id: "0".repeat(32), name: "example.com", status: "active", type: "full", paused: false, nameServers: [] };
pulumi.runtime
    .setMocks({
        newResource: ({ name, inputs }) => ({ id: name + "-id", state: inputs }),
        call: ({ token, inputs }) => (token.includes("getZones") ? { results: [zone] } : token.includes("getZone") ? zone : inputs),
    })
    .then(async () => {
        const { HttpsTrackingDomain } = require("pulumi-sparkpost-tracking");
        const dns = { cloudflare: { zone: "example.com" } };
        const known = {};
        for (const [kind, edge] of Object.entries({ cloudflare: dns.cloudflare, fastly: { dns }, managed: { dns } })) {
            const hostname = kind + ".example.com";
            const track = new HttpsTrackingDomain(kind, { hostname, [kind]: edge, adopt: true, default: kind === "cloudflare" });
            const { url, verified, status } = track;
            known[kind] = await new Promise((resolve) => pulumi.output({ url, verified, status }).apply(resolve));
        }
        // What is still to be asked or rejected comes before the process ends by itself.
        process.on("exit", () => console.log(JSON.stringify(known)));
    });
`;

/**
 * Makes the folder an empty package. A lock file with the repository's versions makes an install the same on every day, and
 * lets npm take all of them from its cache; what nothing installed depends on is left out by npm.
 */
async function emptyPackage(): Promise<void> {
    const installed = Object.entries<{ version: string; link?: boolean }>(packages).filter(
        ([at, { link }]) => at.startsWith("node_modules/") && !link,
    );
    const lock = { lockfileVersion: 3, requires: true, packages: { "": {}, ...Object.fromEntries(installed) } };
    await writeFile(path.join(folder, "package.json"), JSON.stringify({ private: true }));
    await writeFile(path.join(folder, "package-lock.json"), JSON.stringify(lock));
}

/** In the layout of pnpm, which npm knows too: what the package doesn't declare isn't found. All other tests have the usual one. */
async function install(...packages: string[]): Promise<void> {
    const flags = [
        "--install-strategy=linked",
        "--prefer-offline",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ];
    await run("npm", ["install", ...flags, ...packages], { cwd: folder });
}

/** Writes a Pulumi program into a folder; returns the folder. */
async function writeProgram(at: string, files: Record<string, string>): Promise<string> {
    await mkdir(at);
    const all = { "Pulumi.yaml": "name: packed\nruntime: nodejs\n", ...files };
    await Promise.all(Object.entries(all).map(([name, text]) => writeFile(path.join(at, name), text)));
    return at;
}
