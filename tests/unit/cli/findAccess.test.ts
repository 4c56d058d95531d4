import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { byCall, type Reply, startApi } from "../../support/scriptedApi.ts";
import { HOST, redirecting, world } from "./findWorld.ts";
import { runCli } from "./program.ts";

describe("find, with the access it has,", () => {
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

    it.each([["CLOUDFLARE_API_TOKEN"], ["SPARKPOST_API_KEY"]])(
        "prints no %s where the service repeats it",
        async (variable) => {
            const key = "0123456789abcdef0123456789abcdef01234567";
            const api = await startApi(() => ({ status: 403, body: { errors: [{ code: 1, message: `bad ${key}` }] } }));
            const env = { CLOUDFLARE_BASE_URL: api.url, [variable]: key };
            const { code, out, err } = await runCli(["find", HOST, "--api-url", api.url], env);
            expect(code).toBe(1);
            expect(err).toContain("bad [secret]");
            expect(out + err).not.toContain(key);
        },
    );

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
        [
            "eu.spgo.io",
            [],
            [`\`npx --no-install pulumi-sparkpost-tracking find ${HOST} --region eu\``, "`account: { region: eu }`"],
        ],
        ["v2.spgo.io", ["--region", "eu"], ["{ region: us, endpoint: v2.spgo.io }`"]],
        ["acme.et.e.sparkpost.com", [], [`find ${HOST} --tenant acme\``, "`account: { tenant: acme }`"]],
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
                [`GET /zones/z/dns_records?name=${HOST}.example.com&page=1&per_page=50`]: [page(2, [])],
                "GET /zones/z/dns_records?type=MX&page=1&per_page=50": [page(2, [])],
                "GET /zones/z/pagerules": [{ body: { success: true, result: [] } }],
            }),
        );
        const { code, out } = await runCli(["find", HOST], {
            CLOUDFLARE_API_TOKEN: "token",
            CLOUDFLARE_BASE_URL: api.url,
        });
        expect(code).toBe(0);
        expect(out).toContain("record: z/r");
        expect(out).toMatch(/^ +t {2}TXT {4}x {8}DNS only$/m);
    });

    it.each([
        [[], "needed: the tracking host"],
        [["example.com"], "SparkPost takes a subdomain"],
        [[HOST, "more.example.com"], "give one only"],
        [[HOST, "--region", "fr"], 'write "us" or "eu"'],
        [[HOST, "--subaccount", "x"], "write the subaccount's number"],
        [[HOST, "--region", "eu", "--tenant", "acme"], "these exclude each other"],
        [[HOST, "--key", "secret"], "there is no option --key\n"],
        [[HOST, "--regoin", "eu"], "there is no option --regoin; did you mean --region?"],
        [[HOST, "--region"], "'--region <value>' argument missing"],
        [[HOST, "--json=yes"], "'--json' does not take an argument"],
    ])("refuses %j with the usage, and asks nobody", async (args, words) => {
        const { code, out, err } = await runCli(["find", ...args], { SPARKPOST_API_KEY: "key" });
        expect(code).toBe(2);
        expect(out).toBe("");
        expect(err).toContain(words);
        // One line of message, then how this command is used, and no other.
        expect(err.split("\n").slice(1, 3)).toEqual(["", "Usage: pulumi-sparkpost-tracking find HOST [options]"]);
        expect(err).not.toContain("compare-zone");
    });

    it("refuses to run where neither service can be asked", async () => {
        const { code, err } = await runCli(["find", HOST], {});
        expect(code).toBe(2);
        expect(err).toContain("set CLOUDFLARE_API_TOKEN, SPARKPOST_API_KEY or both");
    });
});

describe("the command line", () => {
    it("tells what there is when asked, and of each command its options", async () => {
        const all = await runCli(["--help"], {});
        expect(all).toMatchObject({ code: 0, err: "", out: expect.stringContaining("find HOST [options]") });
        expect(all.out).toContain("compare-zone ZONE [options]");
        for (const [command, option, others] of [
            ["find", "--subaccount", "--old-server"],
            ["compare-zone", "--old-server", "--subaccount"],
        ] as const) {
            const { code, out, err } = await runCli([command, "--help"], {});
            expect({ code, err }).toEqual({ code: 0, err: "" });
            expect(out).toContain(option);
            expect(out).not.toContain(others);
        }
    });

    it.each([
        [[], "a command is needed"],
        [["fnid"], "there is no command fnid; did you mean find?"],
        [["compare-zones"], "did you mean compare-zone?"],
        [["toString"], "there is no command toString"],
    ])("refuses %j", async (args, words) => {
        const { code, err } = await runCli(args, {});
        expect(code).toBe(2);
        expect(err).toContain(words);
        expect(err).toContain("Usage:");
    });
});
