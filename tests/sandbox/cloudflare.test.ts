import { APIError } from "cloudflare";
import { describe, expect, it, vi } from "vitest";
import type { Permission, Sandbox, SandboxOptions } from "../../dev/sandbox/index.ts";
import { cloudflare, events, HOST, world } from "./world.ts";

const ALL: Permission[] = [
    "Zone Read",
    "Zone Write",
    "DNS Write",
    "Page Rules Write",
    "SSL and Certificates Read",
    "Zone Settings Read",
    "Dynamic URL Redirects Read",
];
const RECORD = { name: HOST, type: "CNAME", content: "spgo.io", proxied: true, ttl: 1 } as const;

/** A zone's client: what every call needs. */
async function zone(options?: SandboxOptions) {
    const sandbox = await world(options);
    return { sandbox, client: cloudflare(sandbox), zone_id: sandbox.cloudflare.zoneId("example.com") };
}

/** Status and code of the error that a call ends in. */
async function refusal(call: PromiseLike<unknown>): Promise<[number | undefined, number | undefined]> {
    const error = await Promise.resolve(call).then(
        () => undefined,
        (reason: unknown) => reason,
    );
    if (!(error instanceof APIError)) {
        throw new Error(`expected an API error, got ${error}`);
    }
    return [error.status, error.errors[0]?.code];
}

describe("zones", () => {
    it("are found by name, by all of the conditions or by any", async () => {
        const accountId = "f".repeat(32);
        const zones = [
            { name: "example.com" },
            { name: "example.com", accountId },
            { name: "pending.example", status: "pending" as const },
        ];
        const { client } = await zone({ zones });
        const { result, result_info } = await client.zones.list({
            name: "example.com",
            match: "all",
            account: { id: accountId },
        });
        expect(result).toMatchObject([{ name: "example.com", account: { id: accountId }, status: "active" }]);
        expect(result_info).toEqual({ page: 1, per_page: 20, count: 1, total_count: 1, total_pages: 1 });
        expect(
            (await client.zones.list({ name: "pending.example", account: { id: accountId }, match: "any" })).result,
        ).toHaveLength(2);
        const { result: pending } = await client.zones.list({ status: "pending" });
        expect(pending).toMatchObject([
            { name: "pending.example", activated_on: null, name_servers: [/./, /./].map(() => expect.any(String)) },
        ]);
    });

    it("come in pages, until one is empty", async () => {
        const sandbox = await world({ zones: ["a", "b", "c"].map((name) => ({ name: `${name}.example` })) });
        const found = [];
        for await (const { name } of cloudflare(sandbox).zones.list({ per_page: 2 })) {
            found.push(name);
        }
        expect(found).toEqual(["a.example", "b.example", "c.example"]);
        expect(sandbox.cloudflare.calls).toHaveLength(3);
    });

    it("are read by id", async () => {
        const { client, zone_id } = await zone();
        expect(await client.zones.get({ zone_id })).toMatchObject({
            id: zone_id,
            name: "example.com",
            type: "full",
            paused: false,
        });
        expect(await refusal(client.zones.get({ zone_id: "0".repeat(32) }))).toEqual([404, 7003]);
    });

    it("have an SSL mode that can be read and set", async () => {
        const { client, zone_id } = await zone({ zones: [{ name: "example.com", ssl: "flexible" }] });
        const ssl = { zone_id, setting_id: "ssl" as const };
        expect(await client.zones.settings.get("ssl", { zone_id })).toMatchObject({ id: "ssl", value: "flexible" });
        await client.zones.settings.edit("ssl", { ...ssl, value: "strict" });
        expect(await client.zones.settings.get("ssl", { zone_id })).toMatchObject({ value: "strict" });
    });

    it.each(["auto", "custom"] as const)(
        "have an SSL mode that Cloudflare chooses, or not: %s",
        async (sslAutomatic) => {
            const { client, zone_id } = await zone({ zones: [{ name: "example.com", sslAutomatic }] });
            const setting = await client.zones.settings.get("ssl_automatic_mode", { zone_id });
            expect(setting).toMatchObject({ id: "ssl_automatic_mode", value: sslAutomatic });
            expect("next_scheduled_scan" in setting).toBe(sslAutomatic === "auto");
        },
    );

    it.each([
        [{}, "active"],
        [{ certificate: false }, "pending_validation"],
        [{ status: "pending" as const }, "pending_validation"],
    ])("have a certificate pack: %j is %s", async (options, status) => {
        const { client, zone_id } = await zone({ zones: [{ name: "example.com", ...options }] });
        const { result } = await client.ssl.certificatePacks.list({ zone_id });
        expect(result).toMatchObject([{ type: "universal", hosts: ["example.com", "*.example.com"], status }]);
    });
});

