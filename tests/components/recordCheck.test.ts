import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CloudflareEdge } from "../../components/src/cloudflare/edge.ts";
import { skipDelays } from "../support/delays.ts";
import { type RunOptions, resolved, run, stateToken } from "../support/program.ts";
import { said } from "../support/said.ts";
import { byCall, type Reply, startApi } from "../support/scriptedApi.ts";

const zoneId = "1".repeat(32);
const token = "0123456789abcdef0123456789abcdef01234567";
const hostname = "track.example.com";
const look = `GET /zones/${zoneId}/dns_records?name=${hostname}&page=1&per_page=50`;
const success = (...result: object[]): Reply => ({ body: { success: true, result, result_info: { total_pages: 1 } } });
const forbidden: Reply = {
    status: 403,
    body: { success: false, errors: [{ code: 10000, message: "Authentication error" }] },
};
const recordId = "2".repeat(32);
const stranger = { id: recordId, name: hostname, type: "CNAME", content: "vendor.example", proxied: true };
const endpoint = { ...stranger, content: "spgo.io" };
const importId = `${zoneId}/${recordId}`;
const packList = `GET /zones/${zoneId}/ssl/certificate_packs?status=all&page=1&per_page=50`;
const packs = (status: string) => ({
    [packList]: [success({ hosts: ["example.com", "*.example.com"], status })],
});

const inState = (name: string) => ({
    type: "cloudflare:index/dnsRecord:DnsRecord",
    outputs: { type: "CNAME", name },
});

/** The stack's state has this record, and what isn't one of that name's. */
function state(outputs: object): RunOptions {
    const record = { type: "cloudflare:index/dnsRecord:DnsRecord", outputs: { type: "CNAME", ...outputs } };
    const text = { ...record, outputs: { type: "TXT", name: hostname } };
    const zone = { type: "cloudflare:index/zone:Zone", outputs: { name: hostname } };
    return { answers: { [stateToken]: { outputs: { one: record, text, zone } } } };
}

beforeEach(() => {
    vi.stubEnv("CLOUDFLARE_API_TOKEN", undefined);
    vi.stubEnv("CLOUDFLARE_BASE_URL", undefined);
});
afterEach(() => void vi.unstubAllEnvs());

/** Declares a host where Cloudflare has these records of it. */
async function declare(
    reply: Reply,
    { replies = {}, ...options }: RunOptions & { replies?: Record<string, Reply[]> } = {},
    importId?: string,
    args: object = {},
) {
    const api = await startApi(byCall({ [look]: [reply], ...replies }));
    const imported = importId === undefined ? {} : { import: { record: importId } };
    const outcome = await run(
        () => new CloudflareEdge("track", { hostname, zoneId: pulumi.output(zoneId), ...args, ...imported }),
        {
            config: { "cloudflare:apiToken": token, "cloudflare:baseUrl": api.url },
            secrets: ["cloudflare:apiToken"],
            until: (resources, errors) => errors.length > 0 || resources.some(({ type }) => type.endsWith("DnsRecord")),
            ...options,
            // Unless a test says otherwise, nobody tells what is in the state.
            answers: { [stateToken]: new Error("not told"), ...options.answers },
        },
    );
    return { ...outcome, api, isMade: outcome.resources.some(({ type }) => type.endsWith("DnsRecord")) };
}

