import { describe, expect, it } from "vitest";
import { compareCommand, findCommandLine } from "../../components/src/commands.ts";
import type { AccountArgs } from "../../components/src/sparkpost/account.ts";

describe("the command that finds what exists", () => {
    it.each<[AccountArgs | undefined, string]>([
        [undefined, ""],
        [{}, ""],
        [{ region: "us" }, ""],
        [{ region: "eu", subaccount: 7 }, " --region eu --subaccount 7"],
        [{ tenant: "acme" }, " --tenant acme"],
        [{ apiUrl: "https://sp.example.com/api/v1" }, " --api-url https://sp.example.com/api/v1"],
        [{ apiUrl: "http://[::1]:8080/it's" }, ` --api-url 'http://[::1]:8080/it'\\''s'`],
        [{ endpoint: "v2.spgo.io" }, " --endpoint v2.spgo.io"],
        // What isn't an argument of the command, it finds out or takes from the environment.
        [{ apiKeyConfig: "sparkpost:apiKeyEu", timeout: 60 }, ""],
    ])("of the account %j has the flags that ask it:%s", (account, flags) => {
        expect(findCommandLine("track.example.com", account)).toBe(
            `npx --no-install pulumi-sparkpost-tracking find track.example.com${flags}`,
        );
    });
});

describe("the command that compares a zone", () => {
    it("installs nothing either", () => {
        expect(compareCommand("example.com")).toBe(
            "npx --no-install pulumi-sparkpost-tracking compare-zone example.com",
        );
    });
});
