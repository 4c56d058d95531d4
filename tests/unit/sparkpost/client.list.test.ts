import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Client, clientFor } from "../../../components/src/sparkpost/runtime/client.ts";
import { type ScriptedApi, startApi } from "../../support/scriptedApi.ts";

const names = Array.from({ length: 100 }, (_, index) => `t${index}.example.com`);
const list = "GET /tracking-domains";

/** An API with a hundred domains, of which the first is the default. */
async function start(): Promise<{ api: ScriptedApi; client: Client }> {
    const objects = names.map((domain, index) => ({ domain, default: index === 0 }));
    const api = await startApi((what) => {
        const path = what.split(" ")[1] ?? "";
        const one = objects.find(({ domain }) => path === `/tracking-domains/${domain}`);
        const some = path.endsWith("?default=true") ? objects.filter((object) => object.default) : objects;
        return { body: { results: one ?? (path.endsWith("/verify") ? {} : some) } };
    });
    return { api, client: new Client({ account: { apiUrl: api.url }, key: "key" }) };
}

describe("the list that a refresh reads", () => {
    it("is asked for once for any number of domains, at once and one after the other", async () => {
        const { api, client } = await start();
        await Promise.all(names.map((name) => client.findInList(name)));
        for (const name of names) {
            expect((await client.findInList(name))?.domain).toBe(name);
        }
        expect((await client.findDefaultInList())?.domain).toBe("t0.example.com");
        expect(await client.findInList("other.example.com")).toBeUndefined();
        expect(api.whats()).toEqual([list]);
    });

    it("is asked for again after a failure", async () => {
        let isDown = true;
        const api = await startApi(() => (isDown ? { status: 403, body: {} } : { body: { results: [] } }));
        const client = new Client({ account: { apiUrl: api.url }, key: "key" });
        await expect(client.findInList("t1.example.com")).rejects.toThrow();
        isDown = false;
        expect(await client.findInList("t1.example.com")).toBeUndefined();
    });

    it("is asked for once however long the refresh takes", async () => {
        const { api, client } = await start();
        await client.findInList("t1.example.com");
        const now = Date.now();
        const clock = vi.spyOn(Date, "now").mockReturnValue(now + 3_600_000);
        onTestFinished(() => clock.mockRestore());
        await client.findInList("t1.example.com");
        expect(api.whats()).toEqual([list]);
    });

    it.each<[string, (client: Client) => Promise<unknown>]>([
        ["a registration", (client) => client.register("t1.example.com")],
        ["a change of the scheme", (client) => client.setSecure("t1.example.com", true)],
        ["a change of the default", (client) => client.makeDefault("t1.example.com")],
        ["a verification", (client) => client.verify("t1.example.com")],
        ["a deletion", (client) => client.remove("t1.example.com")],
    ])("isn't used after %s: each domain is read by itself from then on", async (_what, write) => {
        const { api, client } = await start();
        await client.findInList("t1.example.com");
        await write(client);
        await client.findInList("t1.example.com");
        await client.findDefaultInList();
        expect(api.whats().slice(2)).toEqual([`${list}/t1.example.com`, `${list}?default=true`]);
    });

    it("holds subaccounts' domains too, which aren't the primary account's", async () => {
        const domain = { domain: "t.example.com", subaccount_id: 7, default: true };
        const api = await startApi((what) => ({
            body: { results: what.endsWith("/t.example.com") ? domain : [domain] },
        }));
        const primary = new Client({ account: { apiUrl: api.url }, key: "key" });
        expect(await primary.findInList("t.example.com")).toBeUndefined();
        expect(await primary.findDefaultInList()).toBeUndefined();
        expect(await primary.find("t.example.com")).toBeUndefined();
        const subaccount = new Client({ account: { apiUrl: api.url, subaccount: 7 }, key: "key" });
        expect((await subaccount.findInList("t.example.com"))?.domain).toBe("t.example.com");
    });

    it("serves no read that an operation rests on", async () => {
        const { api, client } = await start();
        await client.findInList("t1.example.com");
        await client.find("t1.example.com");
        await client.findDefault();
        expect(api.whats()).toEqual([list, `${list}/t1.example.com`, `${list}?default=true`]);
    });
});

describe("the client of an account", () => {
    const account = { apiUrl: "https://sp.example.com/api/v1" };

    it("is one for all resources of a process, so that they share a list", () => {
        expect(clientFor({ ...account }, "key")).toBe(clientFor({ ...account }, "key"));
    });

    it.each([
        ["key", account, "other"],
        ["subaccount", { ...account, subaccount: 2 }, "key"],
        ["address", { apiUrl: "https://other.example.com/api/v1" }, "key"],
        ["time-out", { ...account, timeout: 3 }, "key"],
    ])("is another for another %s", (_what, other, key) => {
        expect(clientFor(other, key)).not.toBe(clientFor(account, "key"));
    });
});

describe("an answer that isn't SparkPost's", () => {
    it.each([
        ["no list", { message: "maintenance" }],
        ["a list of something else", { results: [{ name: "x" }] }],
    ])("is an error, not an empty account: %s", async (_what, body) => {
        const api = await startApi(() => ({ body }));
        const client = new Client({ account: { apiUrl: api.url }, key: "key" });
        for (const read of [client.findInList("t.example.com"), client.findDefault(), client.find("t.example.com")]) {
            await expect(read).rejects.toMatchObject({
                status: 0,
                message: expect.stringContaining("SparkPost's API"),
            });
        }
    });
});
