import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CloudflareEdge } from "../../components/src/cloudflare/edge.ts";
import { CloudflareRedirectEdge } from "../../components/src/cloudflare/redirectEdge.ts";
import { type RunOptions, run } from "../support/program.ts";
import { byCall, type Reply, startApi } from "../support/scriptedApi.ts";

const token = "0123456789abcdef0123456789abcdef01234567";
const rules = "GET /zones/z/pagerules";
const records = "GET /zones/z/dns_records?name=track.example.com&page=1&per_page=50";
const success = (result: unknown): Reply => ({ body: { success: true, result } });
const wildcard = { targets: [{ constraint: { value: "*.example.com/*" } }], priority: 3, status: "active" };

beforeEach(() => {
    vi.stubEnv("CLOUDFLARE_API_TOKEN", undefined);
    vi.stubEnv("CLOUDFLARE_BASE_URL", undefined);
});
afterEach(() => void vi.unstubAllEnvs());

const withSettings = () =>
    new CloudflareEdge("track", { hostname: "track.example.com", zoneId: "z", settings: "pageRule" });
const withRedirect = () => new CloudflareRedirectEdge("track", { hostname: "track.example.com", zoneId: "z" });

/** Declares a host with a page rule, where Cloudflare's API answers like this to whoever has a token. */
async function declare(
    replies: Record<string, Reply[]>,
    options: RunOptions = {},
    program: () => CloudflareEdge | CloudflareRedirectEdge = withSettings,
) {
    const api = await startApi(byCall({ [rules]: [success([])], "GET /zones/z": [success({})], ...replies }));
    const outcome = await run(program, {
        config: { "cloudflare:apiToken": token, "cloudflare:baseUrl": `${api.url}/` },
        secrets: ["cloudflare:apiToken"],
        until: (resources, errors) => errors.length > 0 || resources.some(({ type }) => type.endsWith("PageRule")),
        ...options,
    });
    const made = outcome.resources.map(({ type }) => type.split(":").at(-1)).filter((kind) => !kind?.endsWith("Edge"));
    return { ...outcome, api, made };
}

describe("a page rule", () => {
    it("is made after a look at the zone's other rules, with the provider's token", async () => {
        const { api, errors, made } = await declare({});
        expect(errors).toEqual([]);
        expect(made).toEqual(["DnsRecord", "PageRule"]);
        expect(api.whats().sort()).toEqual(["GET /zones/z", records, rules]);
        expect(api.calls[0]?.headers.authorization).toBe(`Bearer ${token}`);
    });

    it("that another one outranks is refused in words, and no record is made either", async () => {
        const { errors, made } = await declare({ [rules]: [success([wildcard])] });
        expect(errors).toEqual([expect.stringContaining("Give `priority: 4` or more.")]);
        expect(errors[0]).toMatch(/^Page rule track\.example\.com\/\*: the rule \*\.example\.com\/\* \(priority 3\)/);
        expect(made).toEqual([]);
    });

    it("that the zone has no room for is refused in words, and no record is made either", async () => {
        const other = { ...wildcard, targets: [{ constraint: { value: "www.example.com/*" } }] };
        const { errors, made } = await declare({
            [rules]: [success([other, other, other])],
            "GET /zones/z": [success({ meta: { page_rule_quota: 3 } })],
        });
        expect(errors).toEqual([expect.stringContaining("the zone has 3 of 3 page rules")]);
        expect(made).toEqual([]);
    });

    it("with an account-owned token is refused in words, without the token", async () => {
        const refusal = { status: 400, body: { success: false, errors: [{ code: 1011, message: "not supported" }] } };
        const { errors, made } = await declare({ [rules]: [refusal] });
        expect(errors).toEqual([expect.stringContaining("Account-owned API tokens can't use page rules at all")]);
        expect(errors[0]).not.toContain(token);
        expect(made).toEqual([]);
    });

    it("is told an answer that isn't Cloudflare's", async () => {
        const { errors } = await declare({ [rules]: [{ status: 502, body: "<html>" }] });
        expect(errors).toEqual([expect.stringContaining("with 502: no message")]);
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
        const { url, whats } = await startApi(byCall({ [rules]: [success([])], "GET /zones/z": [success({})] }));
        vi.stubEnv("CLOUDFLARE_API_TOKEN", token);
        vi.stubEnv("CLOUDFLARE_BASE_URL", url);
        const { made } = await declare({}, { config: {} });
        expect(made).toEqual(["DnsRecord", "PageRule"]);
        expect(whats()).toHaveLength(3);
    });
});

describe("a redirect's page rule", () => {
    it("is made after the same look", async () => {
        const { api, made, errors } = await declare({}, {}, withRedirect);
        expect(errors).toEqual([]);
        expect(made).toEqual(["DnsRecord", "PageRule"]);
        expect(api.whats().sort()).toEqual(["GET /zones/z", records, rules]);
    });

    it.each<[string, Record<string, Reply[]>, string]>([
        ["another one outranks", { [rules]: [success([wildcard])] }, "Give `priority: 4` or more."],
        [
            "the zone has no room for",
            {
                [rules]: [success([{ ...wildcard, targets: [] }])],
                "GET /zones/z": [success({ meta: { page_rule_quota: 1 } })],
            },
            "use `mode: proxy` (a CloudflareEdge): a proxied host needs no page rule.",
        ],
        [
            "an account-owned token can't make",
            { [rules]: [{ status: 403, body: { success: false, errors: [{ code: 1011, message: "no" }] } }] },
            "use a token of a user (My Profile, API Tokens), or `mode: proxy` (a CloudflareEdge)",
        ],
    ])("that %s is refused in words that fit, and nothing is made", async (_what, replies, message) => {
        const { errors, made } = await declare(replies, {}, withRedirect);
        expect(errors).toEqual([expect.stringContaining(message)]);
        expect(made).toEqual([]);
    });
});
