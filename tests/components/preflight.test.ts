// What a host is today is looked at before it is registered, whichever edge it is going to have.
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { scriptNameOf } from "../../components/src/cloudflare/appLinks.ts";
import { CloudflareEdge } from "../../components/src/cloudflare/edge.ts";
import { HttpsTrackingDomain } from "../../components/src/httpsTrackingDomain.ts";
import { getZones, type RunOptions, run, stateToken, zone as zoneState } from "../support/program.ts";
import { byCall, type Reply, startApi } from "../support/scriptedApi.ts";
import { fromTable, startNameServer } from "../unit/probe/nameServer.ts";

type Args = ConstructorParameters<typeof HttpsTrackingDomain>[1];

const token = "0123456789abcdef0123456789abcdef01234567";
const zoneId = "1".repeat(32);
const hostname = "links.example.com";
const zone = `GET /zones/${zoneId}`;
const byName = `${zone}/dns_records?name=${hostname}&page=1&per_page=50`;
const mailServers = `${zone}/dns_records?type=MX&page=1&per_page=50`;
const redirects = `${zone}/rulesets/phases/http_request_dynamic_redirect/entrypoint`;
const list = (...result: object[]): Reply => ({ body: { success: true, result, result_info: { total_pages: 1 } } });
const one = (result: unknown): Reply => ({ body: { success: true, result } });
const forbidden: Reply = { status: 403, body: { success: false, errors: [{ code: 10000, message: "no" }] } };
const record = (settings: object) => ({
    id: "2".repeat(32),
    name: hostname,
    type: "CNAME",
    proxied: true,
    ttl: 1,
    ...settings,
});
const vendor = record({ content: "u1234567.ct.sendgrid.net" });
const website = record({ content: "example.com" });
const redirectRule = {
    id: "r1",
    description: "Tracking",
    expression: `(http.host eq "${hostname}")`,
    action_parameters: {
        from_value: { target_url: { expression: 'concat("https://spgo.io", http.request.uri.path)' } },
    },
};
const importId = `${zoneId}/${vendor.id}`;
// Where nobody answers.
const probe = { resolver: "127.0.0.1:9", nameServers: ["127.0.0.1:9"] };

beforeEach(() => {
    vi.stubEnv("CLOUDFLARE_API_TOKEN", undefined);
    vi.stubEnv("CLOUDFLARE_BASE_URL", undefined);
});
afterEach(() => void vi.unstubAllEnvs());

/** Declares the domain until it is registered, or refused. */
async function declare(
    args: Partial<Args> | (() => Partial<Args>),
    replies: Record<string, Reply[]>,
    options: RunOptions = {},
) {
    const api = await startApi(
        byCall({ [mailServers]: [list()], [zone]: [one({})], [`${zone}/pagerules`]: [one([])], ...replies }),
    );
    const kinds = (resources: readonly { type: string }[]) => resources.map(({ type }) => type.split(/[:/]/).at(-1));
    const outcome = await run(
        () => new HttpsTrackingDomain("links", { hostname, probe, ...(typeof args === "function" ? args() : args) }),
        {
            config: { "cloudflare:apiToken": token, "cloudflare:baseUrl": api.url },
            secrets: ["cloudflare:apiToken"],
            answers: { [stateToken]: { outputs: {} } },
            until: (resources, errors) => errors.length > 0 || kinds(resources).includes("TrackingDomain"),
            ...options,
        },
    );
    // What else the engine is told is that the rest is left out.
    const errors = outcome.errors.filter((error) => !error.includes("were left out"));
    return { ...outcome, errors, api, isRegistered: kinds(outcome.resources).includes("TrackingDomain") };
}