describe("a zone that is created", () => {
    const account = { id: "f".repeat(32) };
    const NEW = "example.org";
    const click = `https://track.${NEW}/f/a`;

    it("is empty and pending, with name servers, and found by name and account", async () => {
        const { client, sandbox } = await zone();
        const order = { account, name: NEW, type: "full", paused: false } as const;
        const created = await client.zones.create(order); // as the official plugin does
        expect(created).toMatchObject({ name: NEW, status: "pending", activated_on: null, account });
        expect(created.name_servers).toHaveLength(2);
        const { result } = await client.zones.list({ name: NEW, account, match: "all" });
        expect(result).toEqual([created]);
        expect(sandbox.cloudflare.records(NEW)).toEqual([]);
        expect(await refusal(client.zones.create({ account, name: NEW, type: "full" }))).toEqual([400, 1061]);
    });

    it("takes records, which nobody sees until it is delegated", async () => {
        const { client, sandbox } = await zone({ ttlScale: 0 });
        const { id: zone_id } = await client.zones.create({ account, name: NEW, type: "full" });
        const name = `track.${NEW}`;
        await client.dns.records.create({ zone_id, ...RECORD, name });
        sandbox.sparkpost.us.seed({ domain: name, secure: true, verified: true });
        await expect(sandbox.click(click)).rejects.toMatchObject({ code: "ENOTFOUND" });

        sandbox.cloudflare.delegate(NEW);
        expect((await sandbox.click(click)).status).toBe(302);
        expect(await client.zones.get({ zone_id })).toMatchObject({
            status: "active",
            activated_on: expect.any(String),
        });
        expect(
            events(sandbox, "zone-created", "zone-active", "name-visible", "certificate-ready").map(({ kind }) => kind),
        ).toEqual(["zone-created", "zone-active", "name-visible", "certificate-ready"]);
    });

    it("of a host in an active zone hides nothing before it is delegated, and is the one asked then", async () => {
        const { client, sandbox } = await zone({ ttlScale: 0 });
        sandbox.sparkpost.us.seed({ domain: HOST, secure: true, verified: true });
        sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: true });
        const { id: zone_id } = await client.zones.create({ account, name: HOST, type: "full" });
        expect((await sandbox.click(`https://${HOST}/f/a`)).status).toBe(302);
        sandbox.cloudflare.delegate(HOST);
        await expect(sandbox.click(`https://${HOST}/f/a`)).rejects.toMatchObject({ code: "ENOTFOUND" });
        await client.dns.records.create({ zone_id, ...RECORD });
        expect((await sandbox.click(`https://${HOST}/f/a`)).status).toBe(302);
    });

    it("can be deleted with all that it holds", async () => {
        const { client, sandbox } = await zone({ ttlScale: 0 });
        const { id: zone_id } = await client.zones.create({ account, name: NEW, type: "full" });
        sandbox.cloudflare.delegate(NEW);
        await client.dns.records.create({ zone_id, ...RECORD, name: `track.${NEW}` });
        expect(await client.zones.delete({ zone_id })).toEqual({ id: zone_id });
        expect(await refusal(client.zones.get({ zone_id }))).toEqual([404, 7003]);
        await expect(sandbox.click(click)).rejects.toMatchObject({ code: "ENOTFOUND" });
    });
});

