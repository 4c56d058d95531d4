import type { RequestListener } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { printedEntry } from "../../support/printedEntry.ts";
import { said } from "../../support/said.ts";
import { answering, startWorld, tracker } from "../probe/world.ts";
import { type Answers, findWith, record, redirectRule, result } from "./cloudflareAnswers.ts";
import { HOST } from "./findWorld.ts";

const SIBLING = "click2.example.com";
const toEndpoint = { from_value: { target_url: { expression: 'concat("https://spgo.io", http.request.uri.path)' } } };

describe("find, of a live name of somebody else's,", () => {
    it.each<[string, Answers, string]>([
        [
            "another vendor's link host",
            { records: result([record({ content: "u1234567.ct.sendgrid.net" })]) },
            "u1234567.ct.sendgrid.net",
        ],
        [
            "another vendor's bounce host, DNS only",
            { records: result([record({ content: "mail.vendor.example", proxied: false })]) },
            "mail.vendor.example",
        ],
        ["a website's address", { records: result([record({ type: "A", content: "192.0.2.80" })]) }, "192.0.2.80"],
        [
            "a website's addresses",
            {
                records: result([
                    record({ type: "A", content: "192.0.2.80" }),
                    record({ id: "6".repeat(32), type: "AAAA", content: "2001:db8::80" }),
                ]),
            },
            "192.0.2.80, 2001:db8::80",
        ],
        ["the zone's own website", { records: result([record({ content: "example.com" })]) }, "example.com"],
        [
            "a rule that sends its visitors to somebody else",
            {
                records: result([record({ content: "example.com" })]),
                redirectRules: result({
                    rules: [
                        redirectRule({
                            action_parameters: { from_value: { target_url: { value: "https://shop.example/" } } },
                        }),
                    ],
                }),
            },
            "example.com",
        ],
    ])("%s, proposes a host beside it, and says what takes it over all the same", async (_what, answers, content) => {
        const { code, out, err } = await findWith(answers);
        expect({ code, err }).toEqual({ code: 0, err: "" });
        expect(said(out)).toMatchSnapshot();
        expect(out).toMatch(new RegExp(`^ +replaces: ${content.replaceAll(".", "\\.")}$`, "m"));
        expect(out).toContain(`import: { record: ${"2".repeat(32)}/${"4".repeat(32)} }`);
        expect(out).not.toMatch(/delete/i);
        expect(printedEntry(out)).toEqual({ hostname: SIBLING, cloudflare: { zone: "example.com" } });
        const { today, entry } = JSON.parse((await findWith(answers, ["--json"])).out);
        expect(today).toMatchObject({ is: "stranger", content });
        expect(entry.hostname).toBe(SIBLING);
    });

    it("to which a zone's mail goes, says that too", async () => {
        const { out } = await findWith({
            records: result([record({ type: "A", content: "192.0.2.25", proxied: false })]),
            mail: result([
                record({ name: "example.com", type: "MX", content: `${HOST}.`, priority: 10, proxied: false }),
            ]),
        });
        expect(said(out)).toMatchSnapshot();
        expect(printedEntry(out).hostname).toBe(SIBLING);
    });

    it("that has mail records alone, proposes a host beside it", async () => {
        const { out } = await findWith({
            records: result([
                record({ type: "MX", content: "smtp.sparkpostmail.com", priority: 10, proxied: false }),
                record({
                    id: "6".repeat(32),
                    type: "TXT",
                    content: "v=spf1 include:sparkpostmail.com ~all",
                    proxied: false,
                }),
            ]),
        });
        expect(said(out)).toMatchSnapshot();
        expect(out).not.toMatch(/delete/i);
        expect(printedEntry(out)).toEqual({ hostname: SIBLING, cloudflare: { zone: "example.com" } });
    });

    it("isn't one that says it has no mail", async () => {
        const { out } = await findWith({
            records: result([
                record({ type: "MX", content: ".", priority: 0, proxied: false }),
                record({ id: "6".repeat(32), type: "TXT", content: "v=spf1 -all", proxied: false }),
            ]),
        });
        expect(printedEntry(out).hostname).toBe(HOST);
    });

    it("that has none, proposes nothing in a zone that is the host itself", async () => {
        const zone = {
            id: "2".repeat(32),
            name: HOST,
            status: "active",
            type: "full",
            account: { id: "3".repeat(32) },
        };
        const { out } = await findWith({
            zones: result([zone]),
            records: result([record({ content: "shop.example" })]),
        });
        expect(printedEntry(out)).toEqual({ hostname: SIBLING });
    });
});

