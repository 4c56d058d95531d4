import { describe, expect, it } from "vitest";
import { Client } from "../../../components/src/sparkpost/runtime/client.ts";
import { SparkPostError } from "../../../components/src/sparkpost/runtime/errors.ts";
import { strangeAnswers, withoutAnswer } from "../../support/apiFaults.ts";
import { fakeClock } from "../../support/fakeAccount.ts";
import { type Reply, startApi } from "../../support/scriptedApi.ts";

const domain = "track.example.com";
const key = "0123456789abcdef0123456789abcdef01234567";

const operations: Record<string, (client: Client) => Promise<unknown>> = {
    find: (client) => client.find(domain),
    findAnywhere: (client) => client.findAnywhere(domain),
    list: (client) => client.findInList(domain),
    default: (client) => client.findDefault(),
    register: (client) => client.register(domain),
    setSecure: (client) => client.setSecure(domain, true),
    makeDefault: (client) => client.makeDefault(domain),
    verify: (client) => client.verify(domain),
    findLink: (client) => client.findLink("example.com"),
    link: (client) => client.link("example.com", domain),
    supportsCertificate: (client) => client.supportsCertificate(domain),
    enableCertificate: (client) => client.enableCertificate(domain),
    remove: (client) => client.remove(domain),
};

/** One of each HTTP method, for what doesn't depend on the operation. */
const methods = ["find", "register", "setSecure", "remove"];

/** What an operation makes of an API that gives this to every call; an error that isn't SparkPost's fails the test. */
async function failureOf(operation: string, reply: Reply, timeout = 30): Promise<SparkPostError> {
    const api = await startApi(() => reply);
    const client = new Client({ account: { apiUrl: api.url, timeout }, key, clock: fakeClock().clock });
    const outcome = await operations[operation]?.(client).then(
        (value) => expect.unreachable(`it concludes ${JSON.stringify(value)}`),
        (error) => error,
    );
    expect(outcome).toBeInstanceOf(SparkPostError);
    expect(outcome.stack).toBe("");
    expect(outcome.message).not.toContain(key);
    // One sentence, its remedy and where to read on, in which nothing acts on a terminal.
    expect(outcome.message).toMatch(/^[^\p{Cc}]{10,1200}(\n[^\p{Cc}]{10,600}){0,2}$/u);
    return outcome;
}

describe.each(Object.keys(operations))("%s", (operation) => {
    it.each(Object.entries(withoutAnswer))(
        "ends with one sentence, and no conclusion, after %s",
        async (what, reply) => {
            const isSilent = what === "no answer" || what === "an answer that trickles";
            expect((await failureOf(operation, reply, isSilent ? 0.02 : 30)).status).toBe(0);
        },
    );

    it.each(Object.entries(strangeAnswers))("takes nothing for an answer of SparkPost's: %s", async (_what, reply) => {
        const replies = [200, 400, 404, 409, 422].map((status) => ({ ...reply, status }));
        const failures = await Promise.all(replies.map((each) => failureOf(operation, each)));
        expect(failures.map(({ status }) => status)).toEqual(replies.map(() => 0));
    });

    it.each([401, 403, 429, 500, 503])("ends with one sentence after %d, whatever comes with it", async (status) => {
        const all = Object.values(strangeAnswers).map((reply) => ({ ...reply, status }));
        const replies = methods.includes(operation) ? all : all.slice(0, 1);
        for (const failure of await Promise.all(replies.map((reply) => failureOf(operation, reply)))) {
            expect([0, status]).toContain(failure.status);
        }
    });

    it("tells no key, though the answer repeats it", async () => {
        const { said } = await failureOf(operation, { status: 403, body: { errors: [{ message: `no ${key}` }] } });
        expect(said).toBe("no [secret]");
    });
});
