import * as cloudflare from "@pulumi/cloudflare/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CloudflareEdge, type CloudflareEdgeArgs } from "../../components/src/cloudflare/edge.ts";
import { getZones, type RunOptions, run, zone } from "../support/program.ts";
import { byCall, type Reply, startApi } from "../support/scriptedApi.ts";

const token = "0123456789abcdef0123456789abcdef01234567";
const host = (index: number) => `t${index}.example.com`;

const declare = (args: Partial<CloudflareEdgeArgs>[], options?: RunOptions) =>
    run(() => args.map((one, index) => new CloudflareEdge(`t${index}`, { hostname: host(index), ...one })), options);
const tokens = ({ lookUps }: { lookUps: { token: string }[] }) => lookUps.map(({ token }) => token);

describe("the look-up of a zone", () => {
    it("is one for many hosts", async () => {
        const { resources, lookUps } = await declare(Array(20).fill({ zone: "example.com" }), { preview: true });
        expect(resources.filter(({ type }) => type.endsWith("DnsRecord"))).toHaveLength(20);
        expect(lookUps).toEqual([{ token: getZones, inputs: { name: "example.com", match: "all" } }]);
    });

    it("is none where the id is given", async () => {
        const [a, b] = ["a".repeat(32), "b".repeat(32)];
        const given = [{ zoneId: a }, { zone: "example.com", zoneId: b }];
        const { lookUps, resources } = await declare(given, { preview: true });
        expect(lookUps).toEqual([]);
        expect(resources.map(({ inputs }) => inputs.zoneId).filter(Boolean)).toEqual([a, b]);
    });

    it("is one for each account, and narrowed to it", async () => {
        const inAccount = (accountId: string) => ({ zone: "example.com", accountId });
        const { lookUps } = await declare([inAccount("a"), inAccount("b"), inAccount("a")], { preview: true });
        expect(lookUps.map(({ inputs }) => inputs)).toEqual(
            ["a", "b"].map((id) => ({ name: "example.com", match: "all", account: { id } })),
        );
    });

    it("is one for each provider: they may hold tokens of different accounts", async () => {
        const program = () =>
            ["one", "two"].map((name, index) => {
                const provider = new cloudflare.Provider(name, {});
                return new CloudflareEdge(name, { hostname: host(index), zone: "example.com" }, { provider });
            });
        expect(tokens(await run(program, { preview: true }))).toEqual([getZones, getZones]);
    });

    it("is made again in the next run", async () => {
        const args = [{ zone: "example.com" }];
        await declare(args, { preview: true });
        expect(tokens(await declare(args, { preview: true }))).toEqual([getZones]);
    });

    it.each<[string, object | Error]>([
        ["isn't active", { ...zone, status: "pending", nameServers: ["a.ns", "b.ns"] }],
        ["is partial", { ...zone, type: "partial" }],
        ["is paused", { ...zone, paused: true }],
        ["isn't found", []],
        ["is there in two accounts", ["a", "b"].map((id) => ({ ...zone, account: { id } }))],
        ["can't be looked up", new Error("Resource not found")],
    ])("refuses a zone that %s, once and in words, and no record is made", async (_what, answer) => {
        const options = {
            answers: { [getZones]: answer instanceof Error ? answer : { results: [answer].flat() } },
        };
        const { errors, resources } = await declare(Array(2).fill({ zone: "example.com" }), options);
        expect(errors).toMatchSnapshot();
        expect(resources.filter(({ type }) => type.endsWith("DnsRecord"))).toEqual([]);
    });

    it("is unknown in the preview of a provider whose settings aren't known yet", async () => {
        const { errors, resources } = await declare([{ zone: "example.com" }], {
            preview: true,
            answers: { [getZones]: {} },
        });
        expect(errors).toEqual([]);
        const record = resources.find(({ type }) => type.endsWith("DnsRecord"));
        expect(record?.inputs.zoneId).toBe(pulumi.unknown);
    });

    it("of a user's mocks that don't know it finds a zone that serves", async () => {
        const { errors, resources } = await declare([{ zone: "example.com" }], {
            usersMocks: true,
            answers: { [getZones]: {} },
        });
        expect(errors).toEqual([]);
        expect(resources.map(({ type }) => type.split(":").at(-1))).toContain("DnsRecord");
    });
});