describe("before a host is registered", () => {
    const cloudflare = { zoneId, import: { record: importId } };

    it("another vendor's link host is refused, and taken over by its content of today", async () => {
        const replies = { [byName]: [list(vendor)] };
        const refused = await declare({ cloudflare }, replies);
        expect(refused.errors).toEqual([expect.stringContaining("`cloudflare.replaces: u1234567.ct.sendgrid.net`")]);
        expect(refused.isRegistered).toBe(false);
        const replaces = "u1234567.ct.sendgrid.net";
        const taken = await declare({ cloudflare: { ...cloudflare, replaces } }, replies);
        expect([taken.errors, taken.isRegistered]).toEqual([[], true]);
    });

    it("the name that the zone's MX leads to is refused, whatever it answers", async () => {
        const replies = {
            [byName]: [list(record({ type: "A", content: "192.0.2.25", proxied: false }))],
            [mailServers]: [list({ id: "m", name: "example.com", type: "MX", content: hostname, priority: 10 })],
        };
        const { errors, isRegistered } = await declare({ cloudflare: { ...cloudflare } }, replies);
        expect(errors).toMatchSnapshot();
        expect(isRegistered).toBe(false);
    });

    it("the guide's placeholder isn't a stranger, with the page rule or the redirect rule that forwards", async () => {
        const actions = [{ id: "forwarding_url", value: { url: "https://spgo.io/$1", status_code: 301 } }];
        const pageRule = {
            id: "p",
            targets: [{ constraint: { value: `${hostname}/*` } }],
            actions,
            priority: 1,
            status: "active",
        };
        const byPageRule = await declare(
            { cloudflare },
            { [byName]: [list(website)], [`${zone}/pagerules`]: [one([pageRule])] },
        );
        expect([byPageRule.errors, byPageRule.isRegistered]).toEqual([[], true]);
        const byRedirectRule = await declare(
            { cloudflare },
            { [byName]: [list(website)], [redirects]: [one({ rules: [redirectRule] })] },
        );
        expect([byRedirectRule.errors, byRedirectRule.isRegistered]).toEqual([[], true]);
        expect(byRedirectRule.warnings).toMatchSnapshot();
    });

    describe("app links at Cloudflare", () => {
        const accountId = "3".repeat(32);
        const args = {
            cloudflare: { zoneId, accountId },
            appLinks: { apple: [{ appId: "ABCDE12345.com.example.app" }] },
        };
        const routes = `${zone}/workers/routes`;
        const script = `GET /accounts/${accountId}/workers/scripts/${scriptNameOf(hostname, "program/dev")}/settings`;
        const none: Reply = {
            status: 404,
            body: { success: false, errors: [{ code: 10007, message: "This Worker does not exist on your account." }] },
        };
        const route = (more: object) => ({
            id: "4".repeat(32),
            pattern: `${hostname}/.well-known/apple-app-site-association`,
            script: "files",
            ...more,
        });
        const right = { [byName]: [list()], [routes]: [list()], [script]: [none] };

        it.each<[string, Record<string, Reply[]>]>([
            ["the token may not make a Worker", { ...right, [script]: [forbidden] }],
            ["the token may not make a route", { ...right, [routes]: [forbidden] }],
            ["somebody else has the route", { ...right, [routes]: [list(route({}))] }],
            [
                "somebody else has the route, without a Worker",
                { ...right, [routes]: [list(route({ script: undefined }))] },
            ],
        ])("are refused before the host is registered where %s", async (_what, replies) => {
            const { errors, isRegistered } = await declare(args, replies);
            expect(errors).toMatchSnapshot();
            expect([errors.length, isRegistered]).toEqual([1, false]);
        });

        it("aren't what a host is refused for that another stack has: its routes are in use", async () => {
            const theirs = record({
                content: "spgo.io",
                comment: "SparkPost tracking domain; links in sent mail depend on it",
            });
            const { errors, isRegistered } = await declare(args, {
                ...right,
                [byName]: [list(theirs)],
                [routes]: [list(route({}))],
            });
            expect(errors).toEqual([expect.stringContaining("#cloudflare-record")]);
            expect(isRegistered).toBe(false);
        });

        it("leave nothing at Cloudflare where an edge alone is refused", async () => {
            const replies = { ...right, [routes]: [list(route({}))] };
            const api = await startApi(byCall({ [mailServers]: [list()], [zone]: [one({})], ...replies }));
            const { appLinks, cloudflare } = args;
            const { errors, resources } = await run(
                () => new CloudflareEdge("links", { ...cloudflare, ...probe, hostname, appLinks }),
                {
                    config: { "cloudflare:apiToken": token, "cloudflare:baseUrl": api.url },
                    secrets: ["cloudflare:apiToken"],
                    answers: { [stateToken]: { outputs: {} } },
                    until: (_resources, errors) => errors.length > 0,
                },
            );
            expect(errors).toContainEqual(expect.stringContaining("#app-links-worker"));
            expect(resources.map(({ name }) => name)).toEqual(["links"]);
        });

        it("are served beside a route of another path, and beside the stack's own", async () => {
            const beside = { ...right, [routes]: [list(route({ pattern: `${hostname}/*` }))] };
            expect(await declare(args, beside)).toMatchObject({ errors: [], isRegistered: true });
            const own = { type: "cloudflare:index/workersRoute:WorkersRoute", outputs: route({}) };
            const answers = { [stateToken]: { outputs: { "urn:route": own } } };
            const again = await declare(args, { ...right, [routes]: [list(route({}))] }, { answers });
            expect(again).toMatchObject({ errors: [], isRegistered: true });
        });
    });

    it("a page rule isn't made beside a redirect rule that does the same", async () => {
        const { errors, isRegistered } = await declare(
            { cloudflare: { ...cloudflare, mode: "redirect" } },
            { [byName]: [list(website)], [redirects]: [one({ rules: [redirectRule] })] },
        );
        expect(errors).toMatchSnapshot();
        expect(isRegistered).toBe(false);
    });

    it("redirect rules that the token can't see are none", async () => {
        const replies = { [byName]: [list(record({ content: "spgo.io" }))], [redirects]: [forbidden] };
        const { errors, isRegistered } = await declare({ cloudflare: { ...cloudflare, mode: "redirect" } }, replies);
        expect([errors, isRegistered]).toEqual([[], true]);
    });

    it.each<[string, Partial<Args>, Record<string, Reply[]>]>([
        ["a record", { cloudflare }, { [byName]: [list(record({ content: 7 }))] }],
        ["a page rule", { cloudflare: { zoneId, mode: "redirect" } }, { [`${zone}/pagerules`]: [one([{ id: "p" }])] }],
        [
            "a Worker's route",
            {
                cloudflare: { zoneId, accountId: "3".repeat(32) },
                appLinks: { apple: [{ appId: "ABCDE12345.com.example.app" }] },
            },
            { [`${zone}/workers/routes`]: [list({ id: "r" })] },
        ],
    ])("%s that isn't in the form of Cloudflare's API ends the update, in words", async (_what, args, replies) => {
        const { errors, isRegistered } = await declare(args, { [byName]: [list()], ...replies });
        expect(errors).toMatchSnapshot();
        expect([errors.length, isRegistered]).toEqual([1, false]);
    });

    it.each<[string, Partial<Args>]>([
        ["Fastly", { fastly: { dns: { cloudflare: { zoneId } } } }],
        ["SparkPost's own certificate", { managed: { dns: { cloudflare: { zoneId } } } }],
    ])("mail records at its name are refused for %s, whose CNAME would hide them", async (_what, edge) => {
        const mail = [
            { id: "m", name: hostname, type: "MX", content: "smtp.sparkpostmail.com", priority: 10 },
            { id: "t", name: hostname, type: "TXT", content: '"v=spf1 include:sparkpostmail.com ~all"' },
        ];
        const { errors, isRegistered } = await declare(edge, { [byName]: [list(...mail)] });
        expect(errors).toMatchSnapshot();
        expect(isRegistered).toBe(false);
    });

    it("an id of another host is refused below Fastly and SparkPost's own certificate too", async () => {
        const dns = { cloudflare: { zoneId, import: { record: importId } } };
        const replies = {
            [byName]: [list()],
            [`${zone}/dns_records/${vendor.id}`]: [one({ ...vendor, name: "shop.example.com" })],
        };
        for (const edge of [{ fastly: { dns } }, { managed: { dns } }]) {
            const { errors, isRegistered } = await declare(edge, replies);
            expect(errors).toMatchSnapshot();
            expect(isRegistered).toBe(false);
        }
    });

    it("a rule's id of another host is refused", async () => {
        const pageRule = {
            id: "4".repeat(32),
            targets: [{ constraint: { value: "shop.example.com/*" } }],
            actions: [],
            priority: 1,
            status: "active",
        };
        const { errors, isRegistered } = await declare(
            { cloudflare: { zoneId, mode: "redirect", import: { pageRule: `${zoneId}/${pageRule.id}` } } },
            { [byName]: [list()], [`${zone}/pagerules`]: [one([pageRule])] },
        );
        expect(errors).toMatchSnapshot();
        expect(isRegistered).toBe(false);
    });
});

