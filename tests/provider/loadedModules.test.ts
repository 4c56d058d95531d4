// What a program loads of the vendors' SDKs: those whose edge it uses, for loading them is most of what a preview costs.
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { root } from "../support/builtProvider.ts";

const zone = { id: "zone-id", name: "example.com", status: "active", type: "full", paused: false };
const cloudflare = { zone: "example.com" };

/** Tells an SDK's modules that a preview of these domains has loaded, with the built package and the engine mocked. */
async function loaded(...domains: object[]): Promise<(sdk: string) => string[]> {
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
    const files: string[] = JSON.parse(stdout);
    return (sdk) => {
        const folder = path.join("node_modules", "@pulumi", sdk) + path.sep;
        return files
            .filter((file) => file.includes(folder))
            .map((file) => file.slice(file.indexOf(folder) + folder.length));
    };
}

describe("a program", () => {
    const proxied = { hostname: "track.example.com", cloudflare };
    const atFastly = { hostname: "click.example.com", fastly: { dns: { cloudflare } } };
    const managed = { hostname: "mail.example.com", managed: { dns: { cloudflare } } };

    it("without Fastly loads nothing of its SDK", async () => {
        const modulesOf = await loaded(proxied, managed);
        expect(modulesOf("fastly")).toEqual([]);
        expect(modulesOf("cloudflare")).not.toEqual([]);
    });

    it("loads of each SDK what it declares there, and not the whole", async () => {
        const modulesOf = await loaded(proxied, atFastly, managed);
        const modules = modulesOf("fastly");
        expect(modules).toEqual(
            expect.arrayContaining(["serviceVcl.js", "tlsSubscription.js", "tlsSubscriptionValidation.js"]),
        );
        expect(modules).not.toContain("index.js");
        expect(modules.length).toBeLessThan(10);
        const ofCloudflare = modulesOf("cloudflare");
        expect(ofCloudflare).toEqual(expect.arrayContaining(["dnsRecord.js", "getZones.js"]));
        expect(ofCloudflare).not.toContain("index.js");
        expect(ofCloudflare).not.toContain("pageRule.js");
    });
});
