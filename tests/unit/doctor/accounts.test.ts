// What the APIs say of a host, with a key for each; and that a key goes to its own API alone.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Cloudflare from "cloudflare";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Sandbox, SandboxOptions, ZoneOptions } from "../../../dev/sandbox/index.ts";
import { ELSEWHERE, liveOnFastly } from "../../sandbox/fastlyWorld.ts";
import { startOwnServer } from "../../support/ownServer.ts";
import { examined, HOST, proxied, world } from "./world.ts";

type Env = Record<string, string>;
const cloudflareEnv = ({ cloudflare }: Sandbox): Env => ({
    CLOUDFLARE_API_TOKEN: cloudflare.apiToken,
    CLOUDFLARE_BASE_URL: cloudflare.baseUrl,
});
const fastlyEnv = ({ fastly }: Sandbox): Env => ({ FASTLY_API_KEY: fastly.apiKey, FASTLY_API_URL: fastly.apiUrl });
const sparkpostEnv = ({ sparkpost }: Sandbox): Env => ({ SPARKPOST_API_KEY: sparkpost.us.apiKey });

/** What doctor says under "CDN and SparkPost", of whose APIs the kinds begin so. */
async function accounts(sandbox: Sandbox, env: Env, about: string) {
    const { apiUrl } = sandbox.sparkpost.us;
    const { checks } = await examined(sandbox, { account: { apiUrl } }, { env });
    const own = checks.filter(({ heading, kind }) => heading === "accounts" && kind.startsWith(about));
    return { own, kinds: own.map(({ state, kind }) => `${state} ${kind}`) };
}

it("without a key each API that matters is named with its variable", async () => {
    const sandbox = await proxied();
    const { own } = await accounts(sandbox, {}, "");
    expect(own.map(({ state, kind }) => `${state} ${kind}`)).toEqual([
        "unseen cloudflare-token",
        "unseen sparkpost-key",
    ]);
    expect(own).toMatchSnapshot();
});

describe("a zone at Cloudflare", () => {
    const zone = async (options: Partial<ZoneOptions>, more: SandboxOptions = {}) => {
        const sandbox = await proxied({ zones: [{ name: "example.com", ...options }], ...more });
        return accounts(sandbox, cloudflareEnv(sandbox), "cloudflare");
    };
    const fine = ["ok cloudflare-ssl", "ok cloudflare-certificate", "ok cloudflare-bots"];

    it("that suits is told as such", async () => {
        const { own, kinds } = await zone({});
        expect(kinds).toEqual(fine);
        expect(own).toMatchSnapshot();
    });

    it.each<[string, Partial<ZoneOptions>]>([
        ["broken cloudflare-ssl", { ssl: "off" }],
        ["warning cloudflare-ssl", { ssl: "flexible" }],
        ["warning cloudflare-ssl-automatic", { sslAutomatic: "auto" }],
        ["ok cloudflare-ssl", { ssl: "strict", sslAutomatic: "auto" }],
        ["broken cloudflare-certificate", { certificate: false }],
        ["warning cloudflare-bot-fight", { bots: { fight_mode: true } }],
        ["warning cloudflare-bot-fight", { bots: { sbfm_definitely_automated: "managed_challenge" } }],
        ["warning cloudflare-ai-bots", { bots: { ai_bots_protection: "block" } }],
    ])("is told as %s: %j", async (expected, options) => {
        const { own, kinds } = await zone(options);
        expect(kinds).toContain(expected);
        expect(kinds.filter((kind) => kind !== expected && !fine.includes(kind))).toEqual([]);
        const told = JSON.stringify(own.filter(({ state }) => state !== "ok"));
        expect(JSON.parse(told.replace(/after \d{4}-\d\d-\d\d/, "after DATE"))).toMatchSnapshot();
    });

    it("that isn't active has no effect", async () => {
        const { kinds } = await zone({ status: "pending" }, { otherZones: [{ name: "example.com" }] });
        expect(kinds).toEqual(["warning cloudflare-zone"]);
    });

    it("has rules that match the host, and a page rule's SSL mode counts before the zone's", async () => {
        const rules = {
            http_config_settings: [
                { description: "tracking", expression: `(http.host eq "${HOST}")`, action: "set_config" },
                { description: "other", expression: '(http.host eq "www.example.com")', action: "set_config" },
                { description: "off", expression: "true", action: "set_config", enabled: false },
            ],
        };
        const sandbox = await proxied({ zones: [{ name: "example.com", ssl: "flexible", rules }] });
        const { apiToken, baseUrl } = sandbox.cloudflare;
        await new Cloudflare({ apiToken, baseURL: baseUrl }).pageRules.create({
            zone_id: sandbox.cloudflare.zoneId("example.com"),
            targets: [{ target: "url", constraint: { operator: "matches", value: `${HOST}/*` } }],
            actions: [{ id: "ssl", value: "full" }],
            status: "active",
        });
        const { own } = await accounts(sandbox, cloudflareEnv(sandbox), "cloudflare");
        expect(own.map(({ state, kind }) => `${state} ${kind}`)).toEqual([
            ...fine,
            "ok cloudflare-rule",
            "ok cloudflare-rule",
        ]);
        expect(own.filter(({ kind }) => /rule|ssl/.test(kind))).toMatchSnapshot();
    });

    it("whose settings the token may not read is told with the permissions", async () => {
        const permissions = ["Zone Read" as const, "DNS Write" as const];
        const { own } = await zone({}, { cloudflareToken: { kind: "user", permissions } });
        expect(own.filter(({ state }) => state !== "unseen")).toEqual([]);
        expect(own).toMatchSnapshot();
    });

    it("with a token that isn't valid is told once", async () => {
        const sandbox = await proxied();
        const env = { ...cloudflareEnv(sandbox), CLOUDFLARE_API_TOKEN: "no-token" };
        const { kinds } = await accounts(sandbox, env, "cloudflare");
        expect(kinds).toEqual(["unseen cloudflare-unread"]);
    });
});

