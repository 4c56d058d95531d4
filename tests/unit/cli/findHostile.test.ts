import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { printedYaml } from "../../support/printedEntry.ts";
import { said } from "../../support/said.ts";
import { type Reply, startApi } from "../../support/scriptedApi.ts";
import { type Answers, findWith, record, redirectRule, result } from "./cloudflareAnswers.ts";
import { HOST } from "./findWorld.ts";
import { runCli } from "./program.ts";

/** Clears the screen, sets the title, turns the writing round, breaks the line, and would begin YAML of its own. */
const HOSTILE = "\u001b[2J\u001b]0;x\u0007\u009b1m\u202e\u2028\r\n  evil: true\n# \u0000";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ACTING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/;

const zone = {
    id: "2".repeat(32),
    name: "example.com",
    status: "active",
    type: "full",
    account: { id: "3".repeat(32) },
};
const zones = (fields: object): Answers => ({ zones: result([{ ...zone, ...fields }]) });
const rule = (fields: object): Answers => ({
    pageRules: result([
        {
            id: "5".repeat(32),
            targets: [{ target: "url", constraint: { operator: "matches", value: `${HOST}/*` } }],
            actions: [{ id: "forwarding_url", value: { url: "https://spgo.io/$1", status_code: 301 } }],
            priority: 1,
            status: "active",
            ...fields,
        },
    ]),
});
const redirect = (fields: object): Answers => ({ redirectRules: result({ rules: [redirectRule(fields)] }) });

const errors = { status: 400, body: { success: false, errors: [{ code: 1, message: HOSTILE }] } };

const everywhere: [string, Answers][] = [
    ["a zone's name", zones({ name: `${HOSTILE}example.com` })],
    ["a zone's status", zones({ status: HOSTILE })],
    ["a zone's type", zones({ type: HOSTILE })],
    ["a record's content", { records: result([record({ content: `${HOSTILE}spgo.io` })]) }],
    ["a text record", { records: result([record({ type: "TXT", content: HOSTILE, proxied: false })]) }],
    ["a record's type", { records: result([record({ type: HOSTILE })]) }],
    ["a record's comment", { records: result([record({ comment: `${HOSTILE}links in sent mail depend on it` })]) }],
    ["an MX record", { mail: result([record({ type: "MX", content: HOST, name: HOSTILE })]) }],
    ["a doubled record", { doubled: result([record({ content: HOSTILE })]) }],
    ["a rule's pattern", rule({ targets: [{ constraint: { value: `${HOST}/*${HOSTILE}*` } }] })],
    ["a rule's status", rule({ status: HOSTILE })],
    [
        "where a rule forwards",
        rule({ actions: [{ id: "forwarding_url", value: { url: `https://spgo.io/${HOSTILE}` } }] }),
    ],
    ["a rule's setting", rule({ actions: [{ id: HOSTILE, value: { [HOSTILE]: [HOSTILE] } }] })],
    ["a redirect rule's name", redirect({ description: HOSTILE })],
    ["a redirect rule's target", redirect({ action_parameters: { from_value: { target_url: { value: HOSTILE } } } })],
    ["an error", { records: errors }],
    ["an error of rules", { pageRules: errors, redirectRules: errors }],
];