describe("records", () => {
    it("are created, read, listed, updated, edited and deleted", async () => {
        const { client, zone_id, sandbox } = await zone();
        const { records } = client.dns;
        const { id, ...created } = await records.create({
            zone_id,
            ...RECORD,
            name: "Track.Example.com",
            comment: "tracking",
        });
        expect(created).toMatchObject({
            ...RECORD,
            proxiable: true,
            comment: "tracking",
            tags: [],
            settings: {},
            meta: {},
        });
        expect(created.created_on).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
        expect(await records.get(id, { zone_id })).toEqual({ id, ...created });
        expect((await records.list({ zone_id, name: { exact: HOST }, type: "CNAME" })).result).toHaveLength(1);
        expect((await records.list({ zone_id, name: { exact: "other.example.com" } })).result).toEqual([]);
        expect(await records.edit(id, { zone_id, ...RECORD, proxied: false, ttl: 60 })).toMatchObject({
            ttl: 60,
            comment: "tracking",
        });
        expect(await records.update(id, { zone_id, ...RECORD, content: "eu.spgo.io" })).toMatchObject({
            ttl: 1,
            comment: null,
        });
        expect(sandbox.cloudflare.records("example.com")).toMatchObject([{ id, content: "eu.spgo.io", proxied: true }]);
        expect(await records.delete(id, { zone_id })).toEqual({ id });
        expect(await refusal(records.get(id, { zone_id }))).toEqual([404, 81044]);
        expect(events(sandbox, "record-created", "record-updated", "record-deleted").map(({ kind }) => kind)).toEqual([
            "record-created",
            "record-updated",
            "record-updated",
            "record-deleted",
        ]);
    });

    it("have an automatic TTL while they are proxied", async () => {
        const { client, zone_id } = await zone();
        const { id, ttl } = await client.dns.records.create({ zone_id, ...RECORD, ttl: 60 });
        expect(ttl).toBe(1);
        expect(await client.dns.records.edit(id, { zone_id, ...RECORD, proxied: false, ttl: 60 })).toMatchObject({
            ttl: 60,
        });
    });

    it("bear one CNAME a name, and nothing beside it", async () => {
        const { client, zone_id } = await zone();
        const { records } = client.dns;
        await records.create({ zone_id, ...RECORD });
        expect(await refusal(records.create({ zone_id, ...RECORD, content: "eu.spgo.io" }))).toEqual([400, 81053]);
        const address = { zone_id, name: HOST, type: "A", content: "192.0.2.1", ttl: 1 } as const;
        expect(await refusal(records.create(address))).toEqual([400, 81053]);
    });

    it.each([
        ["MX", "mail.example.com"],
        ["TXT", "v=spf1 -all"],
    ] as const)("of mail (%s) may stand beside a CNAME, or may not: assumed", async (type, content) => {
        for (const cnameBesideMail of ["accepted", "refused"] as const) {
            const { client, zone_id } = await zone({ assumed: { cnameBesideMail } });
            const mail = { zone_id, name: HOST, type, content, ttl: 1, priority: 10 } as const;
            const alias = { zone_id, ...RECORD };
            const { id } = await client.dns.records.create(mail);
            const outcome = cnameBesideMail === "refused" ? [400, 81053] : undefined;
            const refusalOf = async (call: PromiseLike<unknown>) =>
                outcome ? await refusal(call) : await Promise.resolve(call).then(() => undefined);
            expect(await refusalOf(client.dns.records.create(alias))).toEqual(outcome);
            await client.dns.records.delete(id, { zone_id });
            if (outcome) {
                await client.dns.records.create(alias);
            }
            expect(await refusalOf(client.dns.records.create(mail))).toEqual(outcome);
        }
    });

    it("of type MX have their priority beside the content, also when they are seeded as in a zone file", async () => {
        const { client, sandbox, zone_id } = await zone();
        sandbox.cloudflare.seedRecord({ name: HOST, type: "MX", content: "10 smtp.sparkpostmail.com" });
        const { result } = await client.dns.records.list({ zone_id, name: { exact: HOST } });
        expect(result).toMatchObject([{ type: "MX", content: "smtp.sparkpostmail.com", priority: 10 }]);
        sandbox.cloudflare.seedRecord({ name: "none.example.com", type: "MX", content: "0 ." });
        const created = await client.dns.records.create({
            zone_id,
            name: HOST,
            type: "MX",
            content: "a.b",
            ttl: 1,
            priority: 5,
        });
        expect(created).toMatchObject({ content: "a.b", priority: 5 });
        expect(await client.dns.records.get(created.id, { zone_id })).toEqual(created);
    });

    it("say when they were changed, or an earlier time where a test asks for it", async () => {
        const { client, sandbox, zone_id } = await zone({ modifiedAgo: 3600 });
        const { modified_on } = await client.dns.records.create({ zone_id, ...RECORD });
        expect(Date.now() - Date.parse(modified_on)).toBeGreaterThanOrEqual(3_600_000);
        const early = "2024-02-03T04:05:06.789012Z";
        sandbox.cloudflare.changeRecord(HOST, { content: "eu.spgo.io", modified_on: early });
        expect(sandbox.cloudflare.records("example.com")).toMatchObject([
            { content: "eu.spgo.io", modified_on: early },
        ]);
        sandbox.cloudflare.changeRecord(HOST, { proxied: false });
        expect(sandbox.cloudflare.records("example.com")[0]?.modified_on).not.toBe(early);
    });

    it("may share a name otherwise, unless they are the same", async () => {
        const { client, zone_id } = await zone();
        const text = (content: string) =>
            client.dns.records.create({ zone_id, name: HOST, type: "TXT", content, ttl: 1 });
        await text("one");
        await text("two");
        expect(await refusal(text("one"))).toEqual([400, 81057]);
    });

    it("can be changed and deleted by somebody else", async () => {
        const { sandbox } = await zone();
        sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: true });
        sandbox.cloudflare.changeRecord(HOST, { proxied: false });
        expect(sandbox.cloudflare.records("example.com")).toMatchObject([{ name: HOST, proxied: false }]);
        sandbox.cloudflare.removeRecord(HOST);
        expect(sandbox.cloudflare.records("example.com")).toEqual([]);
    });
});

