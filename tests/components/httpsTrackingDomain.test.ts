import { describe, expect, it } from "vitest";
import { HttpsTrackingDomain } from "../../components/src/httpsTrackingDomain.ts";
import { probeOf, resolved, run, zone } from "../support/program.ts";

const hostname = "track.example.com";
const plain = { hostname, cloudflare: { zone: "example.com" } };
const component = "HttpsTrackingDomain track";
const account = { apiUrl: "https://api.sparkpost.com/api/v1" };

describe("a tracking domain behind HTTPS", () => {
    it("registers exactly these resources with exactly these inputs", async () => {
        const { resources, errors, one } = await run(
            () => new HttpsTrackingDomain("track", { ...plain, default: true }),
        );
        expect(errors).toEqual([]);
        expect(resources.map(({ type, name, inputs, parent }) => ({ type, name, inputs, parent }))).toEqual([
            { type: "sparkpost-tracking:index:CloudflareEdge", name: "track", parent: component, inputs: {} },
            {
                type: "command:local:Command",
                name: "track-probe",
                parent: component,
                inputs: {
                    interpreter: ["node", "--eval", "require('pulumi-sparkpost-tracking/probe').run()"],
                    create: "probe of track.example.com",
                    environment: { SPARKPOST_TRACKING_PROBE: expect.any(String) },
                    logging: "stderr",
                },
            },
            {
                type: "pulumi-nodejs:dynamic:DefaultDomain",
                name: "track",
                parent: component,
                inputs: { domain: hostname, account, restorePrevious: false, __provider: "serialized provider" },
            },
            {
                type: "cloudflare:index/dnsRecord:DnsRecord",
                name: "track",
                parent: "CloudflareEdge track",
                inputs: {
                    zoneId: zone.id,
                    name: hostname,
                    type: "CNAME",
                    content: "spgo.io",
                    proxied: true,
                    ttl: 1,
                    comment: "SparkPost tracking domain; links in sent mail depend on it",
                },
            },
            { type: "sparkpost-tracking:index:HttpsTrackingDomain", name: "track", parent: undefined, inputs: {} },
            {
                type: "pulumi-nodejs:dynamic:TrackingDomain",
                name: "track",
                parent: component,
                inputs: { domain: hostname, account, adopt: false, __provider: "serialized provider" },
            },
            {
                type: "pulumi-nodejs:dynamic:Verification",
                name: "track",
                parent: component,
                inputs: {
                    domain: hostname,
                    account,
                    secure: true,
                    verified: true,
                    fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
                    edge: "cloudflare",
                    ownUrn: expect.stringMatching(/HttpsTrackingDomain\$pulumi-nodejs:dynamic:Verification::track$/),
                    __provider: "serialized provider",
                },
            },
        ]);
        expect(probeOf(one("Command"))).toEqual({
            hostname,
            endpoint: "spgo.io",
            edge: "cloudflare",
            fingerprint: one("Verification").inputs.fingerprint,
        });
    });

    it("takes each step after the one before it", async () => {
        const { one } = await run(() => new HttpsTrackingDomain("track", { ...plain, default: true }));
        expect(one("TrackingDomain").dependsOn).toEqual([]);
        expect(one("DnsRecord").dependsOn).toEqual(["TrackingDomain track"]);
        expect(one("Command").dependsOn).toEqual(["DnsRecord track", "TrackingDomain track"]);
        expect(one("Verification").dependsOn).toEqual(["Command track-probe"]);
        expect(one("DefaultDomain").dependsOn).toEqual(["Verification track"]);
    });

    it("waits for a page rule, too", async () => {
        const cloudflare = { ...plain.cloudflare, settings: "pageRule" as const };
        const { one } = await run(() => new HttpsTrackingDomain("track", { hostname, cloudflare }));
        expect(one("PageRule").dependsOn).toEqual(["DnsRecord track", "TrackingDomain track"]);
        expect(one("Command").dependsOn).toContain("PageRule track");
    });

    it("registers the same in a preview, and asks Cloudflare for the zone alone", async () => {
        const program = () => new HttpsTrackingDomain("track", { ...plain, default: true });
        const [update, preview] = [await run(program), await run(program, { preview: true })];
        expect(preview.errors).toEqual([]);
        expect(preview.resources).toEqual(update.resources);
        expect(preview.lookUps.map(({ token }) => token)).toEqual(["cloudflare:index/getZones:getZones"]);
    });

    it("has its outputs", async () => {
        const { result } = await run(() => new HttpsTrackingDomain("track", { ...plain, default: true }));
        expect(result?.hostname).toBe(hostname);
        expect(await resolved(result?.url)).toBe("https://track.example.com");
        expect(await resolved(result?.endpoint)).toBe("spgo.io");
        expect(await resolved(result?.verified)).toBe(true);
        expect(await resolved(result?.status)).toEqual({
            secure: true,
            verified: true,
            default: true,
            complianceStatus: "valid",
            probe: { hostname, endpoint: "spgo.io", passed: true },
        });
        expect(await resolved(result?.dnsRecords)).toEqual([
            { type: "CNAME", name: hostname, value: "spgo.io", purpose: expect.any(String) },
        ]);
        expect(await resolved(result?.nextSteps)).toEqual([]);
        expect((await resolved(result?.notes))?.join()).toContain("`protect: false`");
    });

    it.each([
        ["https", {}, true],
        ["http", {}, undefined],
        ["http", { secure: false }, true],
    ])(
        "tells the probe whether an adopted host was on its scheme already: %s, %o",
        async (wasInUse, args, expected) => {
            const program = () => new HttpsTrackingDomain("track", { ...plain, adopt: true, ...args });
            const { one } = await run(program, { outputs: { TrackingDomain: { wasInUse } } });
            expect(probeOf(one("Command")).wasOnScheme).toBe(expected);
        },
    );

    it("warns of what its probe has seen that loses clicks, and keeps it among its notes", async () => {
        const report = { hostname, endpoint: "spgo.io", passed: true, warnings: ["Some clicks are lost."] };
        const declare = (stdout: object) =>
            run(() => new HttpsTrackingDomain("track", plain), {
                outputs: { Command: { stdout: JSON.stringify(stdout) } },
            });
        const urgent = await declare({ ...report, urgent: true });
        expect(urgent.warnings).toEqual(report.warnings);
        expect((await resolved(urgent.result?.notes))?.[0]).toBe(report.warnings[0]);
        const other = await declare(report);
        expect(other.warnings).toEqual([]);
        expect(await resolved(other.result?.notes)).not.toContain(report.warnings[0]);
    });

    it("has in its address the scheme that links have, while their switch is put off", async () => {
        const outputs = { Verification: { secure: false } };
        const { result } = await run(() => new HttpsTrackingDomain("track", plain), { outputs });
        expect(await resolved(result?.url)).toBe("http://track.example.com");
    });

    it("says as its default what the registration says, where it doesn't make it one", async () => {
        const outputs = { TrackingDomain: { default: true } };
        const { result, resources } = await run(() => new HttpsTrackingDomain("track", plain), { outputs });
        expect(resources.map(({ type }) => type).join()).not.toContain("DefaultDomain");
        expect(await resolved(result?.status)).toMatchObject({ default: true });
    });

    it("says that it isn't the default when somebody else's is", async () => {
        const outputs = { DefaultDomain: { domain: "other.example.com" } };
        const { result } = await run(() => new HttpsTrackingDomain("track", { ...plain, default: true }), { outputs });
        expect(await resolved(result?.status)).toMatchObject({ default: false });
    });
});
