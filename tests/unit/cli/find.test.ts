import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import Cloudflare from "cloudflare";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseDomains } from "../../../components/src/domainList.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../../sandbox/index.ts";
import { printedEntry, printedYaml } from "../../support/printedEntry.ts";
import { byCall, type Reply, startApi } from "../../support/scriptedApi.ts";
import { runCli } from "./program.ts";

const HOST = "track.example.com";

async function world(options?: SandboxOptions) {
    const sandbox = await startSandbox(options);
    onTestFinished(() => sandbox.close());
    const { apiUrl, apiKey } = sandbox.sparkpost.us;
    const env = { ...cloudflareOf(sandbox), SPARKPOST_API_KEY: apiKey };
    const find = (args: string[] = [], changed: Record<string, string> = {}) =>
        runCli(["find", HOST, "--api-url", apiUrl, ...args], { ...env, ...changed });
    return { sandbox, find, env };
}

function cloudflareOf({ cloudflare }: Sandbox) {
    return { CLOUDFLARE_API_TOKEN: cloudflare.apiToken, CLOUDFLARE_BASE_URL: cloudflare.baseUrl };
}

/** The 2020 guide's set-up: a record, and a page rule that redirects. Gives the ids as the provider imports them. */
async function redirecting(sandbox: Sandbox, status = 301, endpoint = "spgo.io") {
    sandbox.cloudflare.seedRecord({ name: HOST, type: "CNAME", content: "example.com", proxied: true });
    const { apiToken, baseUrl } = sandbox.cloudflare;
    const zone = sandbox.cloudflare.zoneId("example.com");
    const client = new Cloudflare({ apiToken, baseURL: baseUrl });
    await client.pageRules.create({
        zone_id: zone,
        targets: [{ target: "url", constraint: { operator: "matches", value: `${HOST}/*` } }],
        actions: [{ id: "forwarding_url", value: { url: `https://${endpoint}/$1`, status_code: status as 301 } }],
        priority: 2,
        status: "active",
    });
    const [record] = sandbox.cloudflare.records("example.com");
    const [rule] = sandbox.cloudflare.pageRules("example.com");
    return { record: `${zone}/${record?.id}`, pageRule: `${zone}/${rule?.id}` };
}

