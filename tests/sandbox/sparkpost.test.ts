import { describe, expect, it, vi } from "vitest";
import type { Sandbox } from "../../dev/sandbox/index.ts";
import { events, HOST, sparkpost, world } from "./world.ts";

const PATH = `/tracking-domains/${HOST}`;

describe("registration", () => {
    it("answers with the name only, and the domain is unverified", async () => {
        const sandbox = await world();
        const created = await sparkpost(sandbox, "POST /tracking-domains", {
            body: { domain: "Track.Example.com", secure: true },
        });
        expect([created.status, created.json]).toEqual([200, { results: { domain: HOST } }]);
        const { json } = await sparkpost(sandbox, `GET ${PATH}`);
        expect(json.results).toEqual({
            domain: HOST,
            secure: true,
            port: 443,
            default: false,
            status: { verified: false, cname_status: "unverified", compliance_status: "pending" },
        });
        expect(events(sandbox, "registered")).toMatchObject([{ actor: "sparkpost", host: HOST, secure: true }]);
    });

    it("is insecure on port 80 unless asked, and ignores fields it doesn't know", async () => {
        const sandbox = await world();
        await sparkpost(sandbox, "POST /tracking-domains", { body: { domain: HOST, port: 443, sekure: true } });
        const { json } = await sparkpost(sandbox, `GET ${PATH}`);
        expect(json.results).toMatchObject({ secure: false, port: 80 });
    });

    it("refuses a name that is taken, in whatever scope, with 409", async () => {
        const sandbox = await world();
        sandbox.sparkpost.us.seed({ domain: HOST, subaccount_id: 7 });
        const { status, json } = await sparkpost(sandbox, "POST /tracking-domains", { body: { domain: HOST } });
        expect([status, json]).toEqual([409, { errors: [{ message: "The tracking domain already exists" }] }]);
    });

    it.each(["example.com", "https://track.example.com", "a..example.com", "track.example.com."])(
        "refuses %s with 422",
        async (domain) => {
            const sandbox = await world();
            const { status, json } = await sparkpost(sandbox, "POST /tracking-domains", { body: { domain } });
            expect(status).toBe(422);
            expect(json).toEqual({ errors: [{ message: "domain must be valid", param: "domain", value: domain }] });
        },
    );

    it("refuses a blacklisted name with 400", async () => {
        const sandbox = await world({ blacklisted: [HOST] });
        const { status, json } = await sparkpost(sandbox, "POST /tracking-domains", { body: { domain: HOST } });
        expect(status).toBe(400);
        expect(json.errors).toEqual([{ message: "domain is on a DNS blacklist", param: "domain", value: HOST }]);
    });

    it("tells a full plan in a shape unlike all others", async () => {
        const sandbox = await world({ planLimit: 1 });
        sandbox.sparkpost.us.seed({ domain: "other.example.com" });
        const { status, json } = await sparkpost(sandbox, "POST /tracking-domains", { body: { domain: HOST } });
        expect([status, json]).toEqual([403, "Plan limit for tracking domains reached"]);
    });

    it("keeps the regions apart", async () => {
        const sandbox = await world();
        await sparkpost(sandbox, "POST /tracking-domains", { body: { domain: HOST } });
        expect((await sparkpost(sandbox, `GET ${PATH}`, { region: "eu" })).status).toBe(404);
        expect(
            (await sparkpost(sandbox, "POST /tracking-domains", { region: "eu", body: { domain: HOST } })).status,
        ).toBe(200);
    });
});

