import { describe, expect, it } from "vitest";
import { Client } from "../../../components/src/sparkpost/runtime/client.ts";
import { byCall, inTurn, type Script, startApi } from "../../support/scriptedApi.ts";

const domain = "track.example.com";
const key = "0123456789abcdef0123456789abcdef01234567";

async function start(script: Script, subaccount?: number) {
    const api = await startApi(script);
    return { api, client: new Client({ account: { apiUrl: api.url, subaccount }, key }) };
}

describe("every call", () => {
    it("carries the bare key, and no subaccount for the primary account", async () => {
        const { api, client } = await start(inTurn({ body: { results: { domain } } }));
        await client.find(domain);
        expect(api.calls[0]?.headers).toMatchObject({
            authorization: key,
            accept: "application/json",
            "user-agent": "pulumi-sparkpost-tracking",
        });
        expect(api.calls[0]?.headers).not.toHaveProperty("x-msys-subaccount");
    });

    it("carries the subaccount's number", async () => {
        const { api, client } = await start(inTurn({ body: { results: {} } }), 17);
        await client.register(domain);
        await client.verify(domain);
        expect(api.calls.map(({ headers }) => headers["x-msys-subaccount"])).toEqual(["17", "17"]);
    });

    it("sends what it means, and no more", async () => {
        const { api, client } = await start(inTurn({ body: { results: {} } }));
        await client.register(domain);
        await client.register(domain, false);
        await client.setSecure(domain, false);
        await client.makeDefault(domain);
        await client.verify(domain);
        await client.supportsCertificate(domain);
        await client.enableCertificate(domain);
        await client.findLink("example.com");
        await client.link("example.com", domain);
        await client.link("example.com", "");
        await client.remove(domain);
        expect(api.calls.map(({ what, body }) => [what, body])).toEqual([
            ["POST /tracking-domains", { domain, secure: true }],
            ["POST /tracking-domains", { domain, secure: false }],
            [`PUT /tracking-domains/${domain}`, { secure: false }],
            [`PUT /tracking-domains/${domain}`, { default: true }],
            [`POST /tracking-domains/${domain}/verify`, undefined],
            [`POST /tracking-domains/${domain}/certificate/check`, undefined],
            [`POST /tracking-domains/${domain}/certificate/enable`, undefined],
            ["GET /sending-domains/example.com", undefined],
            ["PUT /sending-domains/example.com", { tracking_domain: domain }],
            ["PUT /sending-domains/example.com", { tracking_domain: "" }],
            [`DELETE /tracking-domains/${domain}`, undefined],
        ]);
    });
});

