// The examples as people copy them, in the sandbox: beside them lies the package, which leads each host there. Not a word of
// the sandbox stands in an example.
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { repository } from "../../dev/offline/home.ts";
import type { Sandbox } from "../../dev/sandbox/index.ts";

/** In place of the package's entry: what each class takes besides, as any user could write it. */
const ENTRY = `
const real = require("./dist/index.js");
const { us, eu, probe } = require("./sandbox.json");

const account = ({ region, ...account } = {}) => ({ ...(region === "eu" ? eu : us), ...account });
const within = (Class, more) =>
    class extends Class {
        constructor(name, args, opts) {
            super(name, { ...args, ...more(args) }, opts);
        }
    };
const ofAccount = (Class) => within(Class, (args) => ({ account: account(args.account) }));

module.exports = {
    ...real,
    HttpsTrackingDomain: within(real.HttpsTrackingDomain, (args) => ({
        account: account(args.account),
        probe: { ...probe, repeatAfter: 0, deadline: 20 },
        verification: { deadline: 20 },
        protect: false,
    })),
    CloudflareEdge: within(real.CloudflareEdge, () => probe),
    sparkpost: {
        TrackingDomain: ofAccount(real.sparkpost.TrackingDomain),
        Verification: ofAccount(real.sparkpost.Verification),
    },
};
`;

/** Copies the examples; gives the folder of the copies. */
export async function copyExamples({ sparkpost, probe }: Sandbox): Promise<string> {
    const folder = await fs.mkdtemp(path.join(await fs.realpath(os.tmpdir()), "examples-"));
    await fs.cp(path.join(repository, "examples"), folder, { recursive: true });
    const modules = path.join(folder, "node_modules");
    const own = path.join(modules, "pulumi-sparkpost-tracking");
    await fs.mkdir(own, { recursive: true });
    for (const name of ["@pulumi", "@types", "typescript"]) {
        await fs.symlink(path.join(repository, "node_modules", name), path.join(modules, name));
    }
    const components = path.join(repository, "components");
    const manifest = JSON.parse(await fs.readFile(path.join(components, "package.json"), "utf8"));
    manifest.exports["."].default = "./sandbox.js";
    const [us, eu] = [sparkpost.us, sparkpost.eu].map(({ apiUrl, endpoint }) => ({ apiUrl, endpoint }));
    await fs.symlink(path.join(components, "dist"), path.join(own, "dist"));
    await fs.writeFile(path.join(own, "package.json"), JSON.stringify(manifest));
    await fs.writeFile(path.join(own, "sandbox.json"), JSON.stringify({ us, eu, probe }));
    await fs.writeFile(path.join(own, "sandbox.js"), ENTRY);
    return folder;
}

/** Edits the program of an example, as a person would. */
export async function changeExample(folder: string, name: string, from: RegExp, to: string): Promise<void> {
    const file = path.join(folder, name, "index.ts");
    const text = await fs.readFile(file, "utf8");
    await fs.writeFile(file, text.replace(from, to));
}

/** A program that is all examples but the fleet in one stack, so that they come up side by side; an output each. */
export async function programOfAll(folder: string): Promise<string> {
    const entries = await fs.readdir(folder, { withFileTypes: true });
    const names = entries
        .filter((entry) => entry.isDirectory() && !["fleet", "node_modules"].includes(entry.name))
        .map(({ name }) => name);
    const program = path.join(folder, "all");
    await fs.mkdir(program);
    await fs.writeFile(path.join(program, "Pulumi.yaml"), "name: examples\nruntime: nodejs\n");
    // Each run from its first line.
    const index = `for (const name of ${JSON.stringify(names)}) {
        const file = require.resolve("../" + name);
        delete require.cache[file];
        exports[name] = require(file);
    }`;
    await fs.writeFile(path.join(program, "index.js"), index);
    return program;
}