beforeEach(() => {
    vi.stubEnv("CLOUDFLARE_API_TOKEN", undefined);
    vi.stubEnv("CLOUDFLARE_BASE_URL", undefined);
});
afterEach(() => void vi.unstubAllEnvs());

const ssl = "GET /zones/0123456789abcdef0123456789abcdef/settings/ssl";
const automatic = `${ssl}_automatic_mode`;
const packs = "GET /zones/0123456789abcdef0123456789abcdef/ssl/certificate_packs?status=all&page=1&per_page=50";
const records = (index: number) =>
    `GET /zones/0123456789abcdef0123456789abcdef/dns_records?name=${host(index)}&page=1&per_page=50`;
const success = (result: unknown): Reply => ({ body: { success: true, result, result_info: { total_pages: 1 } } });
const forbidden: Reply = { status: 403, body: { success: false, errors: [{ code: 9109, message: "Unauthorized" }] } };

/** Declares hosts in an update that has a token, where the API answers so, until all records are made or it fails. */
async function update(args: Partial<CloudflareEdgeArgs>[], replies: Record<string, Reply>, options: RunOptions = {}) {
    const always = Object.fromEntries(args.map((_, index) => [records(index), [success([])]]));
    const own = Object.fromEntries(Object.entries(replies).map(([what, reply]) => [what, [reply]]));
    const api = await startApi(byCall({ ...always, ...own }));
    const outcome = await declare(args, {
        config: { "cloudflare:apiToken": token, "cloudflare:baseUrl": api.url },
        secrets: ["cloudflare:apiToken"],
        until: (resources, errors) =>
            errors.length > 0 || resources.filter(({ type }) => type.endsWith("DnsRecord")).length === args.length,
        ...options,
    });
    const asked = api.whats().filter((what) => !what.includes("dns_records"));
    return { ...outcome, asked };
}

describe("the zone's SSL mode", () => {
    const inZone = { zone: "example.com" };

    it.each(["off", "flexible"])("%s is warned about during an update, once a zone", async (value) => {
        const { warnings, errors, asked } = await update([inZone, inZone], { [ssl]: success({ value }) });
        expect(warnings).toMatchSnapshot();
        expect([errors, asked.sort()]).toEqual([[], [ssl, automatic]]);
    });

    it("that Cloudflare chooses is warned about, with what Full (strict) would do", async () => {
        const replies = { [ssl]: success({ value: "full" }), [automatic]: success({ value: "auto" }) };
        // A resolver that doesn't answer: the endpoint can't be asked.
        const args = { ...inZone, resolver: "127.0.0.1:9" };
        const { warnings, errors } = await update([args, args], replies);
        expect([errors, warnings]).toEqual([
            [],
            [expect.stringContaining("may break the links of t0.example.com. spgo.io couldn't be asked")],
        ]);
    });

    it.each([
        ["custom", "full"],
        ["auto", "strict"],
    ])("%s is fine with %s", async (value, mode) => {
        const replies = { [ssl]: success({ value: mode }), [automatic]: success({ value }) };
        expect((await update([inZone], replies)).warnings).toEqual([]);
    });

    it.each(["full", "strict"])("%s is fine", async (value) => {
        expect((await update([inZone], { [ssl]: success({ value }) })).warnings).toEqual([]);
    });

    it("is read where the zone's id is given, too", async () => {
        const { warnings } = await update([{ zoneId: zone.id }], { [ssl]: success({ value: "off" }) });
        expect(warnings).toHaveLength(1);
    });

    it.each([{ preview: true }, { usersMocks: true }])("isn't read with %j", async (options) => {
        const until = undefined;
        const given = [{ zoneId: zone.id }];
        const { warnings, lookUps, asked } = await update(
            given,
            { [ssl]: success({ value: "off" }) },
            { ...options, until },
        );
        expect({ warnings, lookUps, asked }).toEqual({ warnings: [], lookUps: [], asked: [] });
    });

    it.each([
        ["that the token can't read", forbidden],
        ["of an odd answer", success(null)],
    ])("%s is no reason to say anything, and no look-up of the provider fails", async (_what, reply) => {
        const { warnings, errors, one, lookUps } = await update([inZone], { [ssl]: reply });
        expect({ warnings, errors }).toEqual({ warnings: [], errors: [] });
        expect(one("DnsRecord").inputs.zoneId).toBe(zone.id);
        expect(tokens({ lookUps })).toEqual([getZones]);
    });

    it("isn't asked for without a token of ours: the provider has other credentials", async () => {
        const { warnings, errors, asked, lookUps } = await update([inZone], {}, { config: {}, secrets: [] });
        expect([warnings, errors, asked, tokens({ lookUps })]).toEqual([[], [], [], [getZones]]);
    });

    it("doesn't matter to a host with settings of its own", async () => {
        const rules = {
            "GET /zones/0123456789abcdef0123456789abcdef/pagerules": success([]),
            "GET /zones/0123456789abcdef0123456789abcdef": success({ meta: { page_rule_quota: 3 } }),
        };
        const { warnings, errors, asked } = await update([{ ...inZone, settings: "pageRule" }], rules);
        expect([warnings, errors]).toEqual([[], []]);
        expect(asked).not.toContain(ssl);
        expect(asked).not.toContain(automatic);
    });
});