describe("an answer", () => {
    it("is read with everything but the name optional", async () => {
        const { client } = await start(inTurn({ body: { results: { domain: "TRACK.example.com", new_field: 1 } } }));
        expect(await client.find(domain)).toEqual({
            domain,
            secure: false,
            default: false,
            verified: false,
        });
    });

    it("is read in full", async () => {
        const results = {
            domain,
            secure: true,
            default: true,
            port: 443,
            subaccount_id: 5,
            uses_managed_certificate: true,
            status: { verified: true, cname_status: "valid", compliance_status: "valid", tls_status: "valid" },
            tls_certificate: {
                issued_at: "2026-01-01T00:00:00Z",
                expires_at: "2026-04-01T00:00:00Z",
                error_code: "caa",
            },
        };
        const { client } = await start(inTurn({ body: { results } }), 5);
        expect(await client.find(domain)).toEqual({
            domain,
            secure: true,
            default: true,
            verified: true,
            port: 443,
            complianceStatus: "valid",
            tlsStatus: "valid",
            subaccount: 5,
            usesManagedCertificate: true,
            certificateIssuedAt: "2026-01-01T00:00:00Z",
            certificateExpiresAt: "2026-04-01T00:00:00Z",
            certificateError: "caa",
        });
    });

    it.each([
        [{ supportsManagedCertificate: true }, true],
        [{ supportsManagedCertificate: false }, false],
        [{ domain }, false],
    ])("about a certificate is yes only if it says so: %j", async (results, expected) => {
        const { client } = await start(inTurn({ body: { results } }));
        expect(await client.supportsCertificate(domain)).toBe(expected);
    });

    it.each([
        [
            { tracking_domain: "TRACK.example.com", subaccount_id: 7 },
            { domain, subaccount: 7 },
        ],
        [{ status: {} }, {}],
        [{ tracking_domain: "" }, {}],
    ])("about a sending domain is its link: %j", async (results, expected) => {
        const { client } = await start(inTurn({ body: { results } }));
        expect(await client.findLink("example.com")).toEqual(expected);
    });

    it("about a sending domain that isn't SparkPost's is no empty link", async () => {
        for (const body of [{ domain: "example.com" }, { results: [] }, { results: null }]) {
            const { client } = await start(inTurn({ body }));
            await expect(client.findLink("example.com")).rejects.toMatchObject({ status: 0 });
        }
    });

    it("to verify may be no, with a status that is empty", async () => {
        const results = { verified: false, cname_status: "", compliance_status: "pending" };
        const { client } = await start(inTurn({ body: { results } }));
        expect(await client.verify(domain)).toEqual({ verified: false, complianceStatus: "pending" });
    });

    it("of 404 means that there is no such domain, to read and to delete", async () => {
        const { api, client } = await start(byCall({}));
        expect(await client.find(domain)).toBeUndefined();
        expect(await client.findLink("example.com")).toBeUndefined();
        await expect(client.remove(domain)).resolves.toBeUndefined();
        expect(api.calls).toHaveLength(3);
    });

    it("of 404 to a change is an error with the remedy", async () => {
        const { client } = await start(byCall({}));
        await expect(client.setSecure(domain, true)).rejects.toMatchObject({ status: 404 });
    });

    it("that isn't JSON isn't SparkPost's: the error says so, quotes it, and never the key", async () => {
        const { client } = await start(inTurn({ body: `<html>${key} welcome` }));
        const error = await client.find(domain).catch(({ message }) => message);
        expect(error).toContain("<html>[secret] welcome");
        expect(error).not.toContain(key);
    });

    it("that redirects isn't followed: the key would travel along", async () => {
        const { api, client } = await start(inTurn({ status: 302, headers: { location: "/elsewhere" } }));
        await expect(client.find(domain)).rejects.toMatchObject({ status: 302 });
        expect(api.calls).toHaveLength(1);
    });

    it("that repeats the key is told without it", async () => {
        const { client } = await start(inTurn({ status: 401, body: { errors: [{ message: `bad key ${key}` }] } }));
        await expect(client.find(domain)).rejects.toThrow("401: bad key [secret]");
    });
});

describe("the default of a scope", () => {
    const entry = (name: string, fields: object) => ({ domain: name, default: true, ...fields });
    const list = { body: { results: [entry("sub.example.com", { subaccount_id: 3 }), entry("own.example.com", {})] } };

    it("is the primary account's own, though its list holds its subaccounts' too", async () => {
        const { api, client } = await start(inTurn(list));
        expect((await client.findDefault())?.domain).toBe("own.example.com");
        expect(api.whats()).toEqual(["GET /tracking-domains?default=true"]);
    });

    it("is the subaccount's, when the API names it or leaves it out", async () => {
        const named = await start(inTurn(list), 3);
        expect((await named.client.findDefault())?.domain).toBe("sub.example.com");
        const unnamed = await start(inTurn({ body: { results: [entry("sub.example.com", {})] } }), 3);
        expect((await unnamed.client.findDefault())?.domain).toBe("sub.example.com");
    });

    it("is nobody when no domain of the scope says so", async () => {
        const results = [entry("sub.example.com", { subaccount_id: 3 }), entry("own.example.com", { default: false })];
        const { client } = await start(inTurn({ body: { results } }));
        expect(await client.findDefault()).toBeUndefined();
    });
});
