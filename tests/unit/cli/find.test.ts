import Cloudflare from "cloudflare";
import { describe, expect, it } from "vitest";
import { parseDomains } from "../../../components/src/domainList.ts";
import { printedEntry, printedYaml } from "../../support/printedEntry.ts";
import { said } from "../../support/said.ts";
import { HOST, redirecting, world } from "./findWorld.ts";

describe("find", () => {
    it("prints the configuration that takes over a redirecting host, its record, its rule and its registration", async () => {
        const { sandbox, find } = await world();
        const { record, pageRule } = await redirecting(sandbox);
        sandbox.sparkpost.us.seed({ domain: HOST, secure: true, verified: true, default: true });
        const { code, out, err } = await find();
        expect({ code, err }).toEqual({ code: 0, err: "" });
        expect(said(out)).toMatchSnapshot();
        expect(printedYaml(out)).toBe(
            `config:
  sparkpost-tracking:domains:
    - hostname: track.example.com
      account:
        apiUrl: ${sandbox.sparkpost.us.apiUrl}
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

    it("leaves a record that a stack like this one made out of the entry, as a comment with the reason", async () => {
        const { sandbox, find } = await world();
        const comment = "SparkPost tracking domain; links in sent mail depend on it";
        sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: true, comment });
        const zone = sandbox.cloudflare.zoneId("example.com");
        const id = `${zone}/${sandbox.cloudflare.records("example.com")[0]?.id}`;
        const { out } = await find();
        expect(printedEntry(out).cloudflare).toEqual({ zone: "example.com" });
        expect(printedYaml(out)).toContain(`# import: { record: ${id} }`);
        expect(said(out)).toMatchSnapshot();
        const { entry, madeByStack } = JSON.parse((await find(["--json"])).out);
        expect({ entry, madeByStack }).toMatchObject({
            entry: { cloudflare: { zone: "example.com" } },
            madeByStack: id,
        });
        expect(entry.cloudflare.import).toBeUndefined();

        sandbox.cloudflare.changeRecord(HOST, { comment: "website" });
        expect(printedEntry((await find()).out).cloudflare?.import).toEqual({ record: id });
    });

    it("knows a record that a stack made for Fastly, which is no stranger's", async () => {
        const { sandbox, find } = await world();
        const comment = "sends the tracking host to Fastly; links in sent mail depend on it";
        sandbox.cloudflare.seedRecord({ name: HOST, content: "j.sni.global.fastly.net", proxied: false, comment });
        const { out } = await find();
        expect(printedEntry(out)).toMatchObject({ fastly: { dns: { cloudflare: { zone: "example.com" } } } });
        expect(printedEntry(out).cloudflare).toBeUndefined();
        expect(said(out)).toMatchSnapshot();
        expect(JSON.parse((await find(["--json"])).out)).toMatchObject({ today: { is: "endpoint" } });
    });

    it("keeps the line of a page rule where a stack made the record alone", async () => {
        const { sandbox, find } = await world();
        const { record, pageRule } = await redirecting(sandbox);
        sandbox.cloudflare.changeRecord(HOST, { comment: "links in sent mail depend on it" });
        const { out } = await find();
        expect(printedEntry(out).cloudflare?.import).toEqual({ pageRule });
        expect(printedYaml(out)).toContain(`# record: ${record}`);
        expect(said(out)).toMatchSnapshot();
    });

    it("prints the same for programs", async () => {
        const { sandbox, find } = await world();
        const { record, pageRule } = await redirecting(sandbox, 302);
        sandbox.sparkpost.us.seed({ domain: HOST, verified: true });
        const { code, out } = await find(["--json"]);
        expect(code).toBe(0);
        expect(JSON.parse(out)).toMatchObject({
            hostname: HOST,
            today: { is: "forwarded", by: "page rule", to: "spgo.io" },
            cloudflare: {
                found: {
                    zone: { name: "example.com", status: "active" },
                    records: [{ type: "CNAME", content: "example.com", proxied: true }],
                    pageRules: [{ status: "active" }],
                },
            },
            sparkpost: { found: { domain: HOST, verified: true, secure: false } },
            entry: {
                hostname: HOST,
                account: { apiUrl: sandbox.sparkpost.us.apiUrl, endpoint: "spgo.io" },
                cloudflare: { zone: "example.com", mode: "redirect", priority: 2, import: { record, pageRule } },
                adopt: true,
            },
            madeByStack: null,
            notes: [expect.stringContaining("`account.endpoint`")],
        });
        const halves = JSON.parse(
            (await find(["--json"], { SPARKPOST_API_KEY: "wrong", CLOUDFLARE_API_TOKEN: "" })).out,
        );
        expect(halves).toMatchObject({
            today: null,
            cloudflare: { failure: "not asked" },
            sparkpost: { failure: expect.stringContaining("401") },
            entry: null,
        });
    });

    it("says which lines go where in an entry that the stack has, for that one isn't to be replaced", async () => {
        const { sandbox, find } = await world();
        await redirecting(sandbox);
        sandbox.sparkpost.us.seed({ domain: HOST, default: true, verified: true });
        const { out } = await find();
        expect(said(out)).toMatchSnapshot();
    });

    it("takes the endpoint that another API doesn't imply from where a rule or a record leads, if that is SparkPost's", async () => {
        const { sandbox, find } = await world();
        await redirecting(sandbox, 302, "eu.spgo.io");
        const ruled = await find();
        expect(printedEntry(ruled.out).account?.endpoint).toBe("eu.spgo.io");
        expect(said(ruled.out)).toMatchSnapshot("page rule");

        const { sandbox: other, find: findOther } = await world();
        other.cloudflare.seedRecord({ name: HOST, content: "acme.et.e.sparkpost.com", proxied: true });
        const led = await findOther();
        expect(printedEntry(led.out).account?.endpoint).toBe("acme.et.e.sparkpost.com");
        expect(said(led.out)).toMatchSnapshot("record");
    });

    it("never takes another name for an endpoint, unless it is told", async () => {
        const { sandbox, find } = await world();
        sandbox.cloudflare.seedRecord({ name: HOST, content: "et.pmta.example", proxied: true });
        const { out } = await find();
        expect(printedEntry(out)).toMatchObject({ hostname: "click2.example.com" });
        expect(printedEntry(out).account?.endpoint).toBeUndefined();
        expect(said(out)).toMatchSnapshot();

        const told = await find(["--endpoint", "et.pmta.example"]);
        expect(printedEntry(told.out)).toMatchObject({
            hostname: HOST,
            account: { endpoint: "et.pmta.example" },
            cloudflare: { import: { record: expect.any(String) } },
        });
        expect(told.out).not.toContain("account.endpoint");
    });

    it("says that nothing is there, and needs neither `import` nor `adopt` then", async () => {
        const { find } = await world();
        const { code, out } = await find();
        expect(code).toBe(0);
        expect(said(out)).toMatchSnapshot();
        expect(out).not.toMatch(/^\s+(import|adopt):/m);
    });

    it("prints no configuration where there is neither a zone nor a registration", async () => {
        const { find } = await world({ zones: [{ name: "example.org" }] });
        const { code, out } = await find();
        expect(code).toBe(0);
        expect(printedYaml(out)).toBe("");
        expect(said(out)).toMatchSnapshot();
    });

    it("takes the deepest zone, and says of one that isn't active what it waits for", async () => {
        const zones = [{ name: "example.com" }, { name: HOST, status: "active" as const }];
        const deep = await (await world({ zones })).find();
        expect(deep.out).toContain(`zone ${HOST}: active`);
        const unused = [{ name: "example.com" }, { name: HOST, status: "pending" as const }];
        expect((await (await world({ zones: unused })).find()).out).toContain("zone example.com: active");
        const pending = await (await world({ zones: [{ name: "example.com", status: "pending" }] })).find();
        expect(said(pending.out)).toMatchSnapshot();
    });

    it("names the account where several have a zone of that name", async () => {
        const [one, other] = ["1", "2"].map((digit) => digit.repeat(32));
        const zones = [
            { name: "example.com", accountId: one, status: "moved" as const },
            { name: "example.com", accountId: other },
        ];
        const { out } = await (await world({ zones })).find();
        expect(said(out)).toMatchSnapshot();
        expect(out).toContain(`accountId: "${other}"`);
    });

    it("takes the host's own rule, not one for others too, and says which one outranks it", async () => {
        const { sandbox, find } = await world();
        const { pageRule } = await redirecting(sandbox);
        // What outranks it doesn't forward: then the record is what tells whose host it is.
        sandbox.cloudflare.changeRecord(HOST, { content: "spgo.io" });
        const { apiToken, baseUrl } = sandbox.cloudflare;
        await new Cloudflare({ apiToken, baseURL: baseUrl }).pageRules.create({
            zone_id: sandbox.cloudflare.zoneId("example.com"),
            targets: [{ target: "url", constraint: { operator: "matches", value: "*.example.com/*" } }],
            actions: [{ id: "cache_level", value: "bypass" }],
            priority: 9,
            status: "active",
        });
        const { out } = await find();
        expect(said(out)).toMatchSnapshot();
        expect(out).toContain(`pageRule: ${pageRule}`);
    });
});
