import { describe, expect, it } from "vitest";
import { argumentProblems } from "../../components/src/arguments.ts";
import { describeProblem } from "../../components/src/pulumi/problems.ts";

const good = { hostname: "track.example.com", cloudflare: { zone: "example.com" } };
/** As Cloudflare's provider imports what is there. */
const [zoneId, id] = ["1".repeat(32), `${"1".repeat(32)}/${"2".repeat(32)}`];
const tell = (args: unknown) => argumentProblems(args).map(describeProblem);

/** One mistake, of this field. */
function expectRefused(args: unknown, field: string) {
    expect(argumentProblems(args).map((problem) => problem.field)).toEqual([field]);
    expect(tell(args)[0]).toMatchSnapshot();
}

describe("arguments of a tracking domain", () => {
    it.each([
        good,
        { ...good, account: { region: "eu", subaccount: 3 }, default: true, restorePreviousDefault: true },
        { ...good, adopt: true, protect: false, probe: false, verification: { deadline: 60 } },
        { ...good, probe: { deadline: 60, resolver: "1.1.1.1", connectTo: ["::127.0.0.1:8443"] } },
        { hostname: "a.b.example.com", cloudflare: { zone: "example.com", certificateCoversHostname: true } },
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
        ["hostname", undefined, "hostname"],
        ["hostname", 7, "hostname"],
        ["hostname", "track.example.com:8080", "hostname"],
        ["account", "us", "account"],
        ["account", { region: "uk" }, "account.region"],
        ["account", { subaccount: "7" }, "account.subaccount"],
        ["account", { subaccount: 0 }, "account.subaccount"],
        ["account", { endpoint: "track.example.com" }, "account.endpoint"],
        ["account", { apiUrl: "https://a.b/c" }, "account.endpoint"],
        ["cloudflare", undefined, "cloudflare, fastly, managed"],
        ["cloudflare", {}, "cloudflare.zone, zoneId"],
        ["cloudflare", { zone: 7 }, "cloudflare.zone"],
        ["cloudflare", { zone: "example.org" }, "cloudflare.zone"],
        ["cloudflare", { zoneId: 7 }, "cloudflare.zoneId"],
        ["cloudflare", { zone: "example.com", settings: "rule" }, "cloudflare.settings"],
        ["cloudflare", { zone: "example.com", priority: 2 }, "cloudflare.priority"],
        ["cloudflare", { zone: "example.com", settings: "pageRule", priority: 0 }, "cloudflare.priority"],
        ["cloudflare", { zone: "example.com", mode: "forward" }, "cloudflare.mode"],
        ["cloudflare", { zone: "example.com", mode: "redirect", settings: "pageRule" }, "cloudflare.settings"],
        ["cloudflare", { zone: "example.com", statusCode: 301 }, "cloudflare.statusCode"],
        ["cloudflare", { zone: "example.com", mode: "proxy", statusCode: 302 }, "cloudflare.statusCode"],
        ["cloudflare", { zone: "example.com", mode: "redirect", statusCode: 307 }, "cloudflare.statusCode"],
        ["cloudflare", { zone: "example.com", createZone: true }, "cloudflare.accountId"],
        ["cloudflare", { zone: "example.com", zoneId, createZone: true, accountId: "a" }, "cloudflare.zoneId"],
        ["cloudflare", { createZone: true, accountId: "a" }, "cloudflare.zone, zoneId"],
        ["cloudflare", { zone: "example.com", import: { record: "7" } }, "cloudflare.import.record"],
        ["cloudflare", { zoneId: "3".repeat(32), import: { record: id } }, "cloudflare.import.record"],
        ["cloudflare", { zone: "example.com", import: { pageRule: id } }, "cloudflare.import.pageRule"],
        ["cloudflare", { zone: "example.com", import: { rule: id } }, "cloudflare.import.rule"],
        ["secure", "no", "secure"],
        ["ignoreHsts", true, "ignoreHsts"],
        ["sendingDomains", "example.com", "sendingDomains"],
        ["sendingDomains", ["example.com", 7], "sendingDomains[1]"],
        ["sendingDomains", ["me@example.com"], "sendingDomains[0]"],
        ["edge", "nginx", "edge"],
        ["default", "yes", "default"],
        ["adopt", 1, "adopt"],
        ["protect", "no", "protect"],
        ["restorePreviousDefault", true, "restorePreviousDefault"],
        ["probe", true, "probe"],
        ["probe", { deadline: "60" }, "probe.deadline"],
        ["probe", { resolver: "dns.example" }, "probe.resolver"],
        ["probe", { nameServers: ["192.0.2.1", "x"] }, "probe.nameServers[1]"],
        ["probe", { caFile: "" }, "probe.caFile"],
        ["probe", { caFile: "/dev/zero" }, "probe.caFile"],
        ["probe", { connectTo: ["443"] }, "probe.connectTo[0]"],
        ["probe", { deadlin: 60 }, "probe.deadlin"],
        ["verification", { deadline: 0 }, "verification.deadline"],
        ["verification", { deadline: "1h" }, "verification.deadline"],
        ["verifcation", {}, "verifcation"],
    ])("%s %j is refused at %s, with value and remedy", (name, value, field) => {
        expectRefused({ ...good, [name]: value }, field);
    });

    const host = { hostname: "track.example.com" };
    const dns = { cloudflare: { zone: "example.com" } };
    it.each<[object, string]>([
        [{ ...good, fastly: { dns } }, "cloudflare, fastly"],
        [{ ...host, managed: { dns }, fastly: { dns } }, "fastly, managed"],
        [{ ...host, fastly: {} }, "fastly.dns"],
        [{ ...host, fastly: { dns: { manual: {}, ...dns } } }, "fastly.dns"],
        [{ ...host, fastly: { dns: "manual" } }, "fastly.dns"],
        [{ ...host, fastly: { dns: { cloudflare: { zone: 1 } } } }, "fastly.dns.cloudflare.zone"],
        [{ ...host, fastly: { dns: { cloudflare: { zone: "example.org" } } } }, "fastly.dns.cloudflare.zone"],
        [
            { ...host, fastly: { dns: { cloudflare: { zone: "example.com", import: { record: "1/2" } } } } },
            "fastly.dns.cloudflare.import.record",
        ],
        [{ ...host, fastly: { dns: { hand: {} } } }, "fastly.dns.hand"],
        [{ ...host, fastly: { dns, certificateAuthority: "verisign" } }, "fastly.certificateAuthority"],
        [{ ...host, fastly: { dns, cacheTtl: -1 } }, "fastly.cacheTtl"],
        [{ ...host, fastly: { dns, cacheTtl: 0.5 } }, "fastly.cacheTtl"],
        [{ ...host, fastly: { dns, ttl: 10 } }, "fastly.ttl"],
        [{ ...host, fastly: { dns, serviceId: "x", cacheTtl: 1 } }, "fastly.cacheTtl"],
        [{ ...host, fastly: { dns, certificateDeadline: 0 } }, "fastly.certificateDeadline"],
        [{ ...host, managed: {} }, "managed.dns"],
        [{ ...host, managed: { dns, certificateDeadline: -1 } }, "managed.certificateDeadline"],
        [{ ...host, account: { tenant: "acme" }, managed: { dns } }, "managed"],
        [{ ...host, account: { apiUrl: "https://sp.example.com/api/v1" }, managed: { dns } }, "managed"],
        [{ ...host, account: { region: "eu", endpoint: "EU.spgo.io" }, managed: { dns } }, "managed"],
    ])("%j is refused at %s, with value and remedy", expectRefused);

    it("name every unknown field, and never repeat what stands in one: it may be a key", () => {
        const args = { ...good, account: { apiKey: "0123456789abcdef" } };
        expectRefused(args, "account.apiKey");
        expect(tell(args).join()).not.toContain("0123456789abcdef");
    });

    it("are refused two labels below the zone, at the host's own field", () => {
        expectRefused({ ...good, hostname: "a.track.example.com" }, "hostname");
    });

    it("are refused with two edges, and told which", () => {
        expectRefused({ ...good, edge: { endpoint: "spgo.io", dependsOn: [] } }, "cloudflare, edge");
    });

    it("are refused when an edge of one's own forwards to the host itself", () => {
        const edge = { endpoint: "track.example.com", dependsOn: [] };
        expectRefused({ hostname: good.hostname, edge }, "edge.endpoint");
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
