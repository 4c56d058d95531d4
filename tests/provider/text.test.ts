import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Kind, kinds, loadProvider, root, serializeProviders } from "../support/builtProvider.ts";

const apiKey = "0123456789abcdef0123456789abcdef01234567";
let texts: Record<Kind, string>;

beforeAll(async () => {
    texts = await serializeProviders({ SPARKPOST_API_KEY: apiKey, CLOUDFLARE_API_TOKEN: apiKey });
});

describe.each(kinds)("the serialized provider of %s", (kind) => {
    it("is the text that stands in every state", () => {
        expect(texts[kind]).toMatchSnapshot();
    });

    it("is under 1,000 characters, for it is stored twice per resource", () => {
        expect(texts[kind].length).toBeLessThan(1_000);
    });

    it("holds no key and no path of the machine that made it", () => {
        expect(texts[kind]).not.toContain(apiKey);
        expect(texts[kind]).not.toContain(root);
    });

    it("gets its methods from a synchronous configure", () => {
        const provider = loadProvider(texts[kind]);
        expect(Object.keys(provider).sort()).toEqual(["configure", "k"]);
        expect(provider.configure({ config: { get: () => undefined } })).toBeUndefined();
        expect(provider).toMatchObject(
            Object.fromEntries(
                ["check", "diff", "create", "read", "update"].map((name) => [name, expect.any(Function)]),
            ),
        );
    });

    it("throws from whatever the engine calls first where the runtime is missing, so that destroy never forgets what it can't delete", async () => {
        const folder = await mkdtemp(join(tmpdir(), "no-runtime-"));
        onTestFinished(() => rm(folder, { recursive: true }));
        const provider = loadProvider(texts[kind], folder);
        expect(() => provider.configure({ config: {} })).not.toThrow();
        for (const name of ["check", "read", "update", "delete"] as const) {
            expect(provider[name], name).toThrow("Cannot find module 'pulumi-sparkpost-tracking/sparkpost/runtime'");
        }
    });
});

it("a provider of a kind that this runtime doesn't know throws, and says what to install", () => {
    const provider = loadProvider(texts.TrackingDomain.replace('k: "TrackingDomain"', 'k: "Newer"'));
    provider.configure({ config: {} });
    expect(provider.delete).toThrow("know the resource Newer. Install the version that made the stack");
});