describe("where DNS gives no answer about a host whose records stand elsewhere", () => {
    const resource = { urn: "r" };
    const edge = { endpoint: "spgo.io", dependsOn: [] };
    const writer = { createRecord: () => resource as never };

    it.each<[string, Partial<Args>]>([
        ["is in use, behind an edge of one's own", { edge, adopt: true }],
        ["is in use, with records by hand", { managed: { dns: { manual: {} } }, adopt: true }],
        ["a program's own writer would change", { managed: { dns: writer } }],
    ])("one that %s is refused", async (_what, args) => {
        const { errors, isRegistered } = await declare(args, {}, { config: {} });
        expect(errors.sort().at(-1)).toMatchSnapshot();
        expect(isRegistered).toBe(false);
    });

    it.each<[string, Partial<Args>]>([
        ["nobody is known to use", { edge }],
        ["has its record by somebody's word", { managed: { dns: { manual: { recordsExist: true } } }, adopt: true }],
    ])("one that %s is registered with a warning", async (_what, args) => {
        const { errors, warnings, isRegistered } = await declare(args, {}, { config: {} });
        expect([errors, isRegistered]).toEqual([[], true]);
        expect(warnings.sort()).toMatchSnapshot();
    });
});

describe("a zone that is created and isn't active yet", () => {
    const cloudflare = { zone: "example.com", createZone: true, accountId: "a" };
    const pending = { ...zoneState, status: "pending", nameServers: ["a.ns.cloudflare.com"], activatedOn: "" };

    it.each<[string, object[]]>([
        ["isn't there yet", []],
        ["is pending", [{ ...pending, id: zoneId }]],
    ])("has its host looked at in public DNS where it %s", async (_what, results) => {
        const dns = await startNameServer(fromTable({ [`CNAME ${hostname}`]: ["u1234567.ct.sendgrid.net"] }));
        onTestFinished(dns.close);
        const { errors, isRegistered } = await declare(
            { cloudflare, probe: { resolver: dns.address, nameServers: [dns.address] } },
            { [byName]: [list()] },
            { answers: { [stateToken]: { outputs: {} }, [getZones]: { results } } },
        );
        expect(errors).toEqual([expect.stringContaining("`cloudflare.replaces: u1234567.ct.sendgrid.net`")]);
        expect(isRegistered).toBe(false);
    });
});