describe("a zone of an id that a user gave", () => {
    const read = "GET /zones/0123456789abcdef0123456789abcdef";
    const api = { ...zone, name_servers: ["a.ns"], activated_on: zone.activatedOn, account: { id: "a" } };

    it("is read once in an update, and may be usable or unreadable", async () => {
        for (const reply of [success(api), forbidden]) {
            const { errors, warnings, asked } = await update(Array(2).fill({ zoneId: zone.id }), { [read]: reply });
            expect([errors, warnings]).toEqual([[], []]);
            expect(asked.filter((what) => what === read)).toEqual([read]);
        }
    });

    it.each([
        ["isn't active", { ...api, status: "pending" }],
        ["is paused", { ...api, paused: true }],
        ["doesn't hold the host", { ...api, name: "example.net" }],
    ])("is refused where it %s, and no record is made", async (_what, answer) => {
        const { errors, resources } = await update([{ zoneId: zone.id }], { [read]: success(answer) });
        expect(errors).toMatchSnapshot();
        expect(resources.filter(({ type }) => type.endsWith("DnsRecord"))).toEqual([]);
    });
});

describe("a zone that became active an hour ago", () => {
    const answers = {
        [getZones]: { results: [{ ...zone, activatedOn: new Date(Date.now() - 3_600_000).toISOString() }] },
    };
    const inZone = [{ zone: "example.com" }];

    it("is warned about with its certificate's status during an update", async () => {
        const pack = { hosts: ["example.com", "*.example.com\u001b[31m"], status: "initializing" };
        const { warnings } = await update(inZone, { [packs]: success([pack]) }, { answers });
        expect(warnings).toMatchSnapshot();
    });

    it.each([forbidden, success([null])])(
        "is warned about where that can't be read, and nothing fails",
        async (reply) => {
            const { warnings, errors } = await update(inZone, { [packs]: reply }, { answers });
            expect(warnings).toMatchSnapshot();
            expect(errors).toEqual([]);
        },
    );

    it("isn't during a preview", async () => {
        const { warnings, asked, lookUps } = await update(inZone, {}, { answers, preview: true, until: undefined });
        expect([warnings, asked, tokens({ lookUps })]).toEqual([[], [], [getZones]]);
    });
});