describe("find", () => {
    it("prints the configuration that takes over a redirecting host, its record, its rule and its registration", async () => {
        const { sandbox, find } = await world();
        const { record, pageRule } = await redirecting(sandbox);
        sandbox.sparkpost.us.seed({ domain: HOST, secure: true, verified: true, default: true });
        const { code, out, err } = await find();
        expect({ code, err }).toEqual({ code: 0, err: "" });
        expect(out).toContain("zone example.com: active, full, id ");
        expect(out).toMatch(/[0-9a-f]{32} {2}CNAME {2}example\.com {2}proxied/);
        expect(out).toMatch(
            /[0-9a-f]{32} {2}track\.example\.com\/\* {2}redirect 301 to https:\/\/spgo\.io\/\$1 {2}priority 2 {2}active/,
        );
        expect(out).toContain(
            "track.example.com is registered: secure (https links), verified, the default, of the primary account.",
        );
        expect(printedYaml(out)).toBe(
            `config:
  sparkpost-tracking:domains:
    - hostname: track.example.com
      account:
        apiUrl: "${sandbox.sparkpost.us.apiUrl}"
        endpoint: spgo.io
      cloudflare:
        zone: example.com
        mode: redirect
        statusCode: 301
        priority: 2
        import:
          record: ${record}
          pageRule: ${pageRule}
      default: true
      adopt: true`,
        );
    });

    it("prints configuration that the stack takes as it is", async () => {
        const { sandbox, find } = await world();
        const { record, pageRule } = await redirecting(sandbox);
        sandbox.sparkpost.us.seed({ domain: HOST, secure: false, verified: true });
        const { out } = await find();
        expect(parseDomains([printedEntry(out)])).toMatchObject([
            { hostname: HOST, adopt: true, cloudflare: { mode: "redirect", import: { record, pageRule } } },
        ]);
    });

    it("warns of importing a record that a stack has already", async () => {
        const { sandbox, find } = await world();
        const record = { name: HOST, type: "CNAME" as const, content: "spgo.io", proxied: true };
        sandbox.cloudflare.seedRecord({
            ...record,
            comment: "SparkPost tracking domain; links in sent mail depend on it",
        });
        expect((await find()).out).toContain("A stack that has it already must go without `import` for it");
        sandbox.cloudflare.changeRecord(HOST, { comment: "website" });
        expect((await find()).out).not.toContain("must go without `import`");
    });

    it("prints it as TypeScript too", async () => {
        const { sandbox, find } = await world();
        const { record, pageRule } = await redirecting(sandbox, 302);
        const { code, out } = await find(["--typescript"]);
        expect(code).toBe(0);
        expect(out.split("For your program:\n\n")[1]?.split("\n\n")[0]).toBe(
            `new HttpsTrackingDomain("track", {
    hostname: "track.example.com",
    account: {
        apiUrl: "${sandbox.sparkpost.us.apiUrl}",
        endpoint: "spgo.io",
    },
    cloudflare: {
        zone: "example.com",
        mode: "redirect",
        priority: 2,
        import: {
            record: "${record}",
            pageRule: "${pageRule}",
        },
    },
});`,
        );
    });

    it("says which lines go where in an entry that the stack has, for that one isn't to be replaced", async () => {
        const { sandbox, find } = await world();
        await redirecting(sandbox);
        sandbox.sparkpost.us.seed({ domain: HOST, default: true, verified: true });
        const { out } = await find();
        expect(out).toMatch(/If track\.example\.com has an entry already, keep that: .*`name`, `createZone`/);
        expect(out).toContain("beside `hostname`:   default, adopt\n");
        expect(out).toContain("below `account`:     apiUrl, endpoint\n");
        expect(out).toContain("below `cloudflare`:  zone, mode, statusCode, priority, import\n");
        expect(out).toContain("Where it has `fastly` or `managed`, only `import: { record }` belongs there");
    });

    it("takes the endpoint that another API doesn't imply from the rule, else from the record", async () => {
        const { sandbox, find } = await world();
        await redirecting(sandbox, 302, "et.pmta.example");
        const ruled = await find();
        expect(printedEntry(ruled.out).account?.endpoint).toBe("et.pmta.example");
        expect(ruled.out).toMatch(/`account\.endpoint` is where the host's page rule leads: hold it against/);

        const { sandbox: other, find: findOther } = await world();
        other.cloudflare.seedRecord({ name: HOST, type: "CNAME", content: "et.pmta.example", proxied: true });
        const led = await findOther();
        expect(printedEntry(led.out).account?.endpoint).toBe("et.pmta.example");
        expect(led.out).toContain("is where the host's record leads");
    });

    it.each([
        ["an address", { type: "A" as const, content: "192.0.2.80" }],
        ["the website", { type: "CNAME" as const, content: "example.com" }],
    ])("says that the endpoint is missing where the record leads to %s", async (_what, record) => {
        const { sandbox, find } = await world();
        sandbox.cloudflare.seedRecord({ name: HOST, ...record });
        const { out } = await find();
        expect(printedEntry(out).account).toEqual({ apiUrl: sandbox.sparkpost.us.apiUrl });
        expect(out).toMatch(
            /`account\.endpoint` is missing.*the stack refuses the entry until you write the CNAME value/,
        );
    });

    it("says that nothing is there, and needs neither `import` nor `adopt` then", async () => {
        const { find } = await world();
        const { code, out } = await find();
        expect(code).toBe(0);
        expect(out).toContain("no DNS record of track.example.com");
        expect(out).toContain("no page rule matches it");
        expect(out).toContain("nothing there: track.example.com isn't registered here");
        expect(out).not.toMatch(/^\s+(import|adopt):/m);
    });

    it("prints no configuration where there is neither a zone nor a registration", async () => {
        const { find } = await world({ zones: [{ name: "example.org" }] });
        const { code, out } = await find();
        expect(code).toBe(0);
        expect(out).toContain("nothing there: the token sees no zone named track.example.com, example.com.");
        expect(out).not.toContain("For Pulumi");
    });

    it("takes the deepest zone, and says of one that isn't active what it waits for", async () => {
        const zones = [{ name: "example.com" }, { name: HOST, status: "active" as const }];
        const deep = await (await world({ zones })).find();
        expect(deep.out).toContain(`zone ${HOST}: active`);
        const unused = [{ name: "example.com" }, { name: HOST, status: "pending" as const }];
        expect((await (await world({ zones: unused })).find()).out).toContain("zone example.com: active");
        const pending = await (await world({ zones: [{ name: "example.com", status: "pending" }] })).find();
        expect(pending.out).toContain("zone example.com: pending");
        expect(pending.out).toContain("compare-zone example.com");
    });

    it("names the account where several have a zone of that name", async () => {
        const [one, other] = ["1", "2"].map((digit) => digit.repeat(32));
        const zones = [
            { name: "example.com", accountId: one, status: "moved" as const },
            { name: "example.com", accountId: other },
        ];
        const { out } = await (await world({ zones })).find();
        expect(out).toContain(`More zones of that name: `);
        expect(out).toContain(`(moved, account ${one}). This one is of account ${other}.`);
        expect(out).toContain(`accountId: "${other}"`);
    });

    it("takes the host's own rule, not one for others too, and says which one outranks it", async () => {
        const { sandbox, find } = await world();
        const { pageRule } = await redirecting(sandbox);
        const { apiToken, baseUrl } = sandbox.cloudflare;
        await new Cloudflare({ apiToken, baseURL: baseUrl }).pageRules.create({
            zone_id: sandbox.cloudflare.zoneId("example.com"),
            targets: [{ target: "url", constraint: { operator: "matches", value: "*.example.com/*" } }],
            actions: [{ id: "cache_level", value: "bypass" }],
            priority: 9,
            status: "active",
        });
        const { out } = await find();
        expect(out).toContain("cache_level bypass");
        expect(out).toContain("*.example.com/* outranks the host's own rule");
        expect(out).toContain(`pageRule: ${pageRule}`);
    });

    it("leaves Cloudflare out without its token, and SparkPost without its key", async () => {
        const { sandbox, find } = await world();
        sandbox.sparkpost.us.seed({ domain: HOST });
        const registered = await find([], { CLOUDFLARE_API_TOKEN: "" });
        expect(registered.code).toBe(0);
        expect(registered.out).toContain("not asked: set CLOUDFLARE_API_TOKEN");
        expect(registered.out).toContain("adopt: true");
        expect(sandbox.cloudflare.calls).toEqual([]);
        const edge = await find([], { SPARKPOST_API_KEY: "" });
        expect(edge.code).toBe(0);
        expect(edge.out).toContain("not asked: set SPARKPOST_API_KEY");
        expect(edge.out).toContain("add `adopt: true` if the host is registered there");
    });

    it("finds a subaccount's domain from the primary account, with the number that its entry needs", async () => {
        for (const assumed of [
            { primaryReach: "all" as const, primaryList: "own" as const },
            { primaryReach: "own" as const, primaryList: "all" as const },
        ]) {
            const { sandbox, find } = await world({ assumed });
            sandbox.sparkpost.us.seed({ domain: HOST, subaccount_id: 7 });
            const { out } = await find();
            expect(out).toContain("of subaccount 7");
            expect(out).toMatch(/^ {8}subaccount: 7$/m);
        }
    });

    it("asks with the subaccount it is given", async () => {
        const { sandbox, find } = await world();
        sandbox.sparkpost.us.seed({ domain: HOST, subaccount_id: 7 });
        expect((await find(["--subaccount", "7"])).out).toContain("of subaccount 7");
        expect((await find(["--subaccount", "8"])).out).toContain("nothing there");
    });

    it("goes on without page rules where the token may not read them, and says which permission it takes", async () => {
        const { sandbox, find } = await world({ cloudflareToken: { kind: "account" } });
        sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: true });
        const { code, out } = await find();
        expect(code).toBe(0);
        expect(out).toContain("page rules couldn't be read");
        expect(out).toContain("Account-owned API tokens can't use page rules at all");
        expect(out).toMatch(/record: [0-9a-f]{32}\/[0-9a-f]{32}/);
    });

    it("fails in words, and still tells the other half", async () => {
        const { sandbox, find } = await world({ cloudflareToken: { kind: "user", permissions: ["DNS Write"] } });
        sandbox.sparkpost.us.seed({ domain: HOST });
        const refused = await find();
        expect(refused.code).toBe(1);
        expect(refused.err).toContain("Cloudflare answered GET zones with 403");
        expect(refused.err).toContain("lacks the permission Zone Read");
        expect(refused.out).toContain("track.example.com is registered");
        const wrongKey = await find([], { SPARKPOST_API_KEY: "wrong" });
        expect(wrongKey.code).toBe(1);
        expect(wrongKey.err).toContain("was answered with 401");
    });

    it("says that nobody answered where nothing listens", async () => {
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        await new Promise((resolve) => server.close(resolve));
        const env = { CLOUDFLARE_API_TOKEN: "token", CLOUDFLARE_BASE_URL: url, SPARKPOST_API_KEY: "key" };
        const { code, err } = await runCli(["find", HOST, "--api-url", url], env);
        expect(code).toBe(1);
        expect(err).toContain("GET zones got no answer from Cloudflare: ");
        expect(err).toContain("refused the connection");
    });

    it.each([
        ["CLOUDFLARE_API_TOKEN", "[api token]"],
        ["SPARKPOST_API_KEY", "[api key]"],
    ])("prints no %s where the service repeats it", async (variable, stand) => {
        const key = "0123456789abcdef0123456789abcdef01234567";
        const api = await startApi(() => ({ status: 403, body: { errors: [{ code: 1, message: `bad ${key}` }] } }));
        const env = { CLOUDFLARE_BASE_URL: api.url, [variable]: key };
        const { code, out, err } = await runCli(["find", HOST, "--api-url", api.url], env);
        expect(code).toBe(1);
        expect(err).toContain(`bad ${stand}`);
        expect(out + err).not.toContain(key);
    });

    it.each<[string, string[], string[]]>([
        ["spgo.io", [], []],
        ["acme.et.e.sparkpost.com", ["--tenant", "acme"], []],
        [
            "v2.spgo.io",
            [],
            [
                "leads to v2.spgo.io, and the first `up` makes that spgo.io. ",
                "write `account: { endpoint: v2.spgo.io }`",
            ],
        ],
        ["eu.v2.spgo.io", ["--region", "eu"], ["makes that eu.spgo.io", "{ region: eu, endpoint: eu.v2.spgo.io }`"]],
        ["eu.spgo.io", [], [`\`npx pulumi-sparkpost-tracking find ${HOST} --region eu\``, "`account: { region: eu }`"]],
        ["v2.spgo.io", ["--region", "eu"], ["{ region: us, endpoint: v2.spgo.io }`"]],
        ["acme.et.e.sparkpost.com", [], [`find ${HOST} --tenant acme\``, "`account: { tenant: acme }`"]],
        ["et.pmta.example", [], ["If SparkPost's UI shows it", "`account: { endpoint: et.pmta.example }`"]],
        ["et.pmta.example", ["--subaccount", "7"], ["`account: { subaccount: 7, endpoint: et.pmta.example }`"]],
    ])("of a host that leads to %s, asked with %j, says what keeps that: %j", async (endpoint, flags, words) => {
        const { sandbox, env } = await world();
        const ask = () => runCli(["find", HOST, ...flags], { ...env, SPARKPOST_API_KEY: "" });
        sandbox.cloudflare.seedRecord({ name: HOST, type: "CNAME", content: endpoint, proxied: true });
        const byRecord = (await ask()).out;
        sandbox.cloudflare.changeRecord(HOST, { content: "example.com" });
        await redirecting(sandbox, 302, endpoint);
        const byRule = (await ask()).out;
        for (const [by, out] of Object.entries({ record: byRecord, "page rule": byRule })) {
            expect(out.includes(`The host's ${by} leads to`)).toBe(words.length > 0);
            for (const word of words) {
                expect(out).toContain(word);
            }
        }
    });

    it.each([
        [[], "SparkPost's US service, the primary account at api.sparkpost.com", "--region eu, --tenant NAME or"],
        [["--region", "eu"], "SparkPost's EU service, the primary account at api.eu.sparkpost.com", "--region us,"],
        [["--tenant", "acme"], "SparkPost, the primary account at acme.api.e.sparkpost.com", "--region us|eu,"],
        [[], "SparkPost's US service", "a subaccount with --subaccount NUMBER."],
        [["--subaccount", "7"], "subaccount 7 at api.sparkpost.com", "its primary account without --subaccount."],
    ])("asked with %j says which account it means, and what asks another", async (flags, title, others) => {
        const { env } = await world();
        const { out } = await runCli(["find", HOST, ...flags], { ...env, SPARKPOST_API_KEY: "" });
        expect(out).toContain(title);
        expect(out).toMatch(/Another service is asked with --region .*--api-url URL, /);
        expect(out).toContain(others);
    });

    it("reads lists page by page", async () => {
        const page = (number: number, entries: unknown[]): Reply => ({
            body: { success: true, result: entries, result_info: { page: number, total_pages: 2 } },
        });
        const zone = { id: "z", name: "example.com", status: "active", type: "full", account: { id: "a" } };
        const record = { id: "r", name: HOST, type: "CNAME", content: "spgo.io", proxied: true };
        const text = { ...record, id: "t", type: "TXT", content: "x", proxied: false };
        const records = (number: number) => `GET /zones/z/dns_records?name=${HOST}&page=${number}&per_page=50`;
        const api = await startApi(
            byCall({
                [`GET /zones?name=${HOST}&page=1&per_page=50`]: [{ body: { success: true, result: [] } }],
                "GET /zones?name=example.com&page=1&per_page=50": [
                    { body: { success: true, result: [zone], result_info: { total_pages: 1 } } },
                ],
                [records(1)]: [page(1, [text])],
                [records(2)]: [page(2, [record])],
                "GET /zones/z/pagerules": [{ body: { success: true, result: [] } }],
            }),
        );
        const { code, out } = await runCli(["find", HOST], {
            CLOUDFLARE_API_TOKEN: "token",
            CLOUDFLARE_BASE_URL: api.url,
        });
        expect(code).toBe(0);
        expect(out).toContain("record: z/r");
        expect(out).toContain("delete TXT x right before `pulumi up`");
    });

    it.each([
        [[], "needed: the tracking host"],
        [["example.com"], "SparkPost takes a subdomain"],
        [[HOST, "more.example.com"], "give one only"],
        [[HOST, "--region", "fr"], 'write "us" or "eu"'],
        [[HOST, "--subaccount", "x"], "write the subaccount's number"],
        [[HOST, "--region", "eu", "--tenant", "acme"], "these exclude each other"],
        [[HOST, "--key", "secret"], "Unknown option '--key'"],
    ])("refuses %j with the usage, and asks nobody", async (args, words) => {
        const { code, out, err } = await runCli(["find", ...args], { SPARKPOST_API_KEY: "key" });
        expect(code).toBe(2);
        expect(out).toBe("");
        expect(err).toContain(words);
        expect(err).toContain("Usage:");
    });

    it("refuses to run where neither service can be asked", async () => {
        const { code, err } = await runCli(["find", HOST], {});
        expect(code).toBe(2);
        expect(err).toContain("set CLOUDFLARE_API_TOKEN, SPARKPOST_API_KEY or both");
    });
});

describe("the command line", () => {
    it("tells its usage when asked", async () => {
        expect(await runCli(["--help"], {})).toMatchObject({ code: 0, out: expect.stringContaining("Usage:") });
        expect(await runCli(["find", "--help"], {})).toMatchObject({ code: 0, err: "" });
    });

    it.each([[[]], [["nothing"]], [["toString"]]])("refuses %j", async (args) => {
        const { code, err } = await runCli(args, {});
        expect(code).toBe(2);
        expect(err).toContain("find and compare-zone");
    });
});
