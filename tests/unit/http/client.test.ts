import { createServer } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
    type ApiClientOptions,
    apiClient,
    foreignAnswerRemedy,
    NoAnswer,
} from "../../../components/src/http/client.ts";
import { strangeAnswers, withoutAnswer } from "../../support/apiFaults.ts";
import { fakeClock } from "../../support/fakeAccount.ts";
import { placesTried } from "../../support/offline.ts";
import { inTurn, type Reply, type Script, startApi } from "../../support/scriptedApi.ts";

const secret = "0123456789abcdef";

/** A client of an API that answers by the script; its pauses don't take place. */
async function start(script: Script, options: Partial<ApiClientOptions> = {}) {
    const api = await startApi(script);
    const { clock, pauses } = fakeClock();
    const client = apiClient({ baseUrl: api.url, headers: { "x-key": secret }, secrets: [secret], clock, ...options });
    return { api, client, pauses };
}

const failure = (client: ReturnType<typeof apiClient>, ...call: Parameters<typeof client.call>) =>
    client.call(...call).then(
        () => expect.unreachable("it has an answer"),
        (error) => error as NoAnswer,
    );

describe("a call", () => {
    it("goes to the path below the base, with headers, query and body", async () => {
        const { api, client } = await start(inTurn({ body: { a: 1 } }));
        const { status, body } = await client.call("PUT", "/x", { query: { name: "a b&c" }, data: { b: 2 } });
        expect({ status, body }).toEqual({ status: 200, body: { a: 1 } });
        expect(api.calls[0]).toMatchObject({ what: "PUT /x?name=a+b%26c", body: { b: 2 } });
        expect(api.calls[0]?.headers).toMatchObject({ "x-key": secret });
    });

    it("follows no redirect: the key would travel along", async () => {
        const { api, client } = await start(inTurn({ status: 302, headers: { location: "/elsewhere" } }));
        expect((await client.call("GET", "/x")).status).toBe(302);
        expect(api.calls).toHaveLength(1);
    });

    it.each([400, 401, 403, 404, 409, 422])("answered with %d is an answer, and isn't repeated", async (status) => {
        const { api, client } = await start(inTurn({ status, body: { errors: [] } }));
        expect(await client.call("GET", "/x")).toMatchObject({ status, body: { errors: [] } });
        expect(api.calls).toHaveLength(1);
    });
});

const faults: [string, Reply, number][] = [
    ["429", { status: 429 }, 8],
    ["500", { status: 500 }, 3],
    ["503", { status: 503 }, 3],
    ["a reset connection", { status: 0 }, 3],
];

describe.each(faults)("after %s a call", (_what, reply, repetitions) => {
    it.each(["GET", "PUT", "DELETE"] as const)("is repeated, %s, so often and no more", async (method) => {
        const { api, client, pauses } = await start(inTurn(reply));
        await client.call(method, "/x").catch(() => {});
        expect(api.calls).toHaveLength(repetitions + 1);
        expect(pauses).toHaveLength(repetitions);
    });

    it("is fine when a repetition is", async () => {
        const { api, client } = await start(inTurn(reply, reply, { body: [] }));
        expect((await client.call("GET", "/x")).status).toBe(200);
        expect(api.calls).toHaveLength(3);
    });

    it("isn't repeated as a POST", async () => {
        const { api, client } = await start(inTurn(reply));
        await client.call("POST", "/x").catch(() => {});
        expect(api.calls).toHaveLength(1);
    });
});

describe("Retry-After", () => {
    it("is waited for, in seconds", async () => {
        const { client, pauses } = await start(inTurn({ status: 429, headers: { "retry-after": "17" } }, {}));
        await client.call("GET", "/x");
        expect(pauses).toEqual([17_000]);
    });

    it("is waited for, until a time", async () => {
        const until = new Date(Date.now() + 60_000).toUTCString();
        const { client, pauses } = await start(inTurn({ status: 503, headers: { "retry-after": until } }, {}));
        await client.call("GET", "/x");
        expect(pauses[0]).toBeGreaterThan(30_000);
        expect(pauses[0]).toBeLessThanOrEqual(60_000);
    });

    it("of more than two minutes is told, and not waited for", async () => {
        const { api, client } = await start(inTurn({ status: 429, headers: { "retry-after": "3600" } }));
        expect(await client.call("GET", "/x")).toMatchObject({ status: 429, retryAfter: 3_600_000 });
        expect(api.calls).toHaveLength(1);
    });

    it.each(["", "soon", "-5", "1e9", "Infinity"])("of no sense doesn't count: %j", async (header) => {
        const { client } = await start(inTurn({ status: 400, headers: { "retry-after": header } }));
        expect((await client.call("GET", "/x")).retryAfter).toBe(0);
    });
});