describe("find, of others' words,", () => {
    it.each(everywhere)("prints none of %s as it is", async (_what, answers) => {
        for (const args of [[], ["--json"]]) {
            const { code, out, err } = await findWith(answers, args);
            expect([0, 1]).toContain(code);
            expect(out + err).not.toMatch(ACTING);
            expect(out + err).not.toMatch(/^\s*(evil|#\s*\\)/m);
            if (args.length === 0 && printedYaml(out)) {
                const [entry, ...others] = parse(printedYaml(out)).config["sparkpost-tracking:domains"];
                expect(others).toEqual([]);
                expect(Object.keys(entry)).toEqual(expect.arrayContaining(["hostname", "cloudflare"]));
                expect(entry).not.toHaveProperty("evil");
            }
        }
    });
});

const deep: unknown = JSON.parse(`${"[".repeat(5_000)}${"]".repeat(5_000)}`);
const strange: [string, Answers][] = [
    ...["zones", "records", "doubled", "mail", "pageRules", "redirectRules"].flatMap((kind) =>
        (
            [
                ["no result", { body: { success: true } }],
                ["null for a result", result(null)],
                ["a set for a list, or a list for a set", result(kind === "redirectRules" ? [] : { id: "x" })],
                ["a text for a result", result("x")],
                ["null in a list", result(kind === "redirectRules" ? { rules: [null] } : [null])],
                ["numbers in a list", result(kind === "redirectRules" ? { rules: [7] } : [7])],
                ["empty sets in a list", result(kind === "redirectRules" ? { rules: [{}] } : [{}])],
                ["lists in lists without end", result(deep)],
                ["a text", { body: "hello" }],
                ["nothing", { body: "" }],
                ["HTML", { body: "<html>502</html>", headers: { "content-type": "text/html" } }],
                ["a list", { body: [] }],
                ["null", { body: "null" }],
                ["errors that are no list", { status: 400, body: { success: false, errors: "no" } }],
                ["errors of null", { status: 400, body: { success: false, errors: [null] } }],
            ] satisfies [string, object][]
        ).map(([what, reply]): [string, Answers] => [`${kind}: ${what}`, { [kind]: reply }]),
    ),
    ["an id that is a path", zones({ id: "../../user" })],
    ["a rule's value without end", rule({ actions: [{ id: "x", value: deep }] })],
    ["a priority that is a text", rule({ priority: "1\nevil: true" })],
];

describe("find, of answers that aren't the API's,", () => {
    it.each(strange)("says so in a sentence (%s)", async (_what, answers) => {
        const { code, out, err } = await findWith(answers);
        expect([0, 1]).toContain(code);
        expect(out + err).not.toMatch(/^\s+at |TypeError|undefined|\[object/m);
        expect(out.startsWith("Cloudflare\n")).toBe(true);
    });
});

describe("find, of a list without end,", () => {
    const page = (entries: unknown[]): Reply => ({ body: { success: true, result: entries } });

    it.each<[string, Answers]>([
        ["zones", { zones: page([zone]) }],
        ["records", { records: page([record({})]) }],
    ])("ends, and says so (%s)", async (_what, answers) => {
        const { code, err, calls } = await findWith(answers);
        expect(code).toBe(1);
        expect(said(err)).toMatchSnapshot();
        expect(calls).toBeLessThan(1_000);
    });
});

describe("find, of what SparkPost's API says,", () => {
    async function findRegistered(reply: Reply) {
        const api = await startApi(() => reply);
        const outcomes = [];
        for (const args of [[], ["--json"]]) {
            outcomes.push(await runCli(["find", HOST, "--api-url", api.url, ...args], { SPARKPOST_API_KEY: "key" }));
        }
        return outcomes;
    }

    it.each<[string, Reply]>([
        [
            "a registration's fields",
            {
                body: {
                    results: {
                        domain: HOST,
                        subaccount_id: HOSTILE,
                        port: HOSTILE,
                        status: { compliance_status: HOSTILE, tls_status: HOSTILE, verified: HOSTILE },
                        tls_certificate: { error_code: HOSTILE },
                    },
                },
            },
        ],
        ["an error", { status: 400, body: { errors: [{ message: HOSTILE, description: HOSTILE, code: HOSTILE }] } }],
        ["an error in a text", { status: 400, body: HOSTILE }],
    ])("prints none of %s as it is", async (_what, reply) => {
        for (const { code, out, err } of await findRegistered(reply)) {
            expect([0, 1]).toContain(code);
            expect(out + err).not.toMatch(ACTING);
        }
    });

    it.each<[string, Reply]>([
        ["no results", { body: {} }],
        ["null", { body: "null" }],
        ["results of null", { body: { results: null } }],
        ["a text", { body: { results: "x" } }],
        ["HTML", { body: "<html>sign in</html>", headers: { "content-type": "text/html" } }],
        ["errors of null", { status: 400, body: { errors: [null] } }],
    ])("says in a sentence what isn't of its form (%s)", async (_what, reply) => {
        for (const { code, out, err } of await findRegistered(reply)) {
            expect([0, 1]).toContain(code);
            expect(out + err).not.toMatch(/^\s+at |TypeError|\[object/m);
        }
    });
});