describe("before a host's record is made or changed", () => {
    it("the zone's records of that name are looked at once, with the provider's token", async () => {
        const { api, errors, warnings, isMade } = await declare(success());
        expect([errors, warnings, isMade]).toEqual([[], [], true]);
        expect(api.whats().filter((what) => what.includes("dns_records"))).toEqual([look]);
        expect(api.calls[0]?.headers.authorization).toBe(`Bearer ${token}`);
    });

    it("one that isn't in the state is refused, with the command that takes it over", async () => {
        const { errors, warnings, isMade } = await declare(success(endpoint), state({ name: "b.example.com" }));
        expect(errors).toMatchSnapshot();
        expect([warnings, isMade]).toEqual([[], false]);
    });

    it("a live name of somebody else's that isn't in the state is refused, with a sibling", async () => {
        const { errors, isMade } = await declare(success(stranger), state({ name: "b.example.com" }));
        expect(errors).toMatchSnapshot();
        expect(isMade).toBe(false);
    });

    it("one that is in the state is known, whatever it says by now", async () => {
        const { errors, warnings, isMade } = await declare(success(stranger), state({ name: hostname.toUpperCase() }));
        expect([errors, warnings, isMade]).toEqual([[], [], true]);
    });

    it.each([
        ["a name as older programs wrote it, without the zone's", { name: "track", zoneId }, true],
        ["such a name in another zone", { name: "track", zoneId: "y" }, false],
        ["such a name of another host", { name: "rack", zoneId }, false],
    ])("one that is in the state by %s is known: %j, %s", async (_what, outputs, isKnown) => {
        expect((await declare(success(stranger), state(outputs))).isMade).toBe(isKnown);
    });

    it("the state is read for both of two edges, one of which waits for the other", async () => {
        const other = "b.example.com";
        let answerOther = () => {};
        const after = new Promise<void>((resolve) => {
            answerOther = resolve;
        });
        const lookAtOther = look.replace(hostname, other);
        const there = success(stranger);
        const api = await startApi(byCall({ [look]: [there], [lookAtOther]: [{ ...there, after }] }));
        const { errors } = await run(
            () => {
                const first = new CloudflareEdge("b", { hostname: other, zoneId });
                new CloudflareEdge("track", { hostname, zoneId }, { dependsOn: first });
            },
            {
                config: { "cloudflare:apiToken": token, "cloudflare:baseUrl": api.url },
                secrets: ["cloudflare:apiToken"],
                answers: { [stateToken]: { outputs: { one: inState(hostname), two: inState(other) } } },
                until: (resources) => {
                    if (api.whats().includes(look)) {
                        setTimeout(answerOther, 50);
                    }
                    return resources.filter(({ type }) => type.endsWith("DnsRecord")).length === 2;
                },
            },
        );
        expect(errors).toEqual([]);
    });

    it("one that is in the state as another resource isn't taken over", async () => {
        const { errors, isMade } = await declare(success(stranger), state({ name: hostname }), importId);
        expect(errors).toMatchSnapshot();
        expect(isMade).toBe(false);
    });

    it("where the state can't be read, one that the stack can't have made is told, and Cloudflare decides", async () => {
        const { warnings, isMade } = await declare(success(stranger));
        expect(warnings).toEqual([
            expect.stringContaining(`npx --no-install pulumi-sparkpost-tracking find ${hostname}`),
        ]);
        expect(isMade).toBe(true);
    });

    it("other types of records beside it don't matter", async () => {
        expect((await declare(success({ ...stranger, type: "TXT" }))).warnings).toEqual([]);
    });

    it("one that is taken over isn't told, the engine gets its id, and the lines are said to go", async () => {
        const { warnings, infos, one } = await declare(success(endpoint), state({ name: "b.example.com" }), importId);
        expect(warnings).toEqual([]);
        expect(infos).toMatchSnapshot();
        expect(one("DnsRecord").importId).toBe(importId);
    });

    it.each<[string, string, object, Reply]>([
        ["of another host", importId, {}, { body: { success: true, result: { ...stranger, name: "b.example.com" } } }],
        ["of nobody", importId, {}, { status: 404, body: { success: false, errors: [] } }],
        ["of another zone", `${"3".repeat(32)}/${recordId}`, { zoneId: pulumi.output(zoneId) }, {}],
    ])("an id %s isn't taken over", async (_what, id, args, reply) => {
        const api = await startApi(
            byCall({ [look]: [success()], [`GET /zones/${zoneId}/dns_records/${recordId}`]: [reply] }),
        );
        const { errors, resources } = await run(
            () =>
                new CloudflareEdge("track", {
                    hostname,
                    zoneId: pulumi.output(zoneId),
                    import: { record: id },
                    ...args,
                }),
            {
                config: { "cloudflare:apiToken": token, "cloudflare:baseUrl": api.url },
                secrets: ["cloudflare:apiToken"],
                until: (_resources, errors) => errors.length > 0,
                ...state({ name: "b.example.com" }),
            },
        );
        expect(errors).toMatchSnapshot();
        expect(resources.some(({ type }) => type.endsWith("DnsRecord"))).toBe(false);
    });

    it.each([false, true])("one that the stack has isn't taken over again; in a preview: %s", async (preview) => {
        const urn =
            "urn:pulumi:dev::shop::sparkpost-tracking:index:CloudflareEdge$cloudflare:index/dnsRecord:DnsRecord::track";
        const answers = { [stateToken]: { outputs: { [urn]: inState(hostname) } } };
        const { errors, isMade } = await declare(success(endpoint), { answers, preview }, importId);
        expect(errors).toMatchSnapshot();
        expect(isMade).toBe(false);
    });

    it("neither is one that a transform takes over", async () => {
        const urn =
            "urn:pulumi:dev::shop::sparkpost-tracking:index:CloudflareEdge$cloudflare:index/dnsRecord:DnsRecord::track";
        const answers = { [stateToken]: { outputs: { [urn]: inState(hostname) } } };
        const record = (_args: object, opts: pulumi.CustomResourceOptions) => {
            opts.import = importId;
        };
        const { errors } = await declare(success(endpoint), { answers }, undefined, { transform: { record } });
        expect(errors).toMatchSnapshot();
    });

    it.each<[string, Reply, RunOptions]>([
        ["the records", forbidden, state({ name: "b.example.com" })],
        ["the state", success(endpoint), {}],
    ])("nothing is taken over where %s can't be read", async (_what, reply, options) => {
        const { errors, isMade } = await declare(reply, options, importId);
        expect(errors).toMatchSnapshot();
        expect(isMade).toBe(false);
    });

    it("a live name of somebody else's is taken over only by its content of today", async () => {
        const other = state({ name: "b.example.com" });
        const refused = await declare(success(stranger), other, importId, { replaces: "old.example" });
        expect(refused.errors).toMatchSnapshot();
        const taken = await declare(success(stranger), other, importId, { replaces: "vendor.example" });
        expect([taken.errors, taken.isMade]).toEqual([[], true]);
    });

    it("a look that may not read records leaves it to Cloudflare's own answer", async () => {
        const { errors, warnings, isMade } = await declare(forbidden);
        expect([errors, warnings, isMade]).toEqual([[], [], true]);
    });

    it.each<[string, Reply, boolean]>([
        ["nobody", { status: 0 }, false],
        ["nobody, of a host in use", { status: 0 }, true],
        ["what isn't the API", { status: 403, body: "<html>" }, false],
        ["an API with too many calls", { status: 429 }, false],
        ["an API with a fault", { status: 503 }, true],
    ])("a look that finds %s ends the update", async (_what, reply, inUse) => {
        skipDelays();
        const { errors, isMade } = await declare(reply, {}, undefined, { inUse });
        expect(errors.map(said)).toMatchSnapshot();
        expect(isMade).toBe(false);
    });

    it.each<[string, Reply, RunOptions]>([
        ["the token may not", forbidden, {}],
        ["there is no token", success(), { config: {} }],
    ])("a host in use is told where %s read its record", async (_what, reply, options) => {
        const { errors, warnings, isMade } = await declare(reply, options, undefined, { inUse: true });
        expect([errors, isMade]).toEqual([[], true]);
        expect(warnings).toMatchSnapshot();
    });

    it("nobody is asked without an API token, or in a preview", async () => {
        for (const options of [{ config: {} }, { preview: true }]) {
            const { api, isMade } = await declare(success(stranger), options);
            expect([api.calls, isMade]).toEqual([[], true]);
        }
    });
});