describe("reading", () => {
    it("tells an impossible name (400) from an unknown one (404)", async () => {
        const sandbox = await world();
        const impossible = await sparkpost(sandbox, "GET /tracking-domains/example");
        const unknown = await sparkpost(sandbox, `GET ${PATH}`);
        expect([impossible.status, impossible.json.errors[0].message]).toEqual([400, "domain must be valid"]);
        expect([unknown.status, unknown.json.errors[0].message]).toEqual([404, "resource not found"]);
    });

    it("shows a vendor-managed certificate where there is one", async () => {
        const sandbox = await world();
        const tls_certificate = { issued_at: "2026-01-01T00:00:00Z" };
        sandbox.sparkpost.us.seed({
            domain: HOST,
            uses_managed_certificate: true,
            tls_status: "valid",
            tls_certificate,
        });
        const { json } = await sparkpost(sandbox, `GET ${PATH}`);
        expect(json.results).toMatchObject({
            uses_managed_certificate: true,
            tls_certificate,
            status: { tls_status: "valid" },
        });
    });

    it("filters a list by default and by subaccount", async () => {
        const sandbox = await world();
        sandbox.sparkpost.us.seed({ domain: "a.example.com", verified: true, default: true });
        sandbox.sparkpost.us.seed({ domain: "b.example.com", subaccount_id: 7 });
        const named = async (query: string) => {
            const { json } = await sparkpost(sandbox, `GET /tracking-domains${query}`);
            return json.results.map(({ domain }: { domain: string }) => domain);
        };
        expect(await named("?default=true")).toEqual(["a.example.com"]);
        expect(await named("?subaccounts=7")).toEqual(["b.example.com"]);
        expect(await named("?subaccounts=0,7")).toEqual(["a.example.com", "b.example.com"]);
    });

    it.each([
        ["all", 2],
        ["own", 1],
    ] as const)("lists for the primary account, assumed %s: %d", async (primaryList, count) => {
        const sandbox = await world({ assumed: { primaryList } });
        sandbox.sparkpost.us.seed({ domain: "a.example.com" });
        sandbox.sparkpost.us.seed({ domain: "b.example.com", subaccount_id: 7 });
        expect((await sparkpost(sandbox, "GET /tracking-domains")).json.results).toHaveLength(count);
        expect((await sparkpost(sandbox, "GET /tracking-domains", { subaccount: 7 })).json.results).toMatchObject([
            { domain: "b.example.com", subaccount_id: 7 },
        ]);
    });
});

describe("scopes and keys", () => {
    it.each([
        ["all", 200],
        ["own", 404],
    ] as const)(
        "lets the primary account reach %s, as assumed, and no subaccount another",
        async (primaryReach, status) => {
            const sandbox = await world({ assumed: { primaryReach } });
            await sparkpost(sandbox, "POST /tracking-domains", { body: { domain: HOST }, subaccount: 7 });
            expect((await sparkpost(sandbox, `GET ${PATH}`, { subaccount: 7 })).json.results.subaccount_id).toBe(7);
            expect((await sparkpost(sandbox, `GET ${PATH}`)).status).toBe(status);
            expect((await sparkpost(sandbox, `PUT ${PATH}`, { subaccount: 8, body: { secure: true } })).status).toBe(
                404,
            );
            expect((await sparkpost(sandbox, `DELETE ${PATH}`)).status).toBe(status === 200 ? 204 : 404);
        },
    );

    it("gives a subaccount's own key its scope", async () => {
        const sandbox = await world({ keys: [{ key: "of-seven", subaccount: 7 }] });
        await sparkpost(sandbox, "POST /tracking-domains", { body: { domain: HOST }, key: "of-seven" });
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ domain: HOST, subaccount_id: 7 }]);
    });

    it("answers a key of the other region, like any unknown one, with 401", async () => {
        const sandbox = await world();
        const { status, json } = await sparkpost(sandbox, `GET ${PATH}`, { key: sandbox.sparkpost.eu.apiKey });
        expect([status, json]).toEqual([401, { errors: [{ message: "Unauthorized." }] }]);
    });

    it("answers a key without the grant with 403", async () => {
        const sandbox = await world({ keys: [{ key: "viewer", grants: ["tracking_domains/view"] }] });
        const written = await sparkpost(sandbox, "POST /tracking-domains", { key: "viewer", body: { domain: HOST } });
        expect([written.status, written.json]).toEqual([403, { errors: [{ message: "Forbidden." }] }]);
        expect((await sparkpost(sandbox, "GET /tracking-domains", { key: "viewer" })).status).toBe(200);
    });

    it.each([
        [true, 200],
        [false, 403],
    ])("lets a key that may manage also read, assumed %s: %d", async (manageIncludesView, expected) => {
        const keys = [{ key: "manager", grants: ["tracking_domains/manage" as const] }];
        const sandbox = await world({ keys, assumed: { manageIncludesView } });
        const { status } = await sparkpost(sandbox, "GET /tracking-domains", { key: "manager" });
        expect(status).toBe(expected);
    });
});