describe("page rules", () => {
    const patternOf = (value: string) => [
        { target: "url" as const, constraint: { operator: "matches" as const, value } },
    ];
    const targets = patternOf(`${HOST}/*`);
    const actions = [{ id: "ssl" as const, value: "full" as const }];

    it("are created disabled, read, listed, replaced and deleted", async () => {
        const { client, zone_id, sandbox } = await zone();
        const created = await client.pageRules.create({ zone_id, targets, actions });
        expect(created).toMatchObject({ targets, actions, priority: 1, status: "disabled" });
        expect(await client.pageRules.get(created.id, { zone_id })).toEqual(created);
        await client.pageRules.update(created.id, { zone_id, targets, actions, priority: 5, status: "active" });
        expect(await client.pageRules.list({ zone_id, status: "active" })).toMatchObject([
            { id: created.id, priority: 5 },
        ]);
        expect(await client.pageRules.list({ zone_id, status: "disabled" })).toEqual([]);
        expect(sandbox.cloudflare.pageRules("example.com")).toHaveLength(1);
        await client.pageRules.delete(created.id, { zone_id });
        expect(await refusal(client.pageRules.get(created.id, { zone_id }))).toEqual([404, 1002]);
        expect(events(sandbox, "page-rule-created", "page-rule-updated", "page-rule-deleted")).toHaveLength(3);
    });

    it("are no more than the plan allows", async () => {
        const { client, zone_id } = await zone({ pageRuleQuota: 1 });
        await client.pageRules.create({ zone_id, targets, actions });
        const second = client.pageRules.create({ zone_id, targets: patternOf("www.example.com/*"), actions });
        expect(await refusal(second)).toEqual([400, 1004]);
    });

    it("have a pattern of their own, also when they are changed", async () => {
        const { client, zone_id } = await zone();
        await client.pageRules.create({ zone_id, targets, actions });
        const again = client.pageRules.create({ zone_id, targets, actions });
        await expect(again).rejects.toThrow("already has an existing page rule with that URL");
        const www = await client.pageRules.create({ zone_id, targets: patternOf("www.example.com/*"), actions });
        expect(await refusal(client.pageRules.update(www.id, { zone_id, targets, actions }))).toEqual([400, 1004]);
    });

    it("forward, or set something, but not both", async () => {
        const { client, zone_id } = await zone();
        const forward = {
            id: "forwarding_url" as const,
            value: { url: "https://spgo.io/$1", status_code: 302 as const },
        };
        expect(await refusal(client.pageRules.create({ zone_id, targets, actions: [forward, ...actions] }))).toEqual([
            400, 1004,
        ]);
    });

    it("aren't for account-owned tokens: 1011", async () => {
        const { client, zone_id } = await zone({ cloudflareToken: { kind: "account" } });
        expect(await refusal(client.pageRules.list({ zone_id }))).toEqual([403, 1011]);
        expect((await client.dns.records.list({ zone_id })).result).toEqual([]);
    });
});