describe("find, of a name that it doesn't know,", () => {
    const records = result([record({ content: "d111111abcdef8.cloudfront.net", proxied: false })]);

    /** What the host answers, and what find says of it then. */
    async function found(edge: RequestListener, answers: Answers = { records }) {
        const world = await startWorld();
        onTestFinished(() => world.close());
        world.edge = edge;
        const { resolver, connectTo, caFile } = world.request;
        const { out } = await findWith(answers, ["--json"], { resolver, connectTo, caFile });
        return { ...JSON.parse(out), requests: world.requests.length };
    }

    it("takes it for the host's own edge where it answers a click as the endpoint does, or sends it there", async () => {
        const relaying = await found(tracker);
        expect(relaying.today).toEqual({ is: "answering", answers: "endpoint" });
        expect(relaying.entry).toMatchObject({
            hostname: HOST,
            cloudflare: { import: { record: expect.any(String) } },
        });
        const redirecting = await found(answering(301, { location: "https://eu.spgo.io/f/a/b/c/d" }));
        expect(redirecting.today).toEqual({ is: "answering", answers: "redirect" });
        expect(redirecting.entry.hostname).toBe(HOST);
    });

    it("takes it for somebody else's where it answers anything else", async () => {
        for (const edge of [answering(404), answering(302, { location: "https://shop.example/" })]) {
            expect((await found(edge)).entry.hostname).toBe(SIBLING);
        }
    });

    it("asks no host whose use is known", async () => {
        const endpoint = await found(answering(404), { records: result([record({})]) });
        expect(endpoint).toMatchObject({ today: { is: "endpoint" }, requests: 0 });
        const mail = result([record({ type: "MX", name: "example.com", content: HOST, proxied: false })]);
        expect(await found(tracker, { records, mail })).toMatchObject({ today: { is: "stranger" }, requests: 0 });
    });
});

describe("find, of a redirect rule,", () => {
    const records = result([record({ content: "example.com" })]);

    it.each([
        ["of the host", `(http.host eq "${HOST}")`],
        ["by a pattern", `(http.request.full_uri wildcard "http*://${HOST}/*")`],
        ["for every host", "true"],
    ])(
        "%s, that does what the guide's page rule did, proposes the proxy and no page rule",
        async (_what, expression) => {
            const rule = redirectRule({ description: "tracking", expression, action_parameters: toEndpoint });
            const { out } = await findWith({ records, redirectRules: result({ rules: [rule] }) });
            expect(said(out)).toMatchSnapshot();
            expect(printedEntry(out)).toEqual({
                hostname: HOST,
                cloudflare: { zone: "example.com", import: { record: `${"2".repeat(32)}/${"4".repeat(32)}` } },
            });
        },
    );

    it("takes the endpoint from it where the account implies none", async () => {
        const rule = redirectRule({
            action_parameters: { from_value: { target_url: { value: "https://eu.spgo.io/x" } } },
        });
        const answers = { records, redirectRules: result({ rules: [rule] }) };
        const { entry, notes } = JSON.parse(
            (await findWith(answers, ["--json", "--api-url", "http://127.0.0.1:1"])).out,
        );
        expect(entry.account.endpoint).toBe("eu.spgo.io");
        expect(notes).toMatchSnapshot();
    });

    it.each([
        ["is off", { enabled: false, expression: `http.host eq "${HOST}"` }],
        ["is for another host", { expression: 'http.host eq "my-track.example.com"' }],
    ])("that %s, says nothing", async (_what, fields) => {
        const rule = redirectRule({ action_parameters: toEndpoint, ...fields });
        const { out } = await findWith({ records, redirectRules: result({ rules: [rule] }) });
        expect(out).not.toContain("redirect rule");
        expect(printedEntry(out).hostname).toBe(SIBLING);
    });

    it("says that it can't see any without the permission, and that one may be there", async () => {
        const refused = {
            status: 403,
            body: { success: false, errors: [{ code: 10000, message: "Authentication error" }] },
        };
        const { code, out } = await findWith({ records, redirectRules: refused });
        expect(code).toBe(0);
        expect(said(out)).toMatchSnapshot();
    });

    it("says nothing where the zone never had one", async () => {
        const none = { status: 404, body: { success: false, errors: [{ code: 10003, message: "no entrypoint" }] } };
        expect((await findWith({ redirectRules: none })).out).not.toContain("redirect rule");
    });
});

it("find says of a record that stands at the host's name with the zone's appended", async () => {
    const name = `${HOST}.example.com`;
    const { out } = await findWith({ doubled: result([record({ name, proxied: false })]) });
    expect(said(out)).toMatchSnapshot();
});
