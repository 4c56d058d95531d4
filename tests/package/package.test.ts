// The package as npm would publish it, in a folder that has nothing else: what its `files`, `exports` and dependencies leave out shows here.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { repository } from "../../dev/offline/home.ts";
import { createWorkspace } from "../../dev/pulumi.ts";
import { type Sandbox, startSandbox } from "../../dev/sandbox/index.ts";
import { sandboxDomain, sandboxEnvironment } from "../../dev/sandboxDomain.ts";
import "../support/engine.ts";

const run = promisify(execFile);
/** What a program beside the package needs; the versions are those of the repository's lock file. */
const peers = ["@pulumi/pulumi", "@pulumi/cloudflare", "@pulumi/command", "typescript", "@types/node"];
/** The peer that npm leaves out unless a program asks for it. */
const OPTIONAL = "@pulumi/fastly";

/** The types of the resources of the first example, each by the name "track", the probe by "track-probe". */
const FIRST_EXAMPLE = [
    "cloudflare:index/dnsRecord:DnsRecord",
    "command:local:Command",
    "pulumi-nodejs:dynamic:DefaultDomain",
    "pulumi-nodejs:dynamic:TrackingDomain",
    "pulumi-nodejs:dynamic:Verification",
    "sparkpost-tracking:index:CloudflareEdge",
    "sparkpost-tracking:index:HttpsTrackingDomain",
];

const { packages } = JSON.parse(readFileSync(path.join(repository, "package-lock.json"), "utf8"));
const exact = (name: string) => `${name}@${packages[`node_modules/${name}`].version}`;

/** One host, in each way in which a program loads the package. */
const PROGRAMS = {
    ESM: `
        import { HttpsTrackingDomain } from "pulumi-sparkpost-tracking";
        export const { verified } = new HttpsTrackingDomain("track", ARGS);`,
    CommonJS: `
        const { HttpsTrackingDomain } = require("pulumi-sparkpost-tracking");
        exports.verified = new HttpsTrackingDomain("track", ARGS).verified;`,
};

let folder: string;
let packed: string[];
let sandbox: Sandbox;

beforeAll(async () => {
    folder = await mkdtemp(path.join(await realpath(tmpdir()), "package-test-"));
    const pack = ["pack", "--json", "--ignore-scripts", "--workspace", "components", "--pack-destination", folder];
    const { stdout } = await run("npm", pack, { cwd: repository });
    const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
    packed = files.map((file) => file.path);
    await emptyPackage();
    await install(`./${filename}`, ...peers.map(exact));
    sandbox = await startSandbox();
});

afterAll(async () => {
    await sandbox?.close();
    await rm(folder, { recursive: true, force: true });
});

describe("the package", () => {
    it("holds what is built, its README and its licence, and nothing else", () => {
        expect(packed.filter((file) => !file.startsWith("dist/")).sort()).toEqual([
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

    it("previews the first example beside it, whose types Pulumi checks", async () => {
        const program = path.join(folder, "one-domain");
        await cp(path.join(repository, "examples/one-domain"), program, { recursive: true });
        await cp(path.join(repository, "examples/tsconfig.json"), path.join(folder, "tsconfig.json"));
        const workspace = await createWorkspace(inject("engine"), {
            program,
            env: {
                SPARKPOST_API_KEY: undefined,
                CLOUDFLARE_API_TOKEN: sandbox.cloudflare.apiToken,
                CLOUDFLARE_BASE_URL: sandbox.cloudflare.baseUrl,
            },
        });
        try {
            const { code, stdout, output } = await workspace.run(["preview", "--json"]);
            expect(code, output).toBe(0);
            const all = [
                ...FIRST_EXAMPLE.map((type) => `${type} ${type.endsWith(":Command") ? "track-probe" : "track"}`),
                "pulumi:pulumi:Stack example-one-domain-dev",
            ];
            expect(proposed(stdout)).toEqual(all.map((resource) => `create ${resource}`).sort());
        } finally {
            await workspace.close();
        }
    });

    it.each(Object.entries(PROGRAMS))(
        "brings a host up from a program in %s, without Fastly's package",
        async (format, code) => {
            expect(existsSync(path.join(folder, "node_modules", OPTIONAL))).toBe(false);
            const hostname = `${format.toLowerCase()}.example.com`;
            const args = { hostname, ...sandboxDomain(sandbox), protect: false };
            const program = await writeProgram(path.join(folder, format), {
                "package.json": JSON.stringify({
                    private: true,
                    main: "index.js",
                    ...(format === "ESM" && { type: "module" }),
                }),
                "index.js": code.replace("ARGS", JSON.stringify(args)),
            });
            const workspace = await createWorkspace(inject("engine"), {
                program,
                env: { ...sandboxEnvironment(sandbox), SPARKPOST_API_KEY: sandbox.sparkpost.us.apiKey },
            });
            try {
                // The preview too.
                const { code, output } = await workspace.run(["up", "--yes"]);
                expect(code, output).toBe(0);
                const { stdout } = await workspace.run(["stack", "output", "--json"]);
                expect(JSON.parse(stdout)).toEqual({ verified: true });
            } finally {
                await workspace.close();
            }
        },
    );

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

    it("lets a program's own tests run with Pulumi's mocks: nobody is asked, and nothing is rejected unhandled", async () => {
        const program = `
            import * as pulumi from "@pulumi/pulumi";
            const zone = { id: "z", name: "example.com", status: "active", type: "full", paused: false, nameServers: [] };
            await pulumi.runtime.setMocks({
                newResource: ({ name, inputs }) => ({ id: name + "-id", state: inputs }),
                call: ({ token, inputs }) => (token.includes("getZone") ? zone : inputs),
            });
            const { HttpsTrackingDomain } = await import("pulumi-sparkpost-tracking");
            const args = { hostname: "track.example.com", cloudflare: { zone: "example.com" } };
            new HttpsTrackingDomain("track", args).url.apply(console.log);`;
        await writeFile(path.join(folder, "mocked.mjs"), program);
        const before = sandbox.cloudflare.calls.length;
        const env = {
            ...process.env,
            CLOUDFLARE_API_TOKEN: sandbox.cloudflare.apiToken,
            CLOUDFLARE_BASE_URL: sandbox.cloudflare.baseUrl,
        };
        // Node ends with 1 where a rejection is left unhandled.
        const { stdout } = await run(process.execPath, ["mocked.mjs"], { cwd: folder, env });
        expect(stdout.trim()).toBe("https://track.example.com");
        expect(sandbox.cloudflare.calls.length).toBe(before);
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
        await install(exact(OPTIONAL));
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

async function install(...packages: string[]): Promise<void> {
    const flags = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", ...flags, ...packages], { cwd: folder });
}

/** Writes a Pulumi program into a folder; returns the folder. */
async function writeProgram(at: string, files: Record<string, string>): Promise<string> {
    await mkdir(at);
    const all = { "Pulumi.yaml": "name: packed\nruntime: nodejs\n", ...files };
    await Promise.all(Object.entries(all).map(([name, text]) => writeFile(path.join(at, name), text)));
    return at;
}

/** What a preview proposes: `operation type name`, in the order of the types. */
function proposed(preview: string): string[] {
    const { steps } = JSON.parse(preview) as { steps: { op: string; urn: string; newState: { type: string } }[] };
    return steps.map(({ op, urn, newState }) => `${op} ${newState.type} ${urn.split("::").at(-1)}`).sort();
}