describe("an edge of one's own", () => {
    const told = async (edge: object, made: () => pulumi.Resource[] = () => []) => {
        const dns = await startNameServer(fromTable({ [`CNAME ${hostname}`]: ["d1.cloudfront.net"] }));
        onTestFinished(dns.close);
        const probe = { resolver: dns.address, nameServers: [dns.address] };
        return declare(
            () => ({ edge: { endpoint: "spgo.io", dependsOn: made(), ...edge }, probe }),
            {},
            { config: {} },
        );
    };

    it("that doesn't answer yet is refused, and taken by its content of today", async () => {
        const refused = await told({});
        expect(refused.errors).toEqual([expect.stringContaining("`edge.replaces: d1.cloudfront.net`")]);
        expect(refused.isRegistered).toBe(false);
        const taken = await told({ replaces: "d1.cloudfront.net" });
        expect([taken.errors, taken.isRegistered]).toEqual([[], true]);
    });

    it("that this program makes may be what answers, and the probe decides", async () => {
        const { errors, isRegistered } = await told({}, () => [new pulumi.ComponentResource("test:Edge", "edge")]);
        expect([errors, isRegistered]).toEqual([[], true]);
    });

    it("that its own records name is no stranger", async () => {
        const record = { type: "CNAME", name: hostname, value: "d1.cloudfront.net", purpose: "leads there" };
        const { errors, isRegistered } = await told({ dnsRecords: [record] });
        expect([errors, isRegistered]).toEqual([[], true]);
    });
});

it("one id isn't taken over for two hosts, and nobody is asked", async () => {
    const { errors, lookUps } = await run(
        () => {
            const cloudflare = { zone: "example.com", import: { record: importId } };
            new HttpsTrackingDomain("a", { hostname: "a.example.com", cloudflare });
            new HttpsTrackingDomain("b", { hostname: "b.example.com", fastly: { dns: { cloudflare } } });
        },
        { preview: true, answers: { [stateToken]: { outputs: {} } } },
    );
    expect(errors).toMatchSnapshot();
    expect(lookUps.length).toBeLessThan(2);
});
