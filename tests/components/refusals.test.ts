import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { HttpsTrackingDomain } from "../../components/src/httpsTrackingDomain.ts";
import { UserError } from "../../components/src/pulumi/userError.ts";
import { DefaultDomain } from "../../components/src/sparkpost/defaultDomain.ts";
import { run } from "../support/program.ts";

const entry = (hostname: string, rest = {}) => ({ hostname, cloudflare: { zone: "example.com" }, ...rest });
const declare = (...all: ReturnType<typeof entry>[]) =>
    run(() => all.map((args, index) => new HttpsTrackingDomain(`t${index}`, args)));

describe("a constructor refuses", () => {
    it("arguments with mistakes: all in one message, and nothing of SparkPost or Cloudflare is declared", async () => {
        const { errors, resources } = await declare(entry("example.com:80", { account: { timeout: 0 } }));
        expect(errors).toMatchSnapshot();
        expect(resources.filter(({ type }) => !type.startsWith("sparkpost-tracking:"))).toEqual([]);
    });

    it("with an error that the engine shows without a stack", () => {
        expect(new UserError("x", "mistakes")).toBeInstanceOf(pulumi.RunError);
        expect(pulumi.RunError.isInstance(new UserError("x", "mistakes"))).toBe(true);
    });

    it("one host twice, in whatever case", async () => {
        const { errors } = await declare(entry("track.example.com"), entry("TRACK.example.com"));
        expect(errors).toMatchSnapshot();
    });

    it("one host twice, by one name below different parents", async () => {
        const { errors } = await run(() => {
            for (const name of ["one", "two"]) {
                const parent = new pulumi.ComponentResource(`test:${name}`, name);
                new HttpsTrackingDomain("track", entry("track.example.com"), { parent });
            }
        });
        expect(errors).toMatchSnapshot();
    });

    it("one host in two accounts", async () => {
        const { errors } = await declare(
            entry("track.example.com"),
            entry("track.example.com", { account: { region: "eu" } }),
        );
        expect(errors).toMatchSnapshot();
    });

    it("two defaults of one account", async () => {
        const { errors } = await declare(
            entry("a.example.com", { default: true }),
            entry("b.example.com", { default: true }),
        );
        expect(errors).toMatchSnapshot();
    });

    it("two defaults of one subaccount, declared alone", async () => {
        const account = { subaccount: 3 };
        const { errors } = await run(() => {
            new DefaultDomain("a", { domain: "a.example.com", account });
            new DefaultDomain("b", { domain: "b.example.com", account });
        });
        expect(errors).toMatchSnapshot();
    });
});

describe("a constructor takes", () => {
    it("defaults of different accounts and subaccounts", async () => {
        const accounts = [{}, { region: "eu" }, { subaccount: 1 }, { subaccount: 2 }];
        const { errors } = await declare(
            ...accounts.map((account, index) => entry(`h${index}.example.com`, { account, default: true })),
        );
        expect(errors).toEqual([]);
    });

    it("the same host and default in a second run of the program in one process", async () => {
        const args = entry("track.example.com", { default: true });
        expect((await declare(args)).errors).toEqual([]);
        const second = await declare(args);
        expect(second.errors).toEqual([]);
        expect(second.one("DefaultDomain").inputs.domain).toBe("track.example.com");
    });
});

describe("an API key in plain configuration", () => {
    const key = "0123456789abcdef0123456789abcdef01234567";
    const declareWith = (config: Record<string, string>, secrets: string[], account = {}) =>
        run(() => new HttpsTrackingDomain("track", entry("track.example.com", { account })), { config, secrets });

    it.each([
        ["sparkpost:apiKey", {}],
        ["sparkpost:apiKeyEu", { region: "eu", apiKeyConfig: "sparkpost:apiKeyEu" }],
        ["program:mailKey", { apiKeyConfig: "mailKey" }],
    ])("%s is refused with the command that makes it secret, and not repeated", async (name, account) => {
        const { errors, resources } = await declareWith({ [name]: key }, [], account);
        expect(errors).toEqual([expect.stringContaining(`pulumi config set --secret ${name}`)]);
        expect(errors).toMatchSnapshot();
        expect(errors[0]).not.toContain(key);
        expect(resources.filter(({ type }) => !type.startsWith("sparkpost-tracking:"))).toEqual([]);
    });

    it("is taken when it is a secret, and is in no resource", async () => {
        const { errors, resources } = await declareWith({ "sparkpost:apiKey": key }, ["sparkpost:apiKey"]);
        expect(errors).toEqual([]);
        expect(JSON.stringify(resources)).not.toContain(key);
    });

    it("of another account doesn't matter to this one", async () => {
        expect((await declareWith({ "sparkpost:other": "plain" }, [])).errors).toEqual([]);
    });

    it("isn't needed to declare anything: without it the first call says so", async () => {
        expect((await declareWith({}, [])).errors).toEqual([]);
    });
});
