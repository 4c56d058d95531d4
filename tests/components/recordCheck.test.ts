import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CloudflareEdge } from "../../components/src/cloudflare/edge.ts";
import { skipDelays } from "../support/delays.ts";
import { type RunOptions, resolved, run } from "../support/program.ts";
import { byCall, type Reply, startApi } from "../support/scriptedApi.ts";

const token = "0123456789abcdef0123456789abcdef01234567";
const hostname = "track.example.com";
const look = `GET /zones/z/dns_records?name=${hostname}&page=1&per_page=50`;
const success = (...result: object[]): Reply => ({ body: { success: true, result, result_info: { total_pages: 1 } } });
const forbidden: Reply = {
    status: 403,
    body: { success: false, errors: [{ code: 10000, message: "Authentication error" }] },
};
const stranger = { id: "r1", name: hostname, type: "CNAME", content: "example.com", proxied: true };
const packList = "GET /zones/z/ssl/certificate_packs?status=all&page=1&per_page=50";
const packs = (status: string) => ({
    [packList]: [success({ hosts: ["example.com", "*.example.com"], status })],
});

const stateToken = "pulumi:pulumi:readStackResourceOutputs";
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
        () => new CloudflareEdge("track", { hostname, zoneId: pulumi.output("z"), ...args, ...imported }),
        {
            config: { "cloudflare:apiToken": token, "cloudflare:baseUrl": api.url },
            secrets: ["cloudflare:apiToken"],
            until: (resources, errors) => errors.length > 0 || resources.some(({ type }) => type.endsWith("DnsRecord")),
            ...options,
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
        const { errors, warnings, isMade } = await declare(success(stranger), state({ name: "b.example.com" }));
        expect(errors).toEqual([
            `${hostname} has a DNS record at Cloudflare that isn't this stack's (CNAME example.com, proxied), and there can be no second one. No record was changed.\n` +
                `What takes it over, as lines of configuration with its id (\`import\`), is printed by:\n    npx --no-install pulumi-sparkpost-tracking find ${hostname}`,
        ]);
        expect([warnings, isMade]).toEqual([[], false]);
    });

    it("one that is in the state is known, whatever it says by now", async () => {
        const { errors, warnings, isMade } = await declare(success(stranger), state({ name: hostname.toUpperCase() }));
        expect([errors, warnings, isMade]).toEqual([[], [], true]);
    });

    it.each([
        ["a name as older programs wrote it, without the zone's", { name: "track", zoneId: "z" }, true],
        ["such a name in another zone", { name: "track", zoneId: "y" }, false],
        ["such a name of another host", { name: "rack", zoneId: "z" }, false],
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
                const first = new CloudflareEdge("b", { hostname: other, zoneId: "z" });
                new CloudflareEdge("track", { hostname, zoneId: "z" }, { dependsOn: first });
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
        const id = ["1", "2"].map((digit) => digit.repeat(32)).join("/");
        const { errors, isMade } = await declare(success(stranger), state({ name: hostname }), id);
        expect(errors).toEqual([expect.stringContaining("is this stack's already, as one.")]);
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

    it("one that is taken over isn't told, and the engine gets its id", async () => {
        const ids = ["1", "2"].map((digit) => digit.repeat(32));
        const { warnings, one } = await declare(success(stranger), {}, ids.join("/"));
        expect(warnings).toEqual([]);
        expect(one("DnsRecord").importId).toBe(ids.join("/"));
    });

    it.each<[string, Reply]>([
        ["may not read records", { status: 403, body: { success: false, errors: [{ code: 10000, message: "no" }] } }],
        ["finds nobody", { status: 0 }],
    ])("a look that %s leaves it to Cloudflare's own answer", async (_what, reply) => {
        skipDelays();
        const { errors, warnings, isMade } = await declare(reply);
        expect([errors, warnings, isMade]).toEqual([[], [], true]);
    });

    it.each([0, 429, 503])(
        "a look that gets %d ends the update of a host in use, whose old answer nobody would know afterwards",
        async (status) => {
            skipDelays();
            const { errors, isMade } = await declare({ status }, {}, undefined, { inUse: true });
            expect(errors).toEqual([
                expect.stringMatching(status === 0 ? /no answer from Cloudflare/ : /with (429|503)/),
            ]);
            expect(isMade).toBe(false);
        },
    );

    it.each<[string, Reply, RunOptions]>([
        ["the token may not", forbidden, {}],
        ["there is no token", success(), { config: {} }],
    ])("a host in use is told where %s read its record", async (_what, reply, options) => {
        const { errors, warnings, isMade } = await declare(reply, options, undefined, { inUse: true });
        expect([errors, isMade]).toEqual([[], true]);
        expect(warnings).toEqual([expect.stringMatching(/can't be read.*Lower the record's TTL/)]);
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
        expect(errors).toEqual([expect.stringContaining("run `pulumi up --refresh` when one is active")]);
        expect(isMade).toBe(false);
    });

    it("is proxied once that is active", async () => {
        const { errors, warnings, isMade } = await declare(bare, { replies: packs("active") });
        expect([errors, warnings, isMade]).toEqual([[], [], true]);
    });

    it("is proxied with a warning where that can't be read, if it isn't known to have links in use", async () => {
        const { errors, warnings, isMade } = await declare(bare);
        expect([errors, isMade]).toEqual([[], true]);
        expect(warnings).toEqual([expect.stringContaining("(SSL and Certificates Read)")]);
    });

    it("isn't proxied where that can't be read and it is adopted, unless somebody says that there is one", async () => {
        const refused = await declare(bare, {}, undefined, { inUse: true });
        expect(refused.errors).toEqual([
            expect.stringMatching(/Read\)[\s\S]*Nothing was changed.*`certificateCoversHost: true`/),
        ]);
        expect(refused.isMade).toBe(false);
        const said = await declare(bare, {}, undefined, { inUse: true, certificateCoversHost: true });
        expect([said.errors, said.warnings, said.isMade]).toEqual([[], [], true]);
    });

    it("has its TTL remembered where its record leads straight to SparkPost, and else nothing", async () => {
        const ttlOf = async (reply: Reply, options: RunOptions = {}) => {
            const { one } = await declare(reply, { replies: packs("active"), ...options }, undefined, { inUse: true });
            return one("FormerTtl").inputs.ttl;
        };
        expect(await ttlOf(bare)).toBe(300);
        expect(await ttlOf(success({ ...stranger, content: "spgo.io", proxied: false, ttl: 90 }))).toBe(90);
        expect(await ttlOf(success({ ...stranger, content: "spgo.io" }))).toBeUndefined();
        expect(await ttlOf(bare, { preview: true })).toBeUndefined();
    });

    it("counts from the change that took the answer away, not from later ones of a record that is proxied already", async () => {
        const since = async (reply: Reply) => {
            const { one, result } = await declare(
                reply,
                {
                    replies: packs("active"),
                    outputs: { FormerTtl: { keptFor: 600 }, DnsRecord: { modifiedOn: "2026-02-01T00:00:00Z" } },
                },
                undefined,
                { inUse: true },
            );
            expect(one("DnsRecord")).toBeDefined();
            return resolved(result?.secureNotBefore);
        };
        expect(await since(bare)).toBe("2026-02-01T00:10:00.000Z");
        const proxied = { ...stranger, content: "spgo.io", modified_on: "2026-01-01T00:00:00Z" };
        expect(await since(success(proxied))).toBe("2026-01-01T00:10:00.000Z");
    });

    it("isn't held up where it is proxied already, or has no record", async () => {
        for (const reply of [success({ ...stranger, content: "spgo.io" }), success()]) {
            const { api, isMade } = await declare(reply, { replies: packs("pending_validation") });
            expect(isMade).toBe(true);
            expect(api.whats()).not.toContain(packList);
        }
    });
});