describe("redirect rules", () => {
    const read = (client: ReturnType<typeof cloudflare>, zone_id: string) =>
        client.rulesets.phases.get("http_request_dynamic_redirect", { zone_id });
    const rule = { expression: `(http.host eq "${HOST}")`, target_url: "https://spgo.io/" };

    it("are read as the phase's ruleset, which a zone has once it had a rule: else 404", async () => {
        const { client, zone_id, sandbox } = await zone();
        expect(await refusal(read(client, zone_id))).toEqual([404, 10003]);
        sandbox.cloudflare.seedRedirectRule("example.com", { ...rule, status_code: 302, preserve_query_string: true });
        expect(await read(client, zone_id)).toMatchObject({
            phase: "http_request_dynamic_redirect",
            kind: "zone",
            rules: [
                {
                    action: "redirect",
                    expression: rule.expression,
                    enabled: true,
                    action_parameters: {
                        from_value: {
                            target_url: { value: rule.target_url },
                            status_code: 302,
                            preserve_query_string: true,
                        },
                    },
                },
            ],
        });
    });

    it("hold the one of the fault too, first of all", async () => {
        const { client, zone_id, sandbox } = await zone({ faults: { edgeRedirect: "https://spgo.io/f/a" } });
        sandbox.cloudflare.seedRedirectRule("example.com", rule);
        const { rules } = await read(client, zone_id);
        expect(rules.map(({ expression }) => expression)).toEqual(["true", rule.expression]);
    });

    it("that the edge doesn't understand are refused when they are seeded", async () => {
        const { sandbox } = await zone();
        const { seedRedirectRule } = sandbox.cloudflare;
        for (const expression of ["ip.src eq 192.0.2.1", '(http.host eq "a" or http.host eq "b")', "not true"]) {
            expect(() => seedRedirectRule("example.com", { ...rule, expression })).toThrow("model");
        }
        const target_url = { expression: 'regex_replace(http.host, "a", "b")' };
        expect(() => seedRedirectRule("example.com", { ...rule, target_url })).toThrow("model");
    });
});

