import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CloudflareEdge } from "../../components/src/cloudflare/edge.ts";
import { skipDelays } from "../support/delays.ts";
import { type RunOptions, run, stateToken } from "../support/program.ts";
import { byCall, type Reply, startApi } from "../support/scriptedApi.ts";

const token = "0123456789abcdef0123456789abcdef01234567";
const zoneId = "1".repeat(32);
const zone = `GET /zones/${zoneId}`;
const rules = `${zone}/pagerules`;
const records = `${zone}/dns_records?name=track.example.com&page=1&per_page=50`;
const success = (result: unknown): Reply => ({ body: { success: true, result } });
const rule = (id: string, pattern: string, priority = 1) => ({
    id,
    targets: [{ constraint: { value: pattern } }],
    actions: [{ id: "forwarding_url", value: { url: "https://old.example.com/$1", status_code: 301 } }],
    priority,
    status: "active",
});
const wildcard = rule("r9", "*.example.com/*", 3);
const byHand = rule("2".repeat(32), "track.example.com/*");
const importId = `${zoneId}/${"2".repeat(32)}`;
const full = { [zone]: [success({ meta: { page_rule_quota: 1 } })] };

/** The stack's state has this page rule, beside what isn't one of this host and zone. */
function state(outputs: object, urn = "one"): RunOptions {
    const type = "cloudflare:index/pageRule:PageRule";
    const elsewhere = { type, outputs: { zoneId: "other", target: "track.example.com/*" } };
    const record = { type: "cloudflare:index/dnsRecord:DnsRecord", outputs: { zoneId, ...outputs } };
    const resources = { [urn]: { type, outputs: { zoneId, ...outputs } }, elsewhere, record };
    return { answers: { [stateToken]: { outputs: resources } } };
}

beforeEach(() => {
    vi.stubEnv("CLOUDFLARE_API_TOKEN", undefined);
    vi.stubEnv("CLOUDFLARE_BASE_URL", undefined);
});
afterEach(() => void vi.unstubAllEnvs());

const withSettings = () => new CloudflareEdge("track", { hostname: "track.example.com", zoneId, settings: "pageRule" });
const withRedirect = () => new CloudflareEdge("track", { hostname: "track.example.com", zoneId, mode: "redirect" });

/** Declares a host with a page rule, where Cloudflare's API answers like this to whoever has a token. */
async function declare(
    replies: Record<string, Reply[]>,
    options: RunOptions = {},
    program: () => CloudflareEdge = withSettings,
) {
    const api = await startApi(byCall({ [rules]: [success([])], [zone]: [success({})], ...replies }));
    const outcome = await run(program, {
        config: { "cloudflare:apiToken": token, "cloudflare:baseUrl": `${api.url}/` },
        secrets: ["cloudflare:apiToken"],
        until: (resources, errors) => errors.length > 0 || resources.some(({ type }) => type.endsWith("PageRule")),
        ...options,
        answers: { [stateToken]: new Error("not told"), ...options.answers },
    });
    const made = outcome.resources.map(({ type }) => type.split(":").at(-1)).filter((kind) => !kind?.endsWith("Edge"));
    return { ...outcome, api, made };
}

describe("a page rule", () => {
    it("is made after a look at the zone's other rules, with the provider's token", async () => {
        const { api, errors, made } = await declare({});
        expect(errors).toEqual([]);
        expect(made).toEqual(["DnsRecord", "PageRule"]);
        expect(api.whats()).toEqual(expect.arrayContaining([zone, records, rules]));
        expect(api.calls[0]?.headers.authorization).toBe(`Bearer ${token}`);
    });

    it("that another one outranks is refused in words, and no record is made either", async () => {
        const { errors, made } = await declare({ [rules]: [success([wildcard])] });
        expect(errors).toMatchSnapshot();
        expect(made).toEqual([]);
    });

    it("that the zone has no room for is refused in words, and no record is made either", async () => {
        const other = rule("r1", "www.example.com/*");
        const { errors, made } = await declare({
            [rules]: [success([other, other, other])],
            [zone]: [success({ meta: { page_rule_quota: 3 } })],
        });
        expect(errors).toMatchSnapshot();
        expect(made).toEqual([]);
    });

    it("with an account-owned token is refused in words, without the token", async () => {
        const refusal = { status: 400, body: { success: false, errors: [{ code: 1011, message: "not supported" }] } };
        const { errors, made } = await declare({ [rules]: [refusal] });
        expect(errors).toMatchSnapshot();
        expect(errors[0]).not.toContain(token);
        expect(made).toEqual([]);
    });

    it("is told an answer that isn't Cloudflare's", async () => {
        skipDelays();
        const { errors } = await declare({ [rules]: [{ status: 502, body: "<html>" }] });
        expect(errors).toMatchSnapshot();
    });

    it("asks nobody during a preview", async () => {
        const { api, made } = await declare({}, { preview: true });
        expect(made).toEqual(["DnsRecord", "PageRule"]);
        expect(api.calls).toEqual([]);
    });

    it("asks nobody without an API token: Cloudflare's own answer has to do", async () => {
        const { api, made, errors } = await declare({}, { config: {} });
        expect(made).toEqual(["DnsRecord", "PageRule"]);
        expect([errors, api.calls]).toEqual([[], []]);
    });

    it("finds token and address in the environment, as the provider does", async () => {
        const { url, whats } = await startApi(byCall({ [rules]: [success([])], [zone]: [success({})] }));
        vi.stubEnv("CLOUDFLARE_API_TOKEN", token);
        vi.stubEnv("CLOUDFLARE_BASE_URL", url);
        const { made } = await declare({}, { config: {} });
        expect(made).toEqual(["DnsRecord", "PageRule"]);
        expect(whats()).toContain(rules);
    });
});

