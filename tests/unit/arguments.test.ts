import { describe, expect, it } from "vitest";
import { argumentProblems } from "../../components/src/arguments.ts";
import { describeProblem } from "../../components/src/pulumi/problems.ts";

const good = { hostname: "track.example.com", cloudflare: { zone: "example.com" } };
/** As Cloudflare's provider imports what is there. */
const [zoneId, id] = ["1".repeat(32), `${"1".repeat(32)}/${"2".repeat(32)}`];
const tell = (args: unknown) => argumentProblems(args).map(describeProblem);

describe("arguments of a tracking domain", () => {
    it.each([
        good,
        { ...good, account: { region: "eu", subaccount: 3 }, default: true, restorePreviousDefault: true },
        { ...good, adopt: true, protect: false, probe: false, verification: { deadline: 60 } },
        { ...good, probe: { deadline: 60, resolver: "1.1.1.1", connectTo: ["::127.0.0.1:8443"] } },
        { hostname: "a.b.example.com", cloudflare: { zone: "example.com", certificateCoversHost: true } },
        { hostname: "track.example.com", cloudflare: { zoneId, settings: "pageRule", priority: 3 } },
        { hostname: "track.example.com", cloudflare: { zone: "example.com", mode: "proxy" } },
        { hostname: "track.example.com", cloudflare: { zoneId, import: { record: id } } },
        {
            hostname: "track.example.com",
            cloudflare: { zone: "example.com", mode: "redirect", import: { record: id, pageRule: id } },
        },
        { ...good, secure: false, ignoreHsts: true, sendingDomains: ["example.com", "mail.example.com"] },
        { hostname: "track.example.com", fastly: { dns: { cloudflare: { zone: "example.com" } } } },
        {
            hostname: "track.example.com",
            fastly: { dns: { manual: { recordsExist: true } }, cacheTtl: 0, certificateAuthority: "globalsign" },
        },
        { hostname: "track.example.com", fastly: { dns: { createRecord: () => undefined }, serviceId: "id" } },
        { hostname: "track.example.com", managed: { dns: { manual: {} }, acceptInterruption: true } },
        {
            hostname: "track.example.com",
            account: { apiUrl: "https://sp.example.com/api/v1", endpoint: "v2.example.com" },
            managed: { dns: { cloudflare: { zoneId } } },
        },
        { hostname: "track.example.com", cloudflare: { zone: "example.com", mode: "redirect" } },
        {
            hostname: "track.example.com",
            cloudflare: { zone: "example.com", mode: "redirect", statusCode: 301, priority: 2 },
        },
        { hostname: "track.example.com", edge: { endpoint: "spgo.io", redirects: true, dependsOn: [] } },
        { hostname: "track.example.com", cloudflare: { zone: "example.com", createZone: true, accountId: "a" } },
        { hostname: "track.example.com", cloudflare: { zone: "track.example.com", createZone: true, accountId: "a" } },
        { hostname: "track.example.com", cloudflare: { zone: "example.com", createZone: false } },
        { hostname: "track.example.com", edge: { endpoint: "spgo.io", dependsOn: [] } },
        {
            hostname: "track.example.com",
            account: { apiUrl: "https://a.b/c", endpoint: "t.a.b" },
            edge: { endpoint: "t.a.b", dependsOn: [] },
        },
    ])("are taken: %j", (args) => {
        expect(tell(args)).toEqual([]);
    });

    it.each<[string, unknown, string]>([
        ["hostname", undefined, "hostname: this is needed: a text"],
        ["hostname", 7, "hostname (7): write a text"],
        ["hostname", "track.example.com:8080", 'hostname ("track.example.com:8080"): leave out the port'],
        ["account", "us", 'account ("us"): write a set of fields'],
        ["account", { region: "uk" }, 'account.region ("uk"): write "us" or "eu"'],
        ["account", { subaccount: "7" }, 'account.subaccount ("7"): write the subaccount\'s number'],
        ["account", { subaccount: 0 }, "account.subaccount (0): write the subaccount's number"],
        [
            "account",
            { endpoint: "track.example.com" },
            'account.endpoint ("track.example.com"): the endpoint is the host itself',
        ],
        [
            "account",
            { apiUrl: "https://a.b/c" },
            "account.endpoint: with `apiUrl` the SparkPost host behind the edge isn't known",
        ],
        ["cloudflare", undefined, "cloudflare, fastly, managed: give exactly one way to reach the host"],
        ["cloudflare", {}, "cloudflare.zone, zoneId: name the zone that holds the host"],
        ["cloudflare", { zone: 7 }, "cloudflare.zone (7): write the zone's plain name"],
        [
            "cloudflare",
            { zone: "example.org" },
            'cloudflare.zone ("example.org"): track.example.com doesn\'t lie in it',
        ],
        ["cloudflare", { zoneId: 7 }, "cloudflare.zoneId (7): "],
        [
            "cloudflare",
            { zone: "example.com", settings: "rule" },
            'cloudflare.settings ("rule"): write "none" or "pageRule"',
        ],
        ["cloudflare", { zone: "example.com", priority: 2 }, "cloudflare.priority (2): this is the page rule's"],
        [
            "cloudflare",
            { zone: "example.com", settings: "pageRule", priority: 0 },
            "cloudflare.priority (0): write a whole number from 1 up",
        ],
        [
            "cloudflare",
            { zone: "example.com", mode: "forward" },
            'cloudflare.mode ("forward"): write "proxy" or "redirect"',
        ],
        [
            "cloudflare",
            { zone: "example.com", mode: "redirect", settings: "pageRule" },
            'cloudflare.settings ("pageRule"): it doesn\'t go with `mode: redirect`',
        ],
        ["cloudflare", { zone: "example.com", statusCode: 301 }, "cloudflare.statusCode (301): this is the redirect's"],
        [
            "cloudflare",
            { zone: "example.com", mode: "proxy", statusCode: 302 },
            "cloudflare.statusCode (302): this is the redirect's; it goes with `mode: redirect`",
        ],
        [
            "cloudflare",
            { zone: "example.com", mode: "redirect", statusCode: 307 },
            "cloudflare.statusCode (307): write 301 or 302",
        ],
        [
            "cloudflare",
            { zone: "example.com", createZone: true },
            "cloudflare.accountId: with `createZone` give the Cloudflare account",
        ],
        [
            "cloudflare",
            { zone: "example.com", zoneId, createZone: true, accountId: "a" },
            `cloudflare.zoneId ("${zoneId}"): a zone with an id is there already`,
        ],
        [
            "cloudflare",
            { createZone: true, accountId: "a" },
            "cloudflare.zone, zoneId: name the zone that holds the host",
        ],
        [
            "cloudflare",
            { zone: "example.com", import: { record: "7" } },
            'cloudflare.import.record ("7"): write two ids with a slash between them, as `npx --no-install pulumi-sparkpost-tracking find` prints them',
        ],
        [
            "cloudflare",
            { zoneId: "3".repeat(32), import: { record: id } },
            `cloudflare.import.record ("${id}"): it lies in another zone than`,
        ],
        [
            "cloudflare",
            { zone: "example.com", import: { pageRule: id } },
            `cloudflare.import.pageRule ("${id}"): it goes with \`mode: redirect\` or \`settings: pageRule\``,
        ],
        ["cloudflare", { zone: "example.com", import: { rule: id } }, "cloudflare.import.rule: there is no such field"],
        ["secure", "no", 'secure ("no"): write true or false'],
        ["ignoreHsts", true, "ignoreHsts (true): it goes with `secure: false`"],
        ["sendingDomains", "example.com", 'sendingDomains ("example.com"): write a list'],
        ["sendingDomains", ["example.com", 7], "sendingDomains[1] (7): write a text"],
        ["sendingDomains", ["me@example.com"], 'sendingDomains[0] ("me@example.com"): write the plain name'],
        ["edge", "nginx", 'edge ("nginx"): '],
        ["default", "yes", 'default ("yes"): write true or false'],
        ["adopt", 1, "adopt (1): write true or false"],
        ["protect", "no", 'protect ("no"): write true or false'],
        ["restorePreviousDefault", true, "restorePreviousDefault (true): it goes with `default: true`"],
        ["probe", true, "probe (true): write a set of fields, or false for no probe"],
        ["probe", { deadline: "60" }, 'probe.deadline ("60"): write seconds'],
        ["probe", { resolver: "dns.example" }, 'probe.resolver ("dns.example"): write an IP address'],
        ["probe", { nameServers: ["192.0.2.1", "x"] }, 'probe.nameServers[1] ("x"): write an IP address'],
        ["probe", { caFile: "" }, 'probe.caFile (""): it can\'t be read; write the path of a PEM file'],
        ["probe", { connectTo: ["443"] }, 'probe.connectTo[0] ("443"): write "HOST:PORT:TO_HOST:TO_PORT"'],
        ["probe", { deadlin: 60 }, "probe.deadlin: there is no such field; did you mean deadline?"],
        ["verification", { deadline: 0 }, "verification.deadline (0): write seconds, more than 0"],
        ["verification", { deadline: "1h" }, 'verification.deadline ("1h"): write seconds'],
        ["verifcation", {}, "verifcation: there is no such field"],
    ])("%s %j is refused with field, value and remedy", (field, value, told) => {
        const problems = tell({ ...good, [field]: value });
        expect(problems).toHaveLength(1);
        expect(problems[0]).toContain(told);
    });

    const host = { hostname: "track.example.com" };
    const dns = { cloudflare: { zone: "example.com" } };
    it.each<[object, string]>([
        [{ ...good, fastly: { dns } }, "cloudflare, fastly: give exactly one way to reach the host"],
        [{ ...host, managed: { dns }, fastly: { dns } }, "fastly, managed: give exactly one way"],
        [{ ...host, fastly: {} }, "fastly.dns: say who writes the records"],
        [{ ...host, fastly: { dns: { manual: {}, ...dns } } }, "fastly.dns: say who writes the records"],
        [{ ...host, fastly: { dns: "manual" } }, 'fastly.dns ("manual"): '],
        [
            { ...host, fastly: { dns: { cloudflare: { zone: 1 } } } },
            "fastly.dns.cloudflare.zone (1): write the zone's plain name",
        ],
        [
            { ...host, fastly: { dns: { cloudflare: { zone: "example.org" } } } },
            'fastly.dns.cloudflare.zone ("example.org"): track.example.com doesn\'t lie in it',
        ],
        [
            { ...host, fastly: { dns: { cloudflare: { zone: "example.com", import: { record: "1/2" } } } } },
            'fastly.dns.cloudflare.import.record ("1/2"): write two ids with a slash between them',
        ],
        [{ ...host, fastly: { dns: { hand: {} } } }, "fastly.dns.hand: there is no such field"],
        [
            { ...host, fastly: { dns, certificateAuthority: "verisign" } },
            'fastly.certificateAuthority ("verisign"): write "lets-encrypt" or "certainly" or "globalsign"',
        ],
        [{ ...host, fastly: { dns, cacheTtl: -1 } }, "fastly.cacheTtl (-1): write whole seconds from 0 up"],
        [{ ...host, fastly: { dns, cacheTtl: 0.5 } }, "fastly.cacheTtl (0.5): write whole seconds"],
        [{ ...host, fastly: { dns, ttl: 10 } }, "fastly.ttl: there is no such field"],
        [{ ...host, fastly: { dns, serviceId: "x", cacheTtl: 1 } }, "fastly.cacheTtl: with `serviceId`"],
        [{ ...host, fastly: { dns, certificateDeadline: 0 } }, "fastly.certificateDeadline (0): write seconds"],
        [{ ...host, managed: {} }, "managed.dns: say who writes the records"],
        [{ ...host, managed: { dns, certificateDeadline: -1 } }, "managed.certificateDeadline (-1): write seconds"],
        [
            { ...host, account: { tenant: "acme" }, managed: { dns } },
            "managed: SparkPost Enterprise (tenant acme) has no v2",
        ],
        [
            { ...host, account: { apiUrl: "https://sp.example.com/api/v1" }, managed: { dns } },
            "managed: with `apiUrl` the v2 endpoint isn't known",
        ],
        [
            { ...host, account: { region: "eu", endpoint: "EU.spgo.io" }, managed: { dns } },
            "managed: SparkPost holds certificates at its v2 endpoints only, and account.endpoint is EU.spgo.io: leave it out, or write eu.v2.spgo.io",
        ],
    ])("%j is refused with field, value and remedy", (args, told) => {
        const problems = tell(args);
        expect(problems).toHaveLength(1);
        expect(problems[0]).toContain(told);
    });

    it("name every unknown field, and never repeat what stands in one: it may be a key", () => {
        const problems = tell({ ...good, account: { apiKey: "0123456789abcdef" } });
        expect(problems).toEqual([expect.stringMatching(/^account\.apiKey: there is no such field/)]);
        expect(problems.join()).not.toContain("0123456789abcdef");
    });

    it("are refused two labels below the zone, at the host's own field", () => {
        expect(tell({ ...good, hostname: "a.track.example.com" })).toEqual([
            expect.stringMatching(/^hostname \("a\.track\.example\.com"\): it lies 2 labels below the zone/),
        ]);
    });

    it("are refused with two edges, and told which", () => {
        expect(tell({ ...good, edge: { endpoint: "spgo.io", dependsOn: [] } })).toEqual([
            expect.stringMatching(/^cloudflare, edge: give exactly one way/),
        ]);
    });

    it("are refused when an edge of one's own forwards to the host itself", () => {
        expect(tell({ hostname: good.hostname, edge: { endpoint: "track.example.com", dependsOn: [] } })).toHaveLength(
            1,
        );
    });

    it("are told all mistakes at once, whether of form or of meaning", () => {
        const problems = tell({
            hostname: "https://example.com",
            account: { timeout: 0 },
            cloudflare: { zone: "example.com" },
            protect: "no",
            probe: { deadline: 0 },
            verification: { deadline: -1 },
        });
        expect(problems.map((problem) => problem.split(" ", 1)[0])).toEqual([
            "hostname",
            "hostname",
            "account.timeout",
            "protect",
            "probe.deadline",
            "verification.deadline",
        ]);
    });

    it.each([[undefined], [null], ["track.example.com"], [[]]])("are refused when there are none: %j", (args) => {
        expect(tell(args).length).toBeGreaterThan(0);
    });
});

