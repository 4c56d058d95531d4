// Several SparkPost accounts in one program: each with its own API, key, endpoint and default.
import { expect, it } from "vitest";
import { diagnosticOf } from "../support/diagnostics.ts";
import { TestStack } from "../support/stack.ts";

it("says how to set a key where there is none, and serves a US and an EU account and a subaccount in one program, each with its own key and default", async () => {
    await using stack = await TestStack.start({
        sandbox: { keys: [{ key: "of-the-subaccount", subaccount: 7 }] },
        env: { SPARKPOST_API_KEY: undefined },
    });
    const { sparkpost, cloudflare, click, timeline } = stack.sandbox;
    const { us, eu } = sparkpost;
    const common = { default: true, protect: false };
    await stack.declare(
        { ...common, hostname: "us.example.com" },
        { ...common, hostname: "team.example.com", account: { subaccount: 7, apiKeyConfig: "sparkpost:apiKeyOfTeam" } },
        {
            ...common,
            hostname: "eu.example.com",
            account: { apiUrl: eu.apiUrl, endpoint: eu.endpoint, apiKeyConfig: "sparkpost:apiKeyEu" },
        },
    );

    const output = await stack.failingUp("--continue-on-error");
    expect(diagnosticOf(output, "TrackingDomain (us.example.com)")).toMatch(
        /No SparkPost API key: .*SPARKPOST_API_KEY.*\n.*tracking_domains\/manage.*pulumi config set --secret sparkpost:apiKey/,
    );
    expect([...us.calls, ...eu.calls, ...cloudflare.records("example.com")]).toEqual([]);

    await stack.workspace.configure({
        "sparkpost:apiKey": { secret: us.apiKey },
        "sparkpost:apiKeyEu": { secret: eu.apiKey },
        "sparkpost:apiKeyOfTeam": { secret: "of-the-subaccount" },
    });
    await stack.up();

    const standing = { secure: true, verified: true, default: true };
    expect(eu.domains()).toEqual([expect.objectContaining({ domain: "eu.example.com", ...standing })]);
    expect(us.domains()).toHaveLength(2);
    expect(us.domains()).toEqual(
        expect.arrayContaining([
            expect.objectContaining({ domain: "us.example.com", subaccount_id: undefined, ...standing }),
            expect.objectContaining({ domain: "team.example.com", subaccount_id: 7, ...standing }),
        ]),
    );
    await stack.unchanged("--refresh");

    for (const [hostname, region] of [
        ["us.example.com", "us"],
        ["team.example.com", "us"],
        ["eu.example.com", "eu"],
    ]) {
        await click(`https://${hostname}/f/mail`);
        expect(timeline.findLast(({ kind }) => kind === "tracker-request")).toMatchObject({ host: hostname, region });
    }

    us.change("us.example.com", { default: false });
    us.change("team.example.com", { default: false });
    eu.change("eu.example.com", { default: false });
    await stack.destroy();
    expect([...us.domains(), ...eu.domains()]).toEqual([]);
});
