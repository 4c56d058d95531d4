import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { apiKeyOf } from "../../../components/src/sparkpost/runtime/client.ts";

const account = { apiUrl: "https://api.sparkpost.com/api/v1" };
const config = (values: Record<string, string>) => ({ get: (key: string) => values[key] });

beforeEach(() => void vi.stubEnv("SPARKPOST_API_KEY", undefined));
afterEach(() => void vi.unstubAllEnvs());

describe("an account's API key", () => {
    it("comes from sparkpost:apiKey, or from the configuration key that the account names", () => {
        const values = config({ "sparkpost:apiKey": "us-key", "sparkpost:apiKeyEu": "eu-key" });
        expect(apiKeyOf(account, values)).toBe("us-key");
        expect(apiKeyOf({ ...account, apiKeyConfig: "sparkpost:apiKeyEu" }, values)).toBe("eu-key");
    });

    it("comes from the environment when the configuration has none", () => {
        vi.stubEnv("SPARKPOST_API_KEY", "env-key");
        expect(apiKeyOf(account, config({}))).toBe("env-key");
        expect(apiKeyOf(account, config({ "sparkpost:apiKey": "us-key" }))).toBe("us-key");
    });

    it("never comes from the environment for an account that names its own configuration key", () => {
        vi.stubEnv("SPARKPOST_API_KEY", "key of another account");
        const eu = { ...account, apiKeyConfig: "sparkpost:apiKeyEu" };
        expect(() => apiKeyOf(eu, config({ "sparkpost:apiKey": "us-key" }))).toThrowErrorMatchingSnapshot();
    });

    it("is freed of the line break that a file or a paste leaves", () => {
        expect(apiKeyOf(account, config({ "sparkpost:apiKey": " key\n" }))).toBe("key");
    });

    it.each<Record<string, string>>([{}, { "sparkpost:apiKey": " " }])(
        "is asked for when there is none: where it was looked for, its grants, the command",
        (values) => {
            expect(() => apiKeyOf(account, config(values))).toThrowErrorMatchingSnapshot();
        },
    );
});