describe("an edge of one's own", () => {
    const edge = { endpoint: "spgo.io", dependsOn: [] };

    it.each<[object, string]>([
        [{ ...edge, endpoint: "https://spgo.io" }, "edge.endpoint"],
        [{ ...edge, endpoint: "track.example.com" }, "edge.endpoint"],
        [{ endpoint: "spgo.io" }, "edge.dependsOn"],
        [{ ...edge, redirects: "yes" }, "edge.redirects"],
    ])("is refused without what it needs: %j", (given, field) => {
        const problems = argumentProblems({ hostname: "track.example.com", edge: given });
        expect(problems.map((problem) => problem.field)).toEqual([field]);
    });
});

describe("mistakes of one set of fields", () => {
    it("are told beside one of the wrong type in it, and without a usable host", () => {
        const fields = argumentProblems({
            hostname: "*.track.example.com",
            account: { region: "uk", subaccount: 0, timeout: 0 },
            cloudflare: { zone: "example.com.", priority: -1 },
            verification: { deadline: 1e12 },
        }).map(({ field }) => field);
        expect(fields).toEqual([
            "hostname",
            "account.region",
            "account.subaccount",
            "account.timeout",
            "cloudflare.zone",
            "cloudflare.priority",
            "verification.deadline",
        ]);
    });

    it("an international zone holds an international host", () => {
        expect(argumentProblems({ hostname: "track.bücher.example", cloudflare: { zone: "Bücher.example" } })).toEqual(
            [],
        );
    });
});
