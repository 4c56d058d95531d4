import { describe, expect, it } from "vitest";
import type { Sandbox } from "../../dev/sandbox/index.ts";
import { type CallOptions, events, HOST, sparkpost, world } from "./world.ts";

const PATH = "/sending-domains/example.com";

const link = (sandbox: Sandbox, tracking_domain: string, options: CallOptions = {}) =>
    sparkpost(sandbox, `PUT ${PATH}`, { ...options, body: { tracking_domain } });
const read = async (sandbox: Sandbox, options?: CallOptions) =>
    (await sparkpost(sandbox, `GET ${PATH}`, options)).json.results;

describe("a sending domain", () => {
    it("is linked to a registered tracking domain, read, and unlinked", async () => {
        const sandbox = await world();
        sandbox.sparkpost.us.seed({ domain: HOST });
        expect(await read(sandbox)).not.toHaveProperty("tracking_domain");
        const linked = await link(sandbox, HOST.toUpperCase());
        expect([linked.status, linked.json.results.domain]).toEqual([200, "example.com"]);
        expect(await read(sandbox)).toMatchObject({ tracking_domain: HOST, status: { ownership_verified: true } });
        expect(sandbox.sparkpost.us.links()).toEqual({ "example.com": HOST });
        await link(sandbox, "");
        expect(await read(sandbox)).not.toHaveProperty("tracking_domain");
        expect(events(sandbox, "link-changed")).toMatchObject([
            { host: HOST, sending: "example.com" },
            { host: "", sending: "example.com" },
        ]);
    });

    it("is in the list by its name, and so is what it is linked to", async () => {
        const sandbox = await world({ sendingDomains: ["example.com", { domain: "example.org", subaccount: 7 }] });
        sandbox.sparkpost.us.seed({ domain: HOST });
        await link(sandbox, HOST);
        const list = async (query: string, options?: CallOptions) =>
            (await sparkpost(sandbox, `GET /sending-domains${query}`, options)).json.results;
        expect(await list("")).toMatchObject([
            { domain: "example.com", tracking_domain: HOST, status: { ownership_verified: true } },
            { domain: "example.org", subaccount_id: 7 },
        ]);
        expect(await list("?subaccounts=0")).toMatchObject([{ domain: "example.com" }]);
        expect(await list("", { subaccount: 7 })).toMatchObject([{ domain: "example.org" }]);
    });

    it.each([
        ["refused", 409],
        ["deleted", 204],
    ] as const)("that is linked is in the way of a deletion, assumed %s: %d", async (deletionInUse, expected) => {
        const sandbox = await world({ assumed: { deletionInUse } });
        sandbox.sparkpost.us.seed({ domain: HOST });
        await link(sandbox, HOST);
        const { status, json } = await sparkpost(sandbox, `DELETE /tracking-domains/${HOST}`);
        expect(status).toBe(expected);
        if (expected === 409) {
            expect(json.errors[0]).toMatchObject({
                message: "resource conflict",
                description: expect.stringContaining("in use"),
            });
            await link(sandbox, "");
            expect((await sparkpost(sandbox, `DELETE /tracking-domains/${HOST}`)).status).toBe(204);
        }
    });

    it("isn't linked to what isn't registered: 400, code 1200", async () => {
        const sandbox = await world();
        const { status, json } = await link(sandbox, HOST);
        expect([status, json.errors[0].code]).toEqual([400, "1200"]);
        expect(json.errors[0].description).toBe(`Tracking domain '${HOST}' is not a registered tracking domain`);
    });

    it("that nobody has is a 404, to read and to change", async () => {
        const sandbox = await world();
        for (const [method, body] of [["GET"], ["PUT", {}]] as const) {
            const { status, json } = await sparkpost(sandbox, `${method} /sending-domains/else.example`, { body });
            expect([status, json.errors[0].code]).toEqual([404, "1600"]);
        }
    });

    it("is the business of its grants alone", async () => {
        const grants = ["tracking_domains/view", "tracking_domains/manage"] as const;
        const sandbox = await world({ keys: [{ key: "tracker", grants: [...grants] }] });
        expect((await link(sandbox, "", { key: "tracker" })).status).toBe(403);
        expect((await sparkpost(sandbox, `GET ${PATH}`, { key: "tracker" })).status).toBe(403);
        expect((await sparkpost(sandbox, "GET /sending-domains", { key: "tracker" })).status).toBe(403);
    });

    it.each([
        [true, 200],
        [false, 403],
    ])("is read with the grant to manage it, assumed %s: %d", async (manageIncludesView, expected) => {
        const keys = [{ key: "sender", grants: ["sending_domains/manage" as const] }];
        const sandbox = await world({ keys, assumed: { manageIncludesView } });
        expect((await sparkpost(sandbox, `GET ${PATH}`, { key: "sender" })).status).toBe(expected);
        expect((await link(sandbox, "", { key: "sender" })).status).toBe(200);
    });
});

describe("a subaccount's sending domain", () => {
    const sendingDomains = [{ domain: "example.com", subaccount: 7 }];

    it("is linked to a tracking domain of the same subaccount", async () => {
        const sandbox = await world({ sendingDomains });
        sandbox.sparkpost.us.seed({ domain: HOST });
        expect((await link(sandbox, HOST, { subaccount: 7 })).json.errors[0].code).toBe("1200");
        sandbox.sparkpost.us.change(HOST, { subaccount_id: 7 });
        expect((await link(sandbox, HOST, { subaccount: 7 })).status).toBe(200);
        expect(await read(sandbox, { subaccount: 7 })).toMatchObject({ tracking_domain: HOST, subaccount_id: 7 });
    });

    it("isn't another one's, nor is the primary account's", async () => {
        const sandbox = await world({ sendingDomains: [...sendingDomains, "example.org"] });
        expect((await link(sandbox, "", { subaccount: 8 })).status).toBe(404);
        const { status } = await sparkpost(sandbox, "GET /sending-domains/example.org", { subaccount: 7 });
        expect(status).toBe(404);
    });

    it.each([
        ["all", 200],
        ["own", 404],
    ] as const)("is reached by the primary account, assumed %s: %d", async (primaryReach, expected) => {
        const sandbox = await world({ sendingDomains, assumed: { primaryReach } });
        expect((await sparkpost(sandbox, `GET ${PATH}`)).status).toBe(expected);
    });
});