describe("update and delete", () => {
    it("refuses an unverified default with 422, and changes nothing", async () => {
        const sandbox = await world();
        sandbox.sparkpost.us.seed({ domain: HOST });
        const { status, json } = await sparkpost(sandbox, `PUT ${PATH}`, { body: { secure: true, default: true } });
        expect([status, json]).toEqual([422, { errors: [{ message: `Tracking domain '${HOST}' unverified.` }] }]);
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ secure: false, default: false }]);
    });

    it("unsets the scope's previous default without a word, and only that one", async () => {
        const sandbox = await world();
        sandbox.sparkpost.us.seed({ domain: "old.example.com", verified: true, default: true });
        sandbox.sparkpost.us.seed({ domain: "sub.example.com", verified: true, default: true, subaccount_id: 7 });
        sandbox.sparkpost.us.seed({ domain: HOST, verified: true });
        const { json } = await sparkpost(sandbox, `PUT ${PATH}`, { body: { default: true } });
        expect(json).toEqual({ results: { domain: HOST } });
        const defaults = sandbox.sparkpost.us.domains().filter((domain) => domain.default);
        expect(defaults.map(({ domain }) => domain)).toEqual(["sub.example.com", HOST]);
        expect(events(sandbox, "default-changed")).toMatchObject([{ host: HOST, default: true }]);
        await sparkpost(sandbox, `PUT ${PATH}`, { body: { default: false } });
        expect(events(sandbox, "default-changed")).toHaveLength(2);
    });

    it.each([
        [true, false],
        [false, true],
    ])("takes the verification away with a changed scheme, assumed %s", async (putSecureResetsVerified, verified) => {
        const sandbox = await world({ assumed: { putSecureResetsVerified } });
        sandbox.sparkpost.us.seed({ domain: HOST, verified: true });
        await sparkpost(sandbox, `PUT ${PATH}`, { body: { secure: false } });
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ verified: true }]);
        await sparkpost(sandbox, `PUT ${PATH}`, { body: { secure: true } });
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ secure: true, verified }]);
        expect(events(sandbox, "secure-changed")).toMatchObject([{ host: HOST, secure: true, verified }]);
    });

    it("deletes once", async () => {
        const sandbox = await world();
        sandbox.sparkpost.us.seed({ domain: HOST });
        const deleted = await sparkpost(sandbox, `DELETE ${PATH}`);
        expect([deleted.status, deleted.text]).toEqual([204, ""]);
        expect((await sparkpost(sandbox, `DELETE ${PATH}`)).status).toBe(404);
        expect(events(sandbox, "domain-deleted")).toMatchObject([{ host: HOST }]);
    });
});

