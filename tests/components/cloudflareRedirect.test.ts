import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { CloudflareEdge, type CloudflareEdgeArgs } from "../../components/src/cloudflare/edge.ts";
import { type RunOptions, resolved, run, zone } from "../support/program.ts";

const hostname = "track.example.com";
const plain: CloudflareEdgeArgs = { hostname, zone: "example.com", mode: "redirect" };
const asProxy: CloudflareEdgeArgs = { ...plain, mode: "proxy" };
const declare = (args: CloudflareEdgeArgs, opts?: pulumi.ComponentResourceOptions, options?: RunOptions) =>
    run(() => new CloudflareEdge("track", args, opts), options);

const rule = {
    zoneId: zone.id,
    target: "track.example.com/*",
    priority: 1,
    status: "active",
    actions: { forwardingUrl: { url: "https://spgo.io/$1", statusCode: 302 } },
};

describe("Cloudflare as an edge that redirects", () => {
    it("is a proxied placeholder and an active page rule, the record first", async () => {
        const { resources, errors, one } = await declare(plain);
        expect(errors).toEqual([]);
        expect(resources).toHaveLength(3);
        expect(one("PageRule").inputs).toEqual(rule);
        expect(one("PageRule").parent).toBe("CloudflareEdge track");
        expect(one("PageRule").dependsOn).toEqual(["DnsRecord track"]);
    });

    it("has for its placeholder exactly the proxy's record, so that traffic falls through to a working one", async () => {
        const { one } = await declare(plain);
        const proxy = await run(() => new CloudflareEdge("track", asProxy));
        expect(proxy.one("DnsRecord")).toEqual(one("DnsRecord"));
    });

    it("forwards to any endpoint, by the status and with the priority that are asked for", async () => {
        const { one } = await declare({ ...plain, endpoint: "eu.spgo.io", statusCode: 301, priority: 7 });
        expect(one("PageRule").inputs).toEqual({
            ...rule,
            priority: 7,
            actions: { forwardingUrl: { url: "https://eu.spgo.io/$1", statusCode: 301 } },
        });
        expect(one("DnsRecord").inputs.content).toBe("eu.spgo.io");
    });

    it("takes a priority that is known later, and checks it then", async () => {
        const { one } = await declare({ ...plain, priority: pulumi.output(7) });
        expect(one("PageRule").inputs).toMatchObject({ priority: 7 });
        const wrong = await declare({ ...plain, priority: pulumi.output(0) });
        expect(wrong.errors).toContainEqual(expect.stringContaining("priority (0)"));
        expect(wrong.resources.filter(({ type }) => type.endsWith(":PageRule"))).toEqual([]);
    });

    it("keeps its record as the options say, and never its rule: that would redirect on after a change of mode", async () => {
        const opts = { protect: true, retainOnDelete: true };
        const { one } = await declare(plain, opts);
        expect(one("DnsRecord")).toMatchObject(opts);
        expect(one("PageRule")).toMatchObject({ protect: false, retainOnDelete: false });
    });

    it("makes both children after what it depends on", async () => {
        const { resources } = await run(() => {
            const first = new CloudflareEdge("first", { hostname: "first.example.com", zoneId: "3".repeat(32) });
            new CloudflareEdge(
                "track",
                { hostname, zoneId: "3".repeat(32), mode: "redirect" },
                { dependsOn: first.record },
            );
        });
        const dependsOn = (kind: string) =>
            resources.find(({ type, name }) => type.endsWith(kind) && name === "track")?.dependsOn;
        expect(dependsOn("DnsRecord")).toEqual(["DnsRecord first"]);
        expect(dependsOn("PageRule")).toEqual(["DnsRecord first", "DnsRecord track"]);
    });

    it("says that it redirects, where to, what to wait for, and what is its record for", async () => {
        const { result } = await declare(plain);
        expect(result).toMatchObject({ redirects: true, endpoint: "spgo.io" });
        expect(result?.dependsOn).toEqual([result?.record, result?.pageRule]);
        expect(await resolved(result?.dnsRecords)).toMatchSnapshot();
    });

    it.each([302, 301] as const)(
        "names the way to a proxy as a next step, and with a 301 what that binds: %d",
        async (statusCode) => {
            expect((await declare({ ...plain, statusCode })).result?.notes).toMatchSnapshot();
        },
    );

    it("has a fingerprint that stands for record, rule and way", async () => {
        const variants: CloudflareEdgeArgs[] = [
            plain,
            { ...plain, endpoint: "v2.spgo.io" },
            { ...plain, statusCode: 301 },
            { ...plain, priority: 2 },
            { ...plain, transform: { pageRule: { status: "disabled" } } },
            { hostname, zoneId: "4".repeat(32), mode: "redirect" },
        ];
        const fingerprints = [];
        for (const variant of [...variants, plain]) {
            fingerprints.push(await resolved((await declare(variant)).result?.fingerprint));
        }
        const proxy = await run(() => new CloudflareEdge("track", asProxy));
        fingerprints.unshift(await resolved(proxy.result?.fingerprint));
        expect(new Set(fingerprints).size).toBe(variants.length + 1);
        expect(fingerprints.at(-1)).toBe(fingerprints[1]);
    });

    it.each<[string, Partial<CloudflareEdgeArgs>]>([
        ["without a zone", { zone: undefined }],
        ["to the host itself", { endpoint: hostname }],
        ["by another status", { statusCode: 307 as 301 }],
        ["with a priority below 1", { priority: 0 }],
    ])("is refused %s, before anything is asked or made", async (_what, change) => {
        const { errors, resources, lookUps } = await declare({ ...plain, ...change });
        expect(errors).toMatchSnapshot();
        expect([resources, lookUps]).toEqual([[], []]);
    });
});
