// A program as its own tests run it, with `pulumi.runtime.setMocks` as Pulumi documents it: nobody is asked anything,
// and outputs that a mock doesn't give are those of a run that went well.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HttpsTrackingDomain } from "../../components/src/index.ts";
import { resolved, run } from "../support/program.ts";

const hostname = "track.example.com";
const cloudflare = { zone: "example.com" };
const kinds = {
    "Cloudflare's proxy": { cloudflare },
    "a page rule": { cloudflare: { ...cloudflare, settings: "pageRule" } },
    "a redirect": { cloudflare: { ...cloudflare, mode: "redirect" } },
    "a zone that is created": { cloudflare: { ...cloudflare, createZone: true, accountId: "a".repeat(32) } },
    Fastly: { fastly: { dns: { cloudflare } } },
    "Fastly with records by hand": { fastly: { dns: { manual: {} } } },
    "SparkPost's own certificate": { managed: { dns: { cloudflare } } },
    "an edge of one's own": { edge: { endpoint: "spgo.io", dependsOn: [] } },
} as unknown as Record<string, { cloudflare: typeof cloudflare }>;

describe("a program under its own tests", () => {
    const asked = vi.fn(async () => new Response("{}"));

    beforeEach(() => {
        vi.stubEnv("CLOUDFLARE_API_TOKEN", "a-token-of-the-shell");
        vi.stubEnv("FASTLY_API_KEY", "a-key-of-the-shell");
        vi.stubGlobal("fetch", asked);
    });

    afterEach(() => {
        vi.unstubAllEnvs();
        vi.unstubAllGlobals();
    });

    it.each(Object.entries(kinds))("has the outputs of a run that went well, with %s", async (_kind, edge) => {
        const program = () =>
            new HttpsTrackingDomain("track", {
                hostname,
                ...edge,
                adopt: true,
                default: true,
                sendingDomains: ["a.com"],
            });
        const { result, errors } = await run(program, {
            usersMocks: true,
            outputs: { Command: { stdout: undefined } },
        });
        expect(errors).toEqual([]);
        expect(await resolved(result?.url)).toBe("https://track.example.com");
        expect(await resolved(result?.status)).toMatchObject({ secure: true, default: true, probe: undefined });
        expect(await resolved(result?.verified)).toBe(true);
        expect(asked).not.toHaveBeenCalled();
    });
});