describe("Fastly's subscription", () => {
    it("is told with the challenge that proves the host", async () => {
        const sandbox = await world(ELSEWHERE);
        await liveOnFastly(sandbox);
        const { own, kinds } = await accounts(sandbox, fastlyEnv(sandbox), "fastly");
        expect(kinds).toEqual(["ok fastly-subscription", "ok fastly-challenge"]);
        sandbox.dns.remove(`_acme-challenge.${HOST}`, "CNAME");
        const renewal = await accounts(sandbox, fastlyEnv(sandbox), "fastly-challenge");
        expect(renewal.kinds).toEqual(["warning fastly-challenge"]);
        const alias = (text: string) => text.replace(/[a-z0-9]+\.fastly-validations/g, "CHALLENGE.fastly-validations");
        expect([...own, ...renewal.own].map((check) => JSON.parse(alias(JSON.stringify(check))))).toMatchSnapshot();
    });

    it("can't be read with a key that isn't valid, and the variable is named without one", async () => {
        const sandbox = await world(ELSEWHERE);
        await liveOnFastly(sandbox);
        const refused = await accounts(sandbox, { ...fastlyEnv(sandbox), FASTLY_API_KEY: "no-key" }, "fastly");
        expect(refused.kinds).toEqual(["unseen fastly-unread"]);
        expect((await accounts(sandbox, {}, "fastly")).kinds).toEqual(["unseen fastly-key"]);
    });
});