describe("faults", () => {
    it("answers as told, so often as told, without effect", async () => {
        const sandbox = await world({ faults: { sparkpost: [{ method: "POST", status: 503, times: 1 }] } });
        const failed = await sparkpost(sandbox, "POST /tracking-domains", { body: { domain: HOST } });
        expect([failed.status, failed.json]).toEqual([503, { errors: [{ message: "Service Unavailable." }] }]);
        expect(sandbox.sparkpost.us.domains()).toEqual([]);
        expect((await sparkpost(sandbox, "POST /tracking-domains", { body: { domain: HOST } })).status).toBe(200);
        expect(sandbox.sparkpost.us.calls.map(({ status }) => status)).toEqual([503, 200]);
    });

    it("lets a call take effect and fails it then", async () => {
        const sandbox = await world();
        sandbox.faults.sparkpost.push({
            path: /tracking-domains$/,
            status: 502,
            body: "<html>",
            times: 1,
            applied: true,
        });
        const { status, text } = await sparkpost(sandbox, "POST /tracking-domains", { body: { domain: HOST } });
        expect([status, text]).toEqual([502, "<html>"]);
        expect(sandbox.sparkpost.us.domains()).toMatchObject([{ domain: HOST }]);
    });

    it.each([true, false])("resets the connection, with effect: %s", async (applied) => {
        const sandbox = await world({ faults: { sparkpost: [{ status: 0, times: 1, applied }] } });
        await expect(sparkpost(sandbox, "POST /tracking-domains", { body: { domain: HOST } })).rejects.toThrow();
        expect(sandbox.sparkpost.us.domains()).toHaveLength(applied ? 1 : 0);
        expect(sandbox.sparkpost.us.calls).toMatchObject([{ method: "POST", status: 0 }]);
    });

    const created = (sandbox: Sandbox, signal?: AbortSignal) => {
        const { apiUrl, apiKey } = sandbox.sparkpost.us;
        const headers = { authorization: apiKey, "content-type": "application/json" };
        const body = JSON.stringify({ domain: HOST });
        return fetch(`${apiUrl}/tracking-domains`, { method: "POST", headers, body, signal });
    };

    it("hangs after a call took effect, until the client has enough", async () => {
        const sandbox = await world({ faults: { sparkpost: [{ method: "POST", transport: "hang", times: 1 }] } });
        const giveUp = new AbortController();
        const ended = expect(created(sandbox, giveUp.signal)).rejects.toThrow("abort");
        await sandbox.waitFor(({ kind }) => kind === "registered");
        giveUp.abort();
        await ended;
        expect(sandbox.sparkpost.us.domains()).toHaveLength(1);
    });

    it("cuts an answer off in the middle, or sends it byte by byte and never ends", async () => {
        const sandbox = await world();
        sandbox.faults.sparkpost.push({ transport: "truncated", times: 1 });
        const truncated = await created(sandbox);
        expect(truncated.status).toBe(200);
        await expect(truncated.text()).rejects.toThrow("terminated");
        expect(sandbox.sparkpost.us.domains()).toHaveLength(1);

        sandbox.faults.sparkpost.push({ transport: "trickle", times: 1, status: 503 });
        const trickled = await created(sandbox);
        expect(trickled.status).toBe(503);
        const reader = trickled.body?.getReader();
        const bytes = [await reader?.read(), await reader?.read()];
        expect(bytes.map((one) => String.fromCharCode(...(one?.value ?? [])))).toEqual(["{", '"']);
        await reader?.cancel();
    });

    it("has headers of a stranger", async () => {
        const fault = {
            status: 403,
            body: "<html>",
            headers: { "content-type": "text/html", server: "squid" },
            times: 1,
        };
        const sandbox = await world({ faults: { sparkpost: [fault] } });
        const { headers } = await sparkpost(sandbox, "GET /tracking-domains");
        expect([headers.get("content-type"), headers.get("server")]).toEqual(["text/html", "squid"]);
    });

    it("says when to come back", async () => {
        const sandbox = await world({ faults: { sparkpost: [{ status: 429, retryAfter: 3, times: 1 }] } });
        const { status, headers } = await sparkpost(sandbox, "GET /tracking-domains");
        expect([status, headers.get("retry-after")]).toEqual([429, "3"]);
    });

    it("allows so many calls a second, and each region its own", async () => {
        const sandbox = await world({ faults: { rateLimit: 2 } });
        const statuses = async (region: "us" | "eu") => {
            const results = [1, 2, 3].map(() => sparkpost(sandbox, "GET /tracking-domains", { region }));
            return (await Promise.all(results)).map(({ status }) => status).sort();
        };
        expect(await statuses("us")).toEqual([200, 200, 429]);
        expect(await statuses("eu")).toEqual([200, 200, 429]);
        // What was refused doesn't count.
        sandbox.faults.rateLimit = 3;
        expect((await sparkpost(sandbox, "GET /tracking-domains")).status).toBe(200);
    });
});

describe("what somebody else does", () => {
    it("shows at the API and on the timeline", async () => {
        const sandbox = await world();
        sandbox.sparkpost.us.seed({ domain: HOST, verified: true, default: true });
        sandbox.sparkpost.us.seed({ domain: "theirs.example.com", verified: true });
        sandbox.sparkpost.us.change("theirs.example.com", { default: true });
        sandbox.sparkpost.us.change(HOST, { verified: false });
        const { json } = await sparkpost(sandbox, `GET ${PATH}`);
        expect(json.results).toMatchObject({ default: false, status: { verified: false, cname_status: "unverified" } });
        sandbox.sparkpost.us.remove(HOST);
        expect((await sparkpost(sandbox, `GET ${PATH}`)).status).toBe(404);
        expect(events(sandbox, "seeded", "changed-elsewhere", "removed-elsewhere")).toHaveLength(5);
        expect(() => sandbox.sparkpost.us.remove(HOST)).toThrow(HOST);
    });
});

describe("what isn't modelled", () => {
    it.each(["GET /sending-domains?dkim_status=valid", "PATCH /sending-domains/example.com"])(
        "answers %s with 501",
        async (line) => {
            const sandbox = await world();
            const printed = vi.spyOn(console, "error").mockReturnValue();
            const { status, json } = await sparkpost(sandbox, line);
            expect([status, json]).toEqual([501, { errors: [{ message: "Not modelled by the sandbox" }] }]);
            expect(events(sandbox, "unmodelled")).toHaveLength(1);
            expect(printed).toHaveBeenCalledOnce();
            printed.mockRestore();
        },
    );

    it("is no body that isn't JSON: that is a 400", async () => {
        const sandbox = await world();
        expect((await sparkpost(sandbox, "POST /tracking-domains", { body: "{domain}" })).status).toBe(400);
    });
});