describe("a redirect's page rule", () => {
    it("is made after the same look", async () => {
        const { api, made, errors } = await declare({}, {}, withRedirect);
        expect(errors).toEqual([]);
        expect(made).toEqual(["DnsRecord", "PageRule"]);
        expect(api.whats()).toEqual(expect.arrayContaining([zone, records, rules]));
    });

    it.each<[string, Record<string, Reply[]>]>([
        ["another one outranks", { [rules]: [success([wildcard])] }],
        [
            "the zone has no room for",
            {
                [rules]: [success([{ ...wildcard, targets: [] }])],
                ...full,
            },
        ],
        [
            "an account-owned token can't make",
            { [rules]: [{ status: 403, body: { success: false, errors: [{ code: 1011, message: "no" }] } }] },
        ],
    ])("that %s is refused in words that fit, and nothing is made", async (_what, replies) => {
        const { errors, made } = await declare(replies, {}, withRedirect);
        expect(errors).toMatchSnapshot();
        expect(made).toEqual([]);
    });
});

describe("a page rule of the host that is there already", () => {
    const there = { [rules]: [success([byHand])], ...full };
    const both: [string, typeof withRedirect][] = [
        ["redirect", withRedirect],
        ["settings", withSettings],
    ];
    const takingOver = () =>
        new CloudflareEdge("track", {
            hostname: "track.example.com",
            mode: "redirect",
            zoneId: pulumi.output(zoneId),
            import: { pageRule: importId },
        });

    it.each(both)(
        "and isn't in the state is refused by a %s, with the command that takes it over",
        async (_what, program) => {
            const { errors, warnings, made } = await declare(there, state({ target: "shop.example.com/*" }), program);
            expect(errors).toMatchSnapshot();
            expect([warnings, made]).toEqual([[], []]);
        },
    );

    it.each([
        ["by its zone", { target: "track.example.com/*" }],
        ["where its zone is secret", { target: "track.example.com/*", zoneId: { secret: "envelope" } }],
    ])("and is in the state, %s, is known, whatever it does by now, and needs no room", async (_what, outputs) => {
        const { errors, warnings, made } = await declare(there, state(outputs), withRedirect);
        expect([errors, warnings, made]).toEqual([[], [], ["DnsRecord", "PageRule"]]);
    });

    it.each(both)(
        "under the host's name of before, of a %s, needs no room: it's changed in place",
        async (_what, program) => {
            const before = { ...full, [rules]: [success([rule("r1", "old.example.com/*")])] };
            const urn = (name: string) =>
                `urn:pulumi:dev::shop::sparkpost-tracking:index:CloudflareEdge$cloudflare:index/pageRule:PageRule::${name}`;
            const { errors } = await declare(before, state({ target: "old.example.com/*" }, urn("track")), program);
            expect(errors).toEqual([]);
            const another = await declare(before, state({ target: "old.example.com/*" }, urn("other")), program);
            expect(another.errors).toMatchSnapshot();
        },
    );

    it("and is taken over needs no room, and the engine gets its id", async () => {
        const { errors, warnings, one } = await declare(there, state({}), takingOver);
        expect([errors, warnings]).toEqual([[], []]);
        expect(one("PageRule").importId).toBe(importId);
    });

    it("and is in the state as another resource isn't taken over", async () => {
        const { errors, made } = await declare(there, state({ target: "track.example.com/*" }), takingOver);
        expect(errors).toMatchSnapshot();
        expect(made).toEqual([]);
    });

    it("is outranked where it is the stack's, too", async () => {
        const beside = { [rules]: [success([byHand, wildcard])] };
        const { errors } = await declare(beside, state({ target: "track.example.com/*" }), withRedirect);
        expect(errors).toEqual([expect.stringContaining("`priority: 4`")]);
    });

    it("is told where the state can't be read, and Cloudflare decides", async () => {
        const { errors, warnings, made } = await declare(there, {}, withRedirect);
        expect([errors, made]).toEqual([[], ["DnsRecord", "PageRule"]]);
        expect(warnings).toEqual([
            expect.stringContaining("npx --no-install pulumi-sparkpost-tracking find track.example.com"),
        ]);

        const actions = [{ id: "forwarding_url", value: { url: "https://spgo.io/$1", status_code: 302 } }];
        const alike = await declare({ [rules]: [success([{ ...byHand, actions }])] }, {}, withRedirect);
        expect(alike.warnings).toEqual([]);
    });
});