describe("a host in use that is to be proxied", () => {
    const bare = success({ ...stranger, content: "spgo.io", proxied: false });

    it("waits for its certificate", async () => {
        const { errors, isMade } = await declare(bare, { replies: packs("pending_validation") });
        expect(errors).toMatchSnapshot();
        expect(isMade).toBe(false);
    });

    it("is proxied once that is active", async () => {
        const { errors, warnings, isMade } = await declare(bare, { replies: packs("active") });
        expect([errors, warnings, isMade]).toEqual([[], [], true]);
    });

    it("is proxied with a warning where that can't be read, if it isn't known to have links in use", async () => {
        const { errors, warnings, isMade } = await declare(bare);
        expect([errors, isMade]).toEqual([[], true]);
        expect(warnings).toMatchSnapshot();
    });

    it("isn't proxied where that can't be read and it is adopted, unless somebody says that there is one", async () => {
        const refused = await declare(bare, {}, undefined, { inUse: true });
        expect(refused.errors).toMatchSnapshot();
        expect(refused.isMade).toBe(false);
        const said = await declare(bare, {}, undefined, { inUse: true, certificateCoversHostname: true });
        expect([said.errors, said.warnings, said.isMade]).toEqual([[], [], true]);
    });

    it("has a TTL of 300 s at most: else nothing is changed before it is lowered", async () => {
        const slow = success({ ...endpoint, proxied: false, ttl: 3_600 });
        const { errors, isMade } = await declare(slow, { replies: packs("active") }, undefined, { inUse: true });
        expect(errors).toMatchSnapshot();
        expect(isMade).toBe(false);
    });

    it("gets https links when resolvers have forgotten the record, and at once where it is proxied for long", async () => {
        const since = async (record: object) => {
            const { one, result } = await declare(
                success({ ...endpoint, ...record }),
                { replies: packs("active"), outputs: { DnsRecord: { modifiedOn: "2100-02-01T00:00:00Z" } } },
                undefined,
                { inUse: true },
            );
            expect(one("DnsRecord")).toBeDefined();
            return resolved(result?.secureNotBefore);
        };
        expect(await since({ proxied: false, ttl: 90 })).toBe("2100-02-01T00:05:01.000Z");
        expect(await since({ modified_on: "2026-01-01T00:00:00Z" })).toBeUndefined();
    });

    it("isn't held up where it is proxied already, or has no record", async () => {
        for (const reply of [success({ ...stranger, content: "spgo.io" }), success()]) {
            const { api, isMade } = await declare(reply, { replies: packs("pending_validation") });
            expect(isMade).toBe(true);
            expect(api.whats()).not.toContain(packList);
        }
    });
});
