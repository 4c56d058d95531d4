import { describe, expect, it } from "vitest";
import { Client } from "../../../components/src/sparkpost/runtime/client.ts";
import { skipDelays } from "../../support/delays.ts";
import { byCall, inTurn, type Reply, type Script, startApi } from "../../support/scriptedApi.ts";

const domain = "track.example.com";
const path = `/tracking-domains/${domain}`;
const found: Reply = { body: { results: { domain, secure: true } } };
const refused = (status: number, headers?: Record<string, string>): Reply => ({
    status,
    headers,
    body: { errors: [{ message: "no" }] },
});

async function start(script: Script, timeout?: number) {
    const api = await startApi(script);
    return { api, client: new Client({ account: { apiUrl: api.url, timeout }, key: "key" }) };
}

const operations: [string, (client: Client) => Promise<unknown>, Reply][] = [
    ["GET", (client) => client.find(domain), found],
    ["PUT", (client) => client.setSecure(domain, true), found],
    ["DELETE", (client) => client.remove(domain), { status: 204 }],
];

describe.each(operations)("%s", (method, operation, success) => {
    it.each([
        ["a fault on SparkPost's side", refused(503)],
        ["a rate limit", refused(429)],
        ["a reset connection", { status: 0 }],
    ])("is repeated after %s", async (_what, failure) => {
        skipDelays();
        const { api, client } = await start(inTurn(failure, failure, success));
        await operation(client);
        expect(api.whats()).toEqual(Array(3).fill(`${method} ${path}`));
    });

    it.each([400, 401, 403, 409, 422])("isn't repeated after a %d", async (status) => {
        const { api, client } = await start(inTurn(refused(status), success));
        await expect(operation(client)).rejects.toMatchObject({ status });
        expect(api.calls).toHaveLength(1);
    });

    it("is given up after three repetitions of a fault", async () => {
        skipDelays();
        const { api, client } = await start(inTurn(refused(500)));
        await expect(operation(client)).rejects.toMatchObject({ status: 500, call: `${method} ${path}` });
        expect(api.calls).toHaveLength(4);
    });
});

describe("a rate limit", () => {
    it("is waited for longer than a fault: eight times", async () => {
        skipDelays();
        const { api, client } = await start(inTurn(refused(429)));
        await expect(client.find(domain)).rejects.toThrow("429");
        expect(api.calls).toHaveLength(9);
    });

    it("that says how long is waited for that long", async () => {
        const delays = skipDelays();
        const { client } = await start(inTurn(refused(429, { "retry-after": "17" }), found));
        await client.find(domain);
        expect(delays).toContain(17_000);
    });

    it("that says until when is waited for until then", async () => {
        const delays = skipDelays();
        const until = new Date(Date.now() + 60_000).toUTCString();
        const { client } = await start(inTurn(refused(429, { "retry-after": until }), found));
        await client.find(domain);
        expect(Math.max(...delays)).toBeGreaterThan(30_000);
        expect(Math.max(...delays)).toBeLessThanOrEqual(60_000);
    });

    it.each(operations)("of more than two minutes is told, not waited for: %s", async (_method, operation) => {
        const { api, client } = await start(inTurn(refused(429, { "retry-after": "3600" }), found));
        await expect(operation(client)).rejects.toThrow("429");
        expect(api.calls).toHaveLength(1);
    });
});

describe("registering", () => {
    const post = "POST /tracking-domains";
    const get = `GET ${path}`;

    it.each([
        ["a fault", refused(503)],
        ["a rate limit", refused(429)],
        ["a reset connection", { status: 0 }],
    ])("looks after %s, and is done when the call took effect", async (_what, failure) => {
        skipDelays();
        const { api, client } = await start(byCall({ [post]: [failure], [get]: [found] }));
        await client.register(domain);
        expect(api.whats()).toEqual([post, get]);
    });

    it.each([
        ["a fault", refused(503)],
        ["a rate limit", refused(429)],
        ["a reset connection", { status: 0 }],
    ])("looks after %s, and repeats the call when it took no effect", async (_what, failure) => {
        skipDelays();
        const { api, client } = await start(byCall({ [post]: [failure, found] }));
        await client.register(domain);
        expect(api.whats()).toEqual([post, get, post]);
    });

    it.each([400, 401, 403, 409, 422])("isn't repeated after a %d, and no look is needed", async (status) => {
        const { api, client } = await start(byCall({ [post]: [refused(status)] }));
        await expect(client.register(domain)).rejects.toMatchObject({ status });
        expect(api.whats()).toEqual([post]);
    });

    it("stays without a clear answer where the look that follows is refused", async () => {
        skipDelays();
        const { api, client } = await start(byCall({ [post]: [{ status: 0 }], [get]: [refused(403)] }));
        await expect(client.register(domain)).rejects.toMatchObject({ status: 0, call: post });
        expect(api.whats()).toEqual([post, get]);
    });

    it("is given up after three repetitions of a fault", async () => {
        skipDelays();
        const { api, client } = await start(byCall({ [post]: [refused(500)] }));
        await expect(client.register(domain)).rejects.toMatchObject({ status: 500 });
        expect(api.whats().filter((what) => what === post)).toHaveLength(4);
    });

    it("waits as long as SparkPost says, up to two minutes", async () => {
        const delays = skipDelays();
        const short = await start(byCall({ [post]: [refused(429, { "retry-after": "17" }), found] }));
        await short.client.register(domain);
        expect(delays).toContain(17_000);
        const long = await start(byCall({ [post]: [refused(429, { "retry-after": "3600" }), found] }));
        await expect(long.client.register(domain)).rejects.toThrow("429");
        expect(long.api.whats()).toEqual([post]);
    });
});

describe("a question for verification", () => {
    it("isn't repeated: whoever waits for a yes decides about that", async () => {
        const { api, client } = await start(inTurn(refused(503)));
        await expect(client.verify(domain)).rejects.toMatchObject({ status: 503 });
        expect(api.whats()).toEqual([`POST ${path}/verify`]);
    });
});

describe("a call without an answer", () => {
    it("ends after the account's time-out, is repeated, and says how long it waited", async () => {
        skipDelays(50);
        const { api, client } = await start(inTurn({ status: -1 }), 0.05);
        await expect(client.find(domain)).rejects.toThrow("0.05 s");
        expect(api.calls).toHaveLength(4);
    });
});
