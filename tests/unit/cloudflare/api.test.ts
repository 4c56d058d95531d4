import { describe, expect, it } from "vitest";
import { type CloudflareAccess, CloudflareError } from "../../../components/src/cloudflare/api.ts";
import { readPageRuleQuota, readPageRules, readRecords, readRoutes } from "../../../components/src/cloudflare/reads.ts";
import { strangeAnswers, withoutAnswer } from "../../support/apiFaults.ts";
import { fakeClock } from "../../support/fakeAccount.ts";
import { type Reply, type Script, startApi } from "../../support/scriptedApi.ts";

const token = "0123456789abcdef0123456789abcdef01234567";
const reads: Record<string, (access: CloudflareAccess) => Promise<unknown>> = {
    "a zone": (access) => readPageRuleQuota(access, "z"),
    "page rules": (access) => readPageRules(access, "z"),
    routes: (access) => readRoutes(access, "z"),
    records: (access) => readRecords(access, "z"),
};

const permissions: Record<string, string> = {
    "a zone": "Zone Read",
    "page rules": "Page Rules Read",
    routes: "Workers Routes Write",
    records: "DNS Read",
};

async function start(script: Script) {
    const api = await startApi(script);
    return { api, access: { token, baseUrl: api.url, clock: fakeClock().clock } };
}

async function failureOf(read: string, reply: Reply, signal?: AbortSignal): Promise<CloudflareError> {
    const { access } = await start(() => reply);
    const outcome = await reads[read]?.({ ...access, signal }).then(
        (value) => expect.unreachable(`it concludes ${JSON.stringify(value)}`),
        (error) => error,
    );
    expect(outcome).toBeInstanceOf(CloudflareError);
    expect(outcome.stack).toBe("");
    expect(outcome.message).not.toContain(token);
    expect(outcome.message).toMatch(/^[^\p{Cc}]{10,1200}(\n[^\p{Cc}]{10,600})?$/u);
    return outcome;
}

describe.each(Object.keys(reads))("reading %s", (read) => {
    const ending = Object.entries(withoutAnswer).filter(([what]) => !/no answer|trickles/.test(what));

    it.each(ending)("ends with one sentence after %s", async (_what, reply) => {
        expect((await failureOf(read, reply)).status).toBe(0);
    });

    it.each(Object.entries(strangeAnswers))("takes nothing for an answer of Cloudflare's: %s", async (_what, reply) => {
        for (const status of [200, 403, 404]) {
            expect((await failureOf(read, { ...reply, status })).status).toBe(0);
        }
    });

    it.each([{}, { result: null }, { result: 7 }, { result: "x" }, { result: [null] }, { result: [[]] }])(
        "takes no other form for the result: %j",
        async (rest) => {
            expect((await failureOf(read, { body: { success: true, ...rest } })).status).toBe(0);
        },
    );

    it.each([{ errors: null }, { errors: {} }, { errors: [null] }, {}])("takes %j for no refusal", async (rest) => {
        expect((await failureOf(read, { status: 404, body: { success: false, ...rest } })).status).toBe(0);
    });

    it("is repeated after 429, and fine then", async () => {
        const good = { success: true, result: read === "a zone" ? {} : [] };
        const { api, access } = await start((_, count) => (count < 3 ? { status: 429 } : { body: good }));
        await reads[read]?.(access);
        expect(api.calls).toHaveLength(3);
    });

    it("tells Cloudflare's own words, harmless and without the token", async () => {
        const errors = [{ code: 9109, message: `no \u001b[2J\n${token}` }];
        const error = await failureOf(read, { status: 403, body: { success: false, errors } });
        expect(error).toMatchObject({ status: 403, said: "no \\u{1b}[2J [secret] (9109)" });
        expect(error.remedy).toContain(permissions[read]);
    });
});

describe("a list", () => {
    const entry = { id: "r", name: "track.example.com", type: "CNAME", content: "spgo.io" };

    it("ends with the page that the API calls the last, or with an empty one", async () => {
        const counted = await start(() => ({
            body: { success: true, result: [entry], result_info: { total_pages: 2 } },
        }));
        expect(await readRecords(counted.access, "z")).toHaveLength(2);
        const open = await start((what) => ({
            body: { success: true, result: what.includes("page=3&") ? [] : [entry] },
        }));
        expect(await readRecords(open.access, "z")).toHaveLength(2);
    });

    it("without an end is refused", async () => {
        const page = { success: true, result: Array(5_000).fill(entry) };
        const { api, access } = await start(() => ({ body: page }));
        await expect(readRecords(access, "z")).rejects.toThrow("no end");
        expect(api.calls.length).toBeLessThan(10);
    });

    it("of routes without a pattern isn't Cloudflare's", async () => {
        await failureOf("routes", { body: { success: true, result: [{ id: "r" }] } });
    });

    it.each([{ name: undefined }, { content: 7 }, { id: "../../user" }])(
        "of entries with %j isn't Cloudflare's: the error says where",
        async (fields) => {
            const body = { success: true, result: [entry, { ...entry, ...fields }] };
            const { said } = await failureOf("records", { body });
            expect(said).toContain(`(result.1.${Object.keys(fields)[0]})`);
        },
    );

    it.each(["no answer", "an answer that trickles"])("ends with its signal: %s", async (what) => {
        const error = await failureOf("records", withoutAnswer[what] ?? {}, AbortSignal.timeout(50));
        expect(error.status).toBe(0);
    });
});