describe("instead of an answer", () => {
    const codes: Record<string, string> = {
        "a reset connection": "ECONNRESET",
        "no answer": "ETIMEDOUT",
        "an answer that trickles": "ETIMEDOUT",
        "an answer that is cut off": "ECONNRESET",
        "a body without an end": "E2BIG",
        "a small body that unpacks to a large one": "E2BIG",
    };

    it.each(Object.entries(withoutAnswer))("%s ends the call, with one sentence", async (what, reply) => {
        const timeout = codes[what] === "ETIMEDOUT" ? 50 : 10_000;
        const { client } = await start(() => reply, { timeout });
        const error = await failure(client, "GET", "/x");
        expect(error).toBeInstanceOf(NoAnswer);
        expect(error).toMatchObject({ code: codes[what], stack: "" });
        expect(error.said).toMatch(/^[\x20-\x7e]{10,200}$/);
    });

    it("a body that is too large isn't asked for again", async () => {
        const { api, client } = await start(() => withoutAnswer["a body without an end"] ?? {});
        await failure(client, "GET", "/x");
        expect(api.calls).toHaveLength(1);
    });
});

describe("a strange answer", () => {
    it.each(Object.entries(strangeAnswers))(
        "is given as it is, quoted on one harmless line: %s",
        async (_what, reply) => {
            const { client } = await start(() => reply);
            const { status, quote } = await client.call("GET", "/x");
            expect(status).toBe(200);
            expect(quote).toMatch(/^[^\p{Cc}]{0,600}$/u);
        },
    );

    it("without JSON has no body, but a quote", async () => {
        const { client } = await start(() => ({ body: "<html>no" }));
        expect(await client.call("GET", "/x")).toMatchObject({ body: undefined, quote: "<html>no" });
    });
});

describe("a secret", () => {
    it("is in no text of an answer, as it is, escaped, or at the cut", async () => {
        const escaped = `"\\u0030${secret.slice(1)}"`;
        const texts = [`["${secret}",${escaped}]`, `{"${secret}":"${"x".repeat(580)}${secret}"}`, `<html>${secret}`];
        for (const text of texts) {
            const { client } = await start(() => ({ body: text }));
            const { body, quote } = await client.call("GET", "/x");
            expect(JSON.stringify(body) ?? "").not.toContain(secret);
            expect(quote).not.toContain(secret.slice(0, 8));
        }
    });

    it("that is empty cuts nothing", async () => {
        const { client } = await start(() => ({ body: ["a"] }), { secrets: [""] });
        expect((await client.call("GET", "/x")).quote).toBe('["a"]');
    });

    it("that no header can carry is in no error", async () => {
        const bad = `${secret}\r\nx: y\u2028`;
        const { client } = await start(() => ({ body: [] }), { headers: { "x-key": bad }, secrets: [bad] });
        const told = await client.call("GET", "/x").then(JSON.stringify, (error) => `${error.code} ${error.said}`);
        expect(told).not.toContain(secret);
    });
});

describe("a signal", () => {
    it.each(["no answer", "an answer that trickles"])("ends a call that waits: %s", async (what) => {
        const end = new AbortController();
        const { client } = await start(() => {
            setTimeout(() => end.abort(), 20);
            return withoutAnswer[what] ?? {};
        });
        expect(await failure(client, "GET", "/x", { signal: end.signal })).toMatchObject({ code: "ECANCELED" });
    });

    it("ends a pause, and nothing is asked any more", async () => {
        const end = new AbortController();
        const { api, client } = await start(
            () => {
                setImmediate(() => setTimeout(() => end.abort(), 20));
                return { status: 429, headers: { "retry-after": "100" } };
            },
            { clock: undefined },
        );
        expect(await failure(client, "GET", "/x", { signal: end.signal })).toMatchObject({ code: "ECANCELED" });
        expect(api.calls).toHaveLength(1);
    });

    it("that came before lets nothing be asked", async () => {
        const { api, client } = await start(() => ({}));
        await failure(client, "GET", "/x", { signal: AbortSignal.abort() });
        expect(api.calls).toHaveLength(0);
    });
});

