import { describe, expect, it } from "vitest";
import { compareCommand, findCommandLine, importCommandLine } from "../../components/src/commands.ts";
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

describe("the command that takes something into the state", () => {
    const service = { type: "fastly:index/serviceVcl:ServiceVcl", name: "track", id: "abc" };

    it("is whole, and no shell reads anything into it", () => {
        expect(importCommandLine(service, "urn:pulumi:dev::shop::a$b::track", undefined)).toBe(
            "pulumi import fastly:index/serviceVcl:ServiceVcl track abc '--parent=edge=urn:pulumi:dev::shop::a$b::track' --protect=false --generate-code=false --yes",
        );
    });

    it("names the provider where that isn't the default one", () => {
        expect(importCommandLine(service, "urn", "urn::it's")).toContain(" '--provider=own=urn::it'\\''s' ");
    });
});

describe("the command that compares a zone", () => {
    it("installs nothing either", () => {
        expect(compareCommand("example.com")).toBe(
            "npx --no-install pulumi-sparkpost-tracking compare-zone example.com",
        );
    });
});