describe("tokens", () => {
    const CALLS: [Permission, (client: ReturnType<typeof cloudflare>, zone_id: string) => PromiseLike<unknown>][] = [
        ["Zone Read", (client) => client.zones.list()],
        ["Zone Write", (client) => client.zones.create({ account: { id: "a" }, name: "new.example", type: "full" })],
        ["DNS Write", (client, zone_id) => client.dns.records.list({ zone_id })],
        ["Page Rules Write", (client, zone_id) => client.pageRules.list({ zone_id })],
        ["SSL and Certificates Read", (client, zone_id) => client.ssl.certificatePacks.list({ zone_id })],
        ["Zone Settings Read", (client, zone_id) => client.zones.settings.get("ssl", { zone_id })],
        [
            "Dynamic URL Redirects Read",
            (client, zone_id) => client.rulesets.phases.get("http_request_dynamic_redirect", { zone_id }),
        ],
    ];

    it.each(CALLS)("without %s are refused what it is for, and nothing else", async (missing, call) => {
        const permissions = ALL.filter((permission) => permission !== missing);
        const { client, zone_id, sandbox } = await zone({ cloudflareToken: { kind: "user", permissions } });
        sandbox.cloudflare.seedRedirectRule("example.com", { expression: "true", target_url: "https://spgo.io/" });
        expect(await refusal(call(client, zone_id))).toEqual([403, 10000]);
        for (const [permission, other] of CALLS) {
            if (permission !== missing) {
                await other(client, zone_id);
            }
        }
    });

    it("that are wrong get 403 and 9109", async () => {
        const { sandbox } = await zone();
        const wrong = cloudflare({ ...sandbox, cloudflare: { ...sandbox.cloudflare, apiToken: "x".repeat(40) } });
        expect(await refusal(wrong.zones.list())).toEqual([403, 9109]);
    });
});

describe("faults", () => {
    it("are answered as told, and retried by the client", async () => {
        const { client, sandbox } = await zone({ faults: { cloudflare: [{ status: 503, times: 1 }] } });
        expect((await client.zones.list()).result).toHaveLength(1);
        expect(sandbox.cloudflare.calls.map(({ status }) => status)).toEqual([503, 200]);
    });
});

describe("what isn't modelled", () => {
    const unmodelled: [string, (sandbox: Sandbox, zone_id: string) => PromiseLike<unknown>][] = [
        [
            "a new partial zone",
            (sandbox) =>
                cloudflare(sandbox).zones.create({ account: { id: "a" }, name: "new.example", type: "partial" }),
        ],
        [
            "a new paused zone",
            (sandbox) => {
                const order = { account: { id: "a" }, name: "new.example", paused: true } as const;
                return cloudflare(sandbox).zones.create(order);
            },
        ],
        ["a changed zone", (sandbox, zone_id) => cloudflare(sandbox).zones.edit({ zone_id, paused: true })],
        [
            "a record of an odd type",
            (sandbox, zone_id) =>
                cloudflare(sandbox).dns.records.create({
                    zone_id,
                    name: HOST,
                    type: "NS",
                    content: "x",
                    ttl: 1,
                }),
        ],
        ["an odd filter", (sandbox, zone_id) => cloudflare(sandbox).dns.records.list({ zone_id, search: "x" })],
        [
            "another setting",
            (sandbox, zone_id) => cloudflare(sandbox).zones.settings.get("min_tls_version", { zone_id }),
        ],
    ];

    it.each(unmodelled)("is answered with 501, once, for the reply says not to retry: %s", async (_what, call) => {
        const sandbox = await world();
        const printed = vi.spyOn(console, "error").mockReturnValue();
        expect((await refusal(call(sandbox, sandbox.cloudflare.zoneId("example.com"))))[0]).toBe(501);
        expect(events(sandbox, "unmodelled")).toHaveLength(1);
        expect(sandbox.cloudflare.calls).toHaveLength(1);
        printed.mockRestore();
    });
});