describe("an outbound proxy", () => {
    const baseUrl = "https://api.example.com/v1";
    const api = { name: "the example's API", baseUrl, whereSet: "check apiUrl" };
    const page = "<html>Access denied by web gateway</html>";

    /** A proxy that answers each CONNECT so; nothing else reaches it. The environment names it. */
    async function startProxy(answer: string | undefined, credentials = "") {
        const asked: string[] = [];
        let open = 0;
        const server = createServer((socket) => {
            open++;
            socket.on("error", () => {}).once("close", () => open--);
            socket.once("data", (data) => {
                asked.push(String(data));
                if (answer !== undefined) {
                    socket.end(answer);
                }
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const port = (server.address() as { port: number }).port;
        vi.stubEnv("HTTPS_PROXY", `http://${credentials}127.0.0.1:${port}`);
        vi.stubEnv("https_proxy", undefined);
        vi.stubEnv("NO_PROXY", undefined);
        vi.stubEnv("no_proxy", undefined);
        onTestFinished(async () => {
            vi.unstubAllEnvs();
            await new Promise((resolve) => server.close(resolve));
        });
        const { clock } = fakeClock();
        const timeout = answer === undefined ? 100 : 10_000;
        const client = apiClient({ baseUrl, headers: { "x-key": secret }, secrets: [secret], clock, timeout });
        return { asked, client, address: `127.0.0.1:${port}`, open: () => open };
    }

    const refusal = (status: number, body = page, length = body.length) =>
        `HTTP/1.1 ${status} No\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body}`;

    it.each([407, 403, 502])(
        "that refuses with %d is known as the one who answered, and gets no key",
        async (status) => {
            const { asked, client, address } = await startProxy(refusal(status));
            const answer = await client.call("GET", "/x");
            expect(answer).toMatchObject({
                status,
                isFromProxy: true,
                quote: page,
                proxy: { variable: "HTTPS_PROXY" },
            });
            expect(foreignAnswerRemedy(answer, api).replaceAll(address, "127.0.0.1:PORT")).toMatchSnapshot();
            expect(asked[0]).toMatch(/^CONNECT api\.example\.com:443 /);
            expect(asked.join("")).not.toContain(secret);
        },
    );

    it("whose page comes later than its header is known by its status", async () => {
        const { client } = await startProxy(refusal(403, "<html>", 5_000));
        expect(await client.call("GET", "/x")).toMatchObject({ status: 403, isFromProxy: true });
    });

    it("gets its user and password, which are in no text", async () => {
        const { asked, client, address } = await startProxy(refusal(403, "hello p@ss-word"), "me:p%40ss-word@");
        const answer = await client.call("GET", "/x");
        expect(asked[0]).toContain(`Basic ${Buffer.from("me:p@ss-word").toString("base64")}`);
        expect(answer.quote).toBe("hello [secret]");
        expect(answer.proxy?.address).toBe(address);
    });

    it("that says nothing ends the call in time, and leaves no connection", async () => {
        const { client, open } = await startProxy(undefined);
        expect(await failure(client, "GET", "/x")).toMatchObject({
            code: "ETIMEDOUT",
            said: expect.stringContaining("HTTPS_PROXY"),
        });
        await vi.waitFor(() => expect(open()).toBe(0));
    });

    it("that isn't there is named", async () => {
        const { client } = await startProxy(undefined);
        vi.stubEnv("HTTPS_PROXY", "http://localhost:1");
        expect((await failure(client, "GET", "/x")).said).toContain("localhost:1 (HTTPS_PROXY)");
    });

    it.each(["socks5://127.0.0.1:1080", "http://:x", "https://me:p@ss:x"])(
        "of no use is refused: %s",
        async (value) => {
            const { client } = await startProxy(undefined);
            vi.stubEnv("HTTPS_PROXY", value);
            const error = await failure(client, "GET", "/x");
            expect(error.code).toBe("EPROXY");
            expect(error.said).toMatchSnapshot();
            expect(error.said).not.toContain("p@ss");
        },
    );

    it("isn't used for this machine, nor where NO_PROXY names the host", async () => {
        const { asked, client } = await startProxy(refusal(403));
        const { api: local, client: localClient } = await start(inTurn({ body: [] }));
        vi.stubEnv("HTTP_PROXY", process.env.HTTPS_PROXY);
        await localClient.call("GET", "/x");
        expect(local.calls).toHaveLength(1);
        vi.stubEnv("NO_PROXY", "api.example.com");
        await failure(client, "GET", "/x", { signal: AbortSignal.timeout(100) });
        expect(asked).toEqual([]);
        expect(placesTried()).toContain("api.example.com:443");
    });
});