describe("SparkPost's record of the host", () => {
    type Seed = Parameters<Sandbox["sparkpost"]["us"]["change"]>[1];
    const record = async (settings: Seed, options: SandboxOptions = {}) => {
        const sandbox = await proxied(options);
        sandbox.sparkpost.us.change(HOST, settings);
        return accounts(sandbox, sparkpostEnv(sandbox), "sparkpost");
    };
    const usual = ["sparkpost-registration", "sparkpost-verification", "sparkpost-secure"].map((kind) => `ok ${kind}`);

    it("is fine where it is verified, and its links are what works", async () => {
        const { own, kinds } = await record({ default: true });
        expect(kinds).toEqual(usual);
        expect(own).toMatchSnapshot();
    });

    it.each<[string, Seed, SandboxOptions?]>([
        ["broken sparkpost-compliance", { compliance_status: "blocked" }],
        ["broken sparkpost-verification", { verified: false }],
        ["warning sparkpost-secure", { secure: false }],
        ["broken sparkpost-secure", { secure: true }, { faults: { unknownIssuer: true } }],
        ["warning sparkpost-certificate", { uses_managed_certificate: true, tls_status: "failed" }],
    ])("is told as %s: %j", async (expected, settings, options) => {
        const { own, kinds } = await record(settings, options);
        expect(kinds).toContain(expected);
        expect(own.filter(({ state }) => state !== "ok")).toMatchSnapshot();
    });

    it("names the sending domains that use it", async () => {
        const sandbox = await proxied();
        sandbox.sparkpost.us.link("example.com", HOST);
        const { own } = await accounts(sandbox, sparkpostEnv(sandbox), "sparkpost-registration");
        expect(own[0]?.seen).toContain("sending domains that use it: example.com");
    });

    it("isn't there for another account's key, and unread with one that isn't valid", async () => {
        const sandbox = await proxied();
        sandbox.sparkpost.us.remove(HOST);
        expect((await accounts(sandbox, sparkpostEnv(sandbox), "sparkpost")).kinds).toEqual([
            "warning sparkpost-registration",
        ]);
        expect((await accounts(sandbox, { SPARKPOST_API_KEY: "no-key" }, "sparkpost")).kinds).toEqual([
            "unseen sparkpost-unread",
        ]);
    });
});

it("what an API says is told without what would act on a terminal", async () => {
    const evil = "evil\u001b[2J\u202e\nNothing is wrong";
    const bots = { fight_mode: true, ai_bots_protection: evil };
    const rules = { http_config_settings: [{ description: evil, expression: "true", action: evil }] };
    const sandbox = await proxied({ zones: [{ name: "example.com", bots, rules }] });
    sandbox.sparkpost.us.change(HOST, { compliance_status: evil as "valid" });
    sandbox.faults.fastly = [{ status: 400, body: evil, times: Number.POSITIVE_INFINITY }];
    const env = { ...cloudflareEnv(sandbox), ...sparkpostEnv(sandbox), ...fastlyEnv(sandbox) };
    const { own, kinds } = await accounts(sandbox, env, "");
    expect(kinds).toEqual(
        expect.arrayContaining(["ok cloudflare-rule", "warning sparkpost-compliance", "unseen fastly-unread"]),
    );
    const texts = own.flatMap(({ seen, means = "", remedy = "" }) => [seen, means, remedy]).join("");
    expect(texts).toContain("evil\\u{1b}[2J\\u{202e} Nothing");
    for (const character of ["\u001b", "\u202e", "\n"]) {
        expect(texts).not.toContain(character);
    }
});

it("a key goes to its own API and nowhere else", async () => {
    const sandbox = await world();
    sandbox.cloudflare.seedRecord({ name: HOST, type: "A", content: "192.0.2.99" });
    sandbox.cloudflare.seedRecord({ name: "example.com", type: "A", content: "192.0.2.99" });
    const [byApi, byHosts]: [string[], string[]] = [[], []];
    const rules = await startOwnServer(sandbox, "192.0.2.99", ({ headers }, response) => {
        byHosts.push(JSON.stringify(headers));
        response.writeHead(404).end();
    });
    const api = createServer(({ headers }, response) => {
        byApi.push(JSON.stringify(headers));
        response.writeHead(302, { location: `https://${HOST}/` }).end();
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void api.close());
    const base = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    const keys = ["key-of-cloudflare", "key-of-fastly", "key-of-sparkpost"] as const;
    const env = {
        CLOUDFLARE_API_TOKEN: keys[0],
        CLOUDFLARE_BASE_URL: `${base}/client/v4`,
        FASTLY_API_KEY: keys[1],
        FASTLY_API_URL: base,
        SPARKPOST_API_KEY: keys[2],
    };
    const network = { connectTo: [...rules, ...sandbox.probe.connectTo] };
    const { checks } = await examined(sandbox, { account: { apiUrl: `${base}/api/v1` } }, { env, network });
    const keysIn = (text: string) => keys.filter((key) => text.includes(key));
    expect([...new Set(byApi.flatMap(keysIn))].sort()).toEqual(keys);
    expect(byApi.filter((headers) => keysIn(headers).length > 1)).toEqual([]);
    expect(byHosts.length).toBeGreaterThan(1);
    expect(byHosts.flatMap(keysIn)).toEqual([]);
    expect(keysIn(JSON.stringify(checks))).toEqual([]);
});
