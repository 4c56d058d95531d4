// The providers of the built package as the engine has them: serialized by Pulumi, kept as text, loaded again.
import { execFile } from "node:child_process";
import { createRequire, Module } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { expectJsonClean } from "./engineValues.ts";

export const root = join(import.meta.dirname, "../..");
export const kinds = [
    "TrackingDomain",
    "Verification",
    "DefaultDomain",
    "Eligibility",
    "Certificate",
    "DomainLink",
] as const;
export type Kind = (typeof kinds)[number];

/** A loaded provider. Its methods are there once it is configured. */
export interface Provider {
    configure(request: { config: unknown }): unknown;
    check(olds: object, news: object): Promise<{ inputs: Fields; failures: { property: string; reason: string }[] }>;
    diff(id: string, olds: object, news: object): Promise<{ changes: boolean; replaces: string[] }>;
    create(inputs: object): Promise<{ id: string; outs: Fields }>;
    read(id: string, props: object): Promise<{ id?: string; props?: Fields; inputs?: Fields }>;
    update(id: string, olds: object, news: object): Promise<{ outs: Fields }>;
    delete?(id: string, props: object): Promise<void>;
}

type Fields = Record<string, unknown>;

/** Serializes every provider of the built package in plain Node: vitest's transforms would become part of the text. */
export async function serializeProviders(env: NodeJS.ProcessEnv = {}): Promise<Record<Kind, string>> {
    const program = `
        const { providers } = require("./components/dist/sparkpost/provider.js");
        const { serializeFunction } = require("@pulumi/pulumi").runtime;
        const textOf = async (provider) => (await serializeFunction(() => provider)).text;
        Promise.all(Object.entries(providers).map(async ([kind, provider]) => [kind, await textOf(provider)]))
            .then((texts) => process.stdout.write(JSON.stringify(Object.fromEntries(texts))));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--eval", program], {
        cwd: root,
        env: { ...process.env, ...env },
    });
    return JSON.parse(stdout);
}

/** Loads a serialized provider as the provider process does: as a module that lies in the program's folder. */
export function loadProvider(text: string, folder = root): Provider {
    const path = join(folder, "__provider.js");
    const module = Object.assign(new Module(path), { filename: path, paths: nodeModulePaths(folder) });
    (module as unknown as { _compile(text: string, path: string): void })._compile(text, path);
    return (module.exports as { handler(): Provider }).handler();
}

/** Configures a provider with a stack's configuration, in the form the provider process gives it. */
export function configure(provider: Provider, config: Record<string, string>): Provider {
    const { Config } = createRequire(import.meta.url)("@pulumi/pulumi/cmd/dynamic-provider/config");
    provider.configure({ config: new Config(config, "program") });
    return asEngine(provider);
}

/** The provider as the engine meets it: all that goes in and comes out is JSON, and nothing in it is undefined. */
function asEngine(provider: Provider): Provider {
    const methods = ["check", "diff", "create", "read", "update", "delete"] as const;
    const wrapped = methods.map((name) => [
        name,
        async (...parameters: unknown[]) => {
            const method = provider[name] as ((...parameters: unknown[]) => Promise<unknown>) | undefined;
            const result = await method?.call(provider, ...structuredClone(parameters));
            if (result !== undefined) {
                expectJsonClean(result);
            }
            return structuredClone(result);
        },
    ]);
    return Object.fromEntries(wrapped);
}

function nodeModulePaths(folder: string): string[] {
    return (Module as unknown as { _nodeModulePaths(folder: string): string[] })._nodeModulePaths(folder);
}
