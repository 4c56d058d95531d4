import * as cloudflare from "@pulumi/cloudflare/provider.js";
import { describe, expect, it } from "vitest";
import { CloudflareEdge, type CloudflareEdgeArgs } from "../../components/src/cloudflare/edge.ts";
import { type RunOptions, run, zone } from "../support/program.ts";

const getZone = "cloudflare:index/getZone:getZone";
const getZoneSetting = "cloudflare:index/getZoneSetting:getZoneSetting";
const getPacks = "cloudflare:index/getCertificatePacks:getCertificatePacks";
const host = (index: number) => `t${index}.example.com`;

const declare = (args: Partial<CloudflareEdgeArgs>[], options?: RunOptions) =>
    run(() => args.map((one, index) => new CloudflareEdge(`t${index}`, { hostname: host(index), ...one })), options);
const tokens = ({ lookUps }: { lookUps: { token: string }[] }) => lookUps.map(({ token }) => token);

describe("the look-up of a zone", () => {
    it("is one for many hosts", async () => {
        const { resources, lookUps } = await declare(Array(20).fill({ zone: "example.com" }), { preview: true });
        expect(resources.filter(({ type }) => type.endsWith("DnsRecord"))).toHaveLength(20);
        expect(lookUps).toEqual([{ token: getZone, inputs: { filter: { name: "example.com", match: "all" } } }]);
    });

    it("is none where the id is given", async () => {
        const given = [{ zoneId: "a" }, { zone: "example.com", zoneId: "b" }];
        const { lookUps, resources } = await declare(given, { preview: true });
        expect(lookUps).toEqual([]);
        expect(resources.map(({ inputs }) => inputs.zoneId).filter(Boolean)).toEqual(["a", "b"]);
    });

    it("is one for each account, and narrowed to it", async () => {
        const inAccount = (accountId: string) => ({ zone: "example.com", accountId });
        const { lookUps } = await declare([inAccount("a"), inAccount("b"), inAccount("a")], { preview: true });
        expect(lookUps.map(({ inputs }) => inputs.filter)).toEqual(
            ["a", "b"].map((id) => ({ name: "example.com", match: "all", account: { id } })),
        );
    });

    it("is one for each provider: they may hold tokens of different accounts", async () => {
        const program = () =>
            ["one", "two"].map((name, index) => {
                const provider = new cloudflare.Provider(name, {});
                return new CloudflareEdge(name, { hostname: host(index), zone: "example.com" }, { provider });
            });
        expect(tokens(await run(program, { preview: true }))).toEqual([getZone, getZone]);
    });

    it("is made again in the next run", async () => {
        const args = [{ zone: "example.com" }];
        await declare(args, { preview: true });
        expect(tokens(await declare(args, { preview: true }))).toEqual([getZone]);
    });

    it.each<[string, object | Error, string]>([
        [
            "isn't active",
            { ...zone, status: "pending", nameServers: ["a.ns", "b.ns"] },
            "the name servers to a.ns and b.ns",
        ],
        ["is partial", { ...zone, type: "partial" }, "partial (CNAME) zone"],
        ["is paused", { ...zone, paused: true }, "Resume it in the dashboard"],
        ["isn't found", new Error("Resource not found"), "the look-up failed. "],
    ])("refuses a zone that %s, once and in words, and no record is made", async (_what, answer, message) => {
        const options = { answers: { [getZone]: answer } };
        const { errors, resources } = await declare(Array(2).fill({ zone: "example.com" }), options);
        expect(errors).toEqual([expect.stringContaining(message)]);
        expect(errors[0]).toMatch(/^Cloudflare zone example\.com: /);
        expect(resources.filter(({ type }) => type.endsWith("DnsRecord"))).toEqual([]);
    });

    it("that fails says which permission it needs, and the ways round it", async () => {
        const { errors } = await declare([{ zone: "example.com" }], { answers: { [getZone]: new Error("nope") } });
        expect(errors[0]).toContain("nope");
        expect(errors[0]).toContain("permission Zone Read");
        expect(errors[0]).toContain("`accountId`");
        expect(errors[0]).toContain("With `zoneId` instead of `zone` no look-up is made.");
    });
});

describe("the zone's SSL mode", () => {
    const withMode = (value: string) => ({ answers: { [getZoneSetting]: { value } } });
    const inZone = { zone: "example.com" };

    it.each(["off", "flexible"])("%s is warned about during an update, once a zone", async (mode) => {
        const { warnings, errors } = await declare([inZone, inZone], withMode(mode));
        expect(warnings).toEqual([expect.stringContaining("Set it to Full (SSL/TLS, Overview)")]);
        expect(errors).toEqual([]);
    });

    it.each(["full", "strict"])("%s is fine", async (mode) => {
        expect((await declare([inZone], withMode(mode))).warnings).toEqual([]);
    });

    it("is read where the zone's id is given, too", async () => {
        expect((await declare([{ zoneId: "z" }], withMode("off"))).warnings).toHaveLength(1);
    });

    it("isn't read during a preview", async () => {
        const { warnings, lookUps } = await declare([{ zoneId: "z" }], { ...withMode("off"), preview: true });
        expect({ warnings, lookUps }).toEqual({ warnings: [], lookUps: [] });
    });

    it("that the token can't read is no reason to say anything", async () => {
        const { warnings, errors, one } = await declare([inZone], { answers: { [getZoneSetting]: new Error("9109") } });
        expect({ warnings, errors }).toEqual({ warnings: [], errors: [] });
        expect(one("DnsRecord").inputs.zoneId).toBe(zone.id);
    });

    it("doesn't matter to a host with settings of its own", async () => {
        const { warnings, lookUps } = await declare([{ ...inZone, settings: "pageRule" }], withMode("off"));
        expect(warnings).toEqual([]);
        expect(lookUps.map(({ token }) => token)).not.toContain(getZoneSetting);
    });
});

describe("a zone that became active an hour ago", () => {
    const answers = { [getZone]: { ...zone, activatedOn: new Date(Date.now() - 3_600_000).toISOString() } };
    const packs = { results: [{ hosts: ["example.com"], status: "initializing" }] };

    it("is warned about with its certificate's status during an update", async () => {
        const { warnings } = await declare([{ zone: "example.com" }], { answers: { ...answers, [getPacks]: packs } });
        expect(warnings).toEqual([expect.stringContaining("example.com initializing")]);
    });

    it("is warned about where that can't be read, and nothing fails", async () => {
        const { warnings, errors } = await declare([{ zone: "example.com" }], { answers });
        expect(warnings).toEqual([expect.stringContaining("SSL and Certificates Read")]);
        expect(errors).toEqual([]);
    });

    it("isn't during a preview", async () => {
        const run = await declare([{ zone: "example.com" }], { answers, preview: true });
        expect([run.warnings, tokens(run)]).toEqual([[], [getZone]]);
    });
});
