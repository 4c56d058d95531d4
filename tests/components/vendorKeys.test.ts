import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
    CloudflareEdge,
    FastlyEdge,
    HttpsTrackingDomain,
    type HttpsTrackingDomainArgs,
} from "../../components/src/index.ts";
import { type RunOptions, run } from "../support/program.ts";
import { byCall, startApi } from "../support/scriptedApi.ts";

const [token, other] = ["a".repeat(40), "b".repeat(40)];
const zone = "example.com";
const config = { "cloudflare:apiToken": token, "cloudflare:apiTokenShop": other, "fastly:apiKeyShop": other };
const secrets = Object.keys(config);

beforeEach(() => {
    vi.stubEnv("CLOUDFLARE_API_TOKEN", undefined);
    vi.stubEnv("CLOUDFLARE_BASE_URL", undefined);
});
afterEach(() => void vi.unstubAllEnvs());

const declare = (entries: HttpsTrackingDomainArgs[], options: RunOptions = {}) =>
    run(() => entries.map((args) => new HttpsTrackingDomain(args.hostname, args)), {
        config,
        secrets,
        preview: true,
        ...options,
    });
const host = (name: string, way: object): HttpsTrackingDomainArgs => ({ hostname: `${name}.example.com`, ...way });
const shop = { cloudflare: { zone, apiTokenConfig: "cloudflare:apiTokenShop" } };

describe("the key of another account, by the name of its configuration key,", () => {
    it("is one provider for all hosts that name it, of no host's, and theirs alone", async () => {
        const { resources, errors, lookUps } = await declare([
            host("a", shop),
            host("b", shop),
            host("c", { cloudflare: { zone } }),
        ]);
        expect(errors).toEqual([]);
        const providers = resources.filter(({ type }) => type.startsWith("pulumi:providers:"));
        expect(providers).toMatchObject([{ name: "cloudflare:apiTokenShop", parent: undefined }]);
        expect(JSON.stringify(providers[0]?.inputs.apiToken)).toContain(other);
        const records = resources.filter(({ type }) => type.endsWith("DnsRecord"));
        expect(records.map(({ provider }) => provider)).toEqual([
            "cloudflare cloudflare:apiTokenShop",
            "cloudflare cloudflare:apiTokenShop",
            undefined,
        ]);
        // Each account may have a zone of that name.
        expect(lookUps).toHaveLength(2);
    });

    it("makes service and certificate at Fastly, and with that of the records' zone both", async () => {
        const way = { apiKeyConfig: "fastly:apiKeyShop", dns: shop };
        const { resources, errors } = await declare([host("a", { fastly: way })]);
        expect(errors).toEqual([]);
        const providers = new Set(
            resources.map(({ type, provider }) => provider && `${type.split(":")[0]} ${provider}`),
        );
        expect([...providers].filter(Boolean).sort()).toEqual([
            "cloudflare cloudflare cloudflare:apiTokenShop",
            "fastly fastly fastly:apiKeyShop",
        ]);
    });

    it("is what our own calls are made with", async () => {
        const api = await startApi(byCall({}));
        await run(() => new CloudflareEdge("a", { hostname: "a.example.com", ...shop.cloudflare }), {
            config: { ...config, "cloudflare:baseUrl": api.url },
            secrets,
            until: (resources) => resources.some(({ type }) => type.endsWith("DnsRecord")),
        });
        expect(new Set(api.calls.map(({ headers }) => headers.authorization))).toEqual(new Set([`Bearer ${other}`]));
    });

    it.each<[string, Partial<RunOptions>]>([
        ["isn't there", { config: {} }],
        ["lies open", { secrets: [] }],
    ])("is refused where it %s, and nothing is declared", async (_what, options) => {
        for (const way of [shop, { managed: { dns: shop } }]) {
            const { errors, resources, lookUps } = await declare([host("a", way)], options);
            expect(errors).toMatchSnapshot();
            expect([resources, lookUps]).toEqual([[], []]);
        }
    });

    it.each([
        ["cloudflare", { cloudflare: { zone, apiTokenConfig: token } }],
        ["fastly", { fastly: { dns: { manual: {} }, apiKeyConfig: "0123456789abcdefghijABCDEFGHIJ_-" } }],
    ])("is refused and not repeated where a key of %s stands in the place of its name", async (_vendor, way) => {
        const { errors, resources } = await declare([host("a", way)]);
        expect(errors).toMatchSnapshot();
        expect(errors.join()).not.toMatch(/aaaa|0123/);
        expect(resources).toEqual([]);
    });
});

describe("a certificate at Fastly", () => {
    const dns = { manual: { recordsExist: true } };
    const subscription = async (hostname: string, args: object = {}) =>
        (await run(() => new FastlyEdge("track", { hostname, dns, ...args }), { preview: true })).one(
            "TlsSubscription",
        );

    it("has its host as common name, but for one that is too long for that", async () => {
        const short = `${"a".repeat(64 - ".example.com".length)}.example.com`;
        expect((await subscription(short)).inputs).toMatchObject({ commonName: short, domains: [short] });
        const long = `a${short.replace("a.", "a.b.")}`;
        const { inputs } = await subscription(long);
        expect(inputs).toMatchObject({ domains: [long] });
        expect(inputs.commonName).toBeUndefined();
    });

    it("is of the TLS configuration that is named", async () => {
        const { inputs } = await subscription("track.example.com", { configurationId: "t7CguUGZzb2W9Euo5FoKa" });
        expect(inputs.configurationId).toBe("t7CguUGZzb2W9Euo5FoKa");
    });
});
