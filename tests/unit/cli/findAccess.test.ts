import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { printedYaml } from "../../support/printedEntry.ts";
import { said } from "../../support/said.ts";
import { byCall, type Reply, startApi } from "../../support/scriptedApi.ts";
import { HOST, redirecting, world } from "./findWorld.ts";
import { runCli } from "./program.ts";

describe("find, with the access it has,", () => {
    it("leaves Cloudflare out without its token, and SparkPost without its key", async () => {
        const { sandbox, find } = await world();
        sandbox.sparkpost.us.seed({ domain: HOST });
        const registered = await find([], { CLOUDFLARE_API_TOKEN: "" });
        expect(registered.code).toBe(0);
        expect(said(registered.out)).toMatchSnapshot("SparkPost alone");
        expect(registered.out).toContain("adopt: true");
        expect(sandbox.cloudflare.calls).toEqual([]);
        const edge = await find([], { SPARKPOST_API_KEY: "" });
        expect(edge.code).toBe(0);
        expect(said(edge.out)).toMatchSnapshot("Cloudflare alone");
    });

    it("finds a subaccount's domain from the primary account, with the number that its entry needs", async () => {
        for (const assumed of [
            { primaryReach: "all" as const, primaryList: "own" as const },
            { primaryReach: "own" as const, primaryList: "all" as const },
        ]) {
            const { sandbox, find } = await world({ assumed });
            sandbox.sparkpost.us.seed({ domain: HOST, subaccount_id: 7 });
            const { out } = await find();
            expect(out).toMatch(/^ {8}subaccount: 7$/m);
            expect(said(out)).toMatchSnapshot();
        }
    });

    it("asks with the subaccount it is given", async () => {
        const { sandbox, find } = await world();
        sandbox.sparkpost.us.seed({ domain: HOST, subaccount_id: 7 });
        expect((await find(["--subaccount", "7"])).out).toContain("adopt: true");
        expect((await find(["--subaccount", "8"])).out).not.toContain("adopt: true");
    });

    it("goes on without page rules where the token may not read them, and says which permission it takes", async () => {
        const { sandbox, find } = await world({ cloudflareToken: { kind: "account" } });
        sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: true });
        const { code, out } = await find();
        expect(code).toBe(0);
        expect(said(out)).toMatchSnapshot();
        expect(out).toMatch(/record: [0-9a-f]{32}\/[0-9a-f]{32}/);
    });

    it("fails in words, and still tells the other half", async () => {
        const { sandbox, find } = await world({ cloudflareToken: { kind: "user", permissions: ["DNS Write"] } });
        sandbox.sparkpost.us.seed({ domain: HOST });
        const refused = await find();
        expect(refused.code).toBe(1);
        expect(refused.out).toContain("adopt: true");
        expect(said(refused.err)).toMatchSnapshot("Cloudflare");
        const wrongKey = await find([], { SPARKPOST_API_KEY: "wrong" });
        expect(wrongKey.code).toBe(1);
        expect(said(wrongKey.err)).toMatchSnapshot("SparkPost");
    });

    it("says that nobody answered where nothing listens", async () => {
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        await new Promise((resolve) => server.close(resolve));
        const env = { CLOUDFLARE_API_TOKEN: "token", CLOUDFLARE_BASE_URL: url, SPARKPOST_API_KEY: "key" };
        const { code, err } = await runCli(["find", HOST, "--api-url", url], env);
        expect(code).toBe(1);
        expect(said(err)).toMatchSnapshot();
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

    it.each<[string, string[], string?]>([
        ["spgo.io", []],
        ["acme.et.e.sparkpost.com", ["--tenant", "acme"]],
        ["v2.spgo.io", [], "{ endpoint: v2.spgo.io }"],
        ["eu.v2.spgo.io", ["--region", "eu"], "{ region: eu, endpoint: eu.v2.spgo.io }"],
        ["eu.spgo.io", [], "{ region: eu }"],
        ["v2.spgo.io", ["--region", "eu"], "{ region: us, endpoint: v2.spgo.io }"],
        ["acme.et.e.sparkpost.com", [], "{ tenant: acme }"],
    ])("of a host that leads to %s, asked with %j, says what keeps that: %s", async (endpoint, flags, account) => {
        const [byRecord, byRule] = [await world(), await world()];
        byRecord.sandbox.cloudflare.seedRecord({ name: HOST, type: "CNAME", content: endpoint, proxied: true });
        await redirecting(byRule.sandbox, 302, endpoint);
        for (const [by, { env }] of Object.entries({ record: byRecord, "page rule": byRule })) {
            const { out } = await runCli(["find", HOST, ...flags], { ...env, SPARKPOST_API_KEY: "" });
            const [, notes] = out.split(printedYaml(out));
            expect(notes).toContain(account ? `\`account: ${account}\`` : "");
            expect(notes).toMatchSnapshot(by);
        }
    });

    it.each([[[]], [["--region", "eu"]], [["--tenant", "acme"]], [["--subaccount", "7"]]])(
        "asked with %j says which account it means, and what asks another",
        async (flags) => {
            const { env } = await world();
            const { out } = await runCli(["find", HOST, ...flags], { ...env, SPARKPOST_API_KEY: "" });
            expect(said(out)).toMatchSnapshot();
        },
    );

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
        [[]],
        [["example.com"]],
        [[HOST, "more.example.com"]],
        [[HOST, "--region", "fr"]],
        [[HOST, "--subaccount", "x"]],
        [[HOST, "--region", "eu", "--tenant", "acme"]],
        [[HOST, "--key", "secret"]],
        [[HOST, "--regoin", "eu"]],
        [[HOST, "--region"]],
        [[HOST, "--json=yes"]],
    ])("refuses %j with the usage, and asks nobody", async (args) => {
        const { code, out, err } = await runCli(["find", ...args], { SPARKPOST_API_KEY: "key" });
        expect(code).toBe(2);
        expect(out).toBe("");
        // One line of message, then how this command is used, and no other.
        const [message, ...usage] = err.split("\n");
        expect(message).toMatchSnapshot();
        expect(usage.slice(0, 2)).toEqual([
            "",
            "Usage: npx --no-install pulumi-sparkpost-tracking find HOSTNAME [options]",
        ]);
        expect(err).not.toContain("compare-zone");
    });

    it("refuses to run where neither service can be asked", async () => {
        const { code, err } = await runCli(["find", HOST], {});
        expect(code).toBe(2);
        expect(err.split("\n")[0]).toMatchSnapshot();
    });
});

describe("the command line", () => {
    it("tells what there is when asked, and of each command its options", async () => {
        const all = await runCli(["--help"], {});
        expect(all).toMatchObject({ code: 0, err: "" });
        expect(all.out).toMatchSnapshot("all");
        for (const [command, option, others] of [
            ["find", "--subaccount", "--old-server"],
            ["compare-zone", "--old-server", "--subaccount"],
        ] as const) {
            const { code, out, err } = await runCli([command, "--help"], {});
            expect({ code, err }).toEqual({ code: 0, err: "" });
            expect(out).toContain(option);
            expect(out).not.toContain(others);
            expect(out).toMatchSnapshot(command);
        }
    });

    it.each([[[]], [["fnid"]], [["compare-zones"]], [["toString"]]])("refuses %j", async (args) => {
        const { code, err } = await runCli(args, {});
        expect(code).toBe(2);
        expect(err.split("\n")[0]).toMatchSnapshot();
        expect(err).toContain("Usage:");
    });
});
