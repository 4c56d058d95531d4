import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { type AppLinks, appFilesOf } from "../../components/src/appLinks.ts";
import { scriptNameOf } from "../../components/src/cloudflare/appLinks.ts";
import { CloudflareEdge, type CloudflareEdgeArgs } from "../../components/src/cloudflare/edge.ts";
import { getZones, resolved, run, zone } from "../support/program.ts";

const hostname = "track.example.com";
const plain: CloudflareEdgeArgs = { hostname, zone: "example.com" };
const declare = (args: CloudflareEdgeArgs, opts?: pulumi.ComponentResourceOptions) =>
    run(() => new CloudflareEdge("track", args, opts));

const record = {
    zoneId: zone.id,
    name: hostname,
    type: "CNAME",
    content: "spgo.io",
    proxied: true,
    ttl: 1,
    comment: "SparkPost tracking domain; links in sent mail depend on it",
};

describe("Cloudflare as the edge", () => {
    it("is one proxied record in the zone of that name", async () => {
        const { resources, errors, one } = await declare(plain);
        expect(errors).toEqual([]);
        expect(resources).toHaveLength(2);
        expect(one("DnsRecord").inputs).toEqual(record);
        expect(one("DnsRecord").parent).toBe("CloudflareEdge track");
    });

    it("takes a zone's id, known or not yet, and any endpoint", async () => {
        const { one } = await declare({ hostname, zoneId: pulumi.output("my-zone"), endpoint: "v2.spgo.io" });
        expect(one("DnsRecord").inputs).toEqual({ ...record, zoneId: "my-zone", content: "v2.spgo.io" });
    });

    it("makes the record of a new name before the old one goes, and changes everything else in place", async () => {
        expect((await declare(plain)).one("DnsRecord").replacementTrigger).toBe(hostname);
    });

    it("with settings is a page rule for that host alone, besides", async () => {
        const { resources, one } = await declare({ ...plain, settings: "pageRule", priority: 4 });
        expect(resources).toHaveLength(3);
        expect(one("PageRule").inputs).toEqual({
            zoneId: zone.id,
            target: "track.example.com/*",
            priority: 4,
            status: "active",
            actions: { ssl: "full", browserCheck: "off", securityLevel: "essentially_off", cacheLevel: "bypass" },
        });
    });

    it("gives its children what came as options: order, protection of the record, retention", async () => {
        const { one } = await run(() => {
            const first = new CloudflareEdge("first", { hostname: "first.example.com", zoneId: "3".repeat(32) });
            const opts = { dependsOn: first.record, protect: true, retainOnDelete: true };
            new CloudflareEdge("track", { hostname, zoneId: "3".repeat(32), settings: "pageRule" }, opts);
        }).then(({ resources }) => ({
            one: (kind: string) => resources.find(({ type, name }) => type.endsWith(kind) && name === "track"),
        }));
        expect(one("DnsRecord")).toMatchObject({ dependsOn: ["DnsRecord first"], protect: true, retainOnDelete: true });
        const order = ["DnsRecord first", "DnsRecord track"];
        expect(one("PageRule")).toMatchObject({ dependsOn: order, protect: false, retainOnDelete: true });
    });

    it("tells its endpoint, its record, and what to wait for", async () => {
        const { result } = await declare({ ...plain, settings: "pageRule" });
        expect(result?.endpoint).toBe("spgo.io");
        expect(await resolved(result?.dnsRecords)).toEqual([
            { type: "CNAME", name: hostname, value: "spgo.io", purpose: expect.any(String) },
        ]);
        expect(result?.dependsOn).toEqual([result?.record, result?.pageRule]);
    });

    it("has a fingerprint that stands for record and page rule", async () => {
        const variants: CloudflareEdgeArgs[] = [
            plain,
            { ...plain, endpoint: "v2.spgo.io" },
            { ...plain, settings: "pageRule" },
            { ...plain, settings: "pageRule", priority: 2 },
            { hostname, zoneId: "4".repeat(32) },
        ];
        const fingerprints = [];
        for (const variant of [...variants, plain]) {
            fingerprints.push(await resolved((await declare(variant)).result?.fingerprint));
        }
        expect(new Set(fingerprints).size).toBe(variants.length);
        expect(fingerprints.at(-1)).toBe(fingerprints[0]);
    });

    it.each(["proxy", "redirect"] as const)("serves the files of app links by a Worker, in mode %s", async (mode) => {
        const fingerprints = [Array.from({ length: 32 }, () => "A1").join(":")];
        const appLinks: AppLinks = {
            apple: [{ appId: "ABCDE12345.com.example.app" }],
            android: [{ packageName: "com.example.app", fingerprints }],
        };
        const opts = { protect: true, retainOnDelete: true };
        const account = { id: "f".repeat(32) };
        const { resources, errors, one, result } = await run(
            () => new CloudflareEdge("track", { ...plain, mode, appLinks }, opts),
            { answers: { [getZones]: { results: [{ ...zone, account }] } } },
        );
        expect(errors).toEqual([]);
        const { accountId, scriptName, content, mainModule } = one("WorkersScript").inputs;
        expect([accountId, mainModule]).toEqual([account.id, "worker.js"]);
        expect(scriptName).toMatch(/^app-links-track-example-com-[0-9a-f]{12}$/);
        const { default: worker } = await import(`data:text/javascript,${encodeURIComponent(String(content))}`);
        for (const file of appFilesOf(appLinks)) {
            const answer: Response = worker.fetch(new Request(`https://${hostname}${file.path}?`));
            expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json"]);
            expect(await answer.text()).toBe(file.content);
        }
        expect(worker.fetch(new Request(`https://${hostname}/f/a`)).status).toBe(404);

        const routes = resources.filter(({ type }) => type.endsWith("WorkersRoute"));
        expect(Object.fromEntries(routes.map(({ name, inputs }) => [name, inputs]))).toEqual(
            Object.fromEntries(
                appFilesOf(appLinks).map(({ maker, path }) => [
                    `track-app-links-${maker}`,
                    { zoneId: zone.id, pattern: hostname + path, script: scriptName },
                ]),
            ),
        );
        for (const resource of [one("WorkersScript"), ...routes]) {
            const own = { protect: false, retainOnDelete: false, replacementTrigger: hostname };
            expect(resource).toMatchObject({ ...own, parent: "CloudflareEdge track" });
        }
        // A Worker that the account refuses stops a move before the record leads here. The probe comes after all of them.
        expect(one("DnsRecord").dependsOn).toEqual(
            expect.arrayContaining([
                "WorkersScript track-app-links",
                ...routes.map(({ name }) => `WorkersRoute ${name}`),
            ]),
        );
        expect(result?.dependsOn).toHaveLength(mode === "proxy" ? 4 : 5);
        // No click meets them, so SparkPost has nothing to verify again.
        const without = await declare({ ...plain, mode });
        expect(await resolved(without.result?.fingerprint)).toBe(await resolved(result?.fingerprint));
    });

    it("gives a script a name within Cloudflare's 63 characters, another for each hostname and stack", async () => {
        const appLinks: AppLinks = { apple: [{ appId: "ABCDE12345.com.example.app" }] };
        const label = "a".repeat(60);
        const hosts = [`${label}.example.com`, `${label}b.example.com`];
        const names = [];
        for (const host of hosts) {
            const { one } = await declare({ ...plain, hostname: host, appLinks });
            names.push(String(one("WorkersScript").inputs.scriptName));
        }
        expect(names).toEqual(hosts.map((host) => scriptNameOf(host, "program/dev")));
        names.push(scriptNameOf(`${label}.example.com`, "program/prod"));
        expect(new Set(names).size).toBe(3);
        expect(names.filter((name) => !/^[a-z0-9-]{1,63}$/.test(name))).toEqual([]);
    });

    it.each<[string, Partial<CloudflareEdgeArgs>]>([
        ["without a zone", { zone: undefined }],
        ["for a host outside the zone", { zone: "example.org" }],
        ["two labels below the zone", { hostname: "a.track.example.com" }],
        ["with a priority of nothing", { priority: 2 }],
    ])("is refused %s", async (_what, change) => {
        const { errors, resources, lookUps } = await declare({ ...plain, ...change });
        expect(errors).toMatchSnapshot();
        expect(resources.filter(({ type }) => type.startsWith("cloudflare:"))).toEqual([]);
        expect(lookUps).toEqual([]);
    });
});
