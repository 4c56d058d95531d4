// What a program loads of the vendors' SDKs: those whose edge it uses, for loading them is most of what a preview costs.
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { root } from "../support/builtProvider.ts";

const zone = { id: "zone-id", name: "example.com", status: "active", type: "full", paused: false };
const cloudflare = { zone: "example.com" };

/** The modules of an SDK that a preview of these domains has loaded, with the built package and the engine mocked. */
async function loaded(sdk: string, ...domains: object[]): Promise<string[]> {
    const program = `
        const pulumi = require("@pulumi/pulumi");
        const mocks = {
            call: () => (${JSON.stringify(zone)}),
            newResource: ({ name, inputs }) => ({ id: name + "-id", state: inputs }),
        };
        process.once("beforeExit", () => console.log(JSON.stringify(Object.keys(require.cache))));
        pulumi.runtime.setMocks(mocks, "program", "dev", true).then(() => {
            const { HttpsTrackingDomain } = require("pulumi-sparkpost-tracking");
            for (const domain of ${JSON.stringify(domains)}) {
                new HttpsTrackingDomain(domain.hostname, domain);
            }
        });`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--eval", program], { cwd: root });
    const folder = path.join("node_modules", "@pulumi", sdk) + path.sep;
    return (JSON.parse(stdout) as string[])
        .filter((file) => file.includes(folder))
        .map((file) => file.slice(file.indexOf(folder) + folder.length));
}

describe("a program", () => {
    const proxied = { hostname: "track.example.com", cloudflare };
    const atFastly = { hostname: "click.example.com", fastly: { dns: { cloudflare } } };
    const managed = { hostname: "mail.example.com", managed: { dns: { cloudflare } } };

    it("without Fastly loads nothing of its SDK", async () => {
        expect(await loaded("fastly", proxied, managed)).toEqual([]);
    });

    it("with Fastly loads what it declares there, and not the whole SDK", async () => {
        const modules = await loaded("fastly", proxied, atFastly);
        expect(modules).toEqual(
            expect.arrayContaining(["serviceVcl.js", "tlsSubscription.js", "tlsSubscriptionValidation.js"]),
        );
        expect(modules).not.toContain("index.js");
        expect(modules.length).toBeLessThan(10);
    });

    it("loads of Cloudflare's SDK what it declares there, and not the whole", async () => {
        const modules = await loaded("cloudflare", proxied, atFastly, managed);
        expect(modules).toEqual(expect.arrayContaining(["dnsRecord.js", "getZones.js"]));
        expect(modules).not.toContain("index.js");
        expect(modules).not.toContain("pageRule.js");
    });
});
