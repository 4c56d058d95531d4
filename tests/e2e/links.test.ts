// Links of sending domains to their tracking domain: made once it is verified, mended, and taken back only where they are ours.
import { expect, it } from "vitest";
import { type TestDomain, TestStack } from "../support/stack.ts";

const hostname = "track.example.com";
const domain: TestDomain = { hostname, protect: false };

it("links once the host is verified, mends what somebody changed, and unlinks only what is still ours", async () => {
    await using stack = await TestStack.start({
        sandbox: { sendingDomains: ["example.com", "mail.example.com", "news.example.com"] },
        domains: [{ ...domain, sendingDomains: ["example.com", "Mail.example.com"] }],
    });
    const { us } = stack.sandbox.sparkpost;
    await stack.up();
    expect(us.links()).toEqual({ "example.com": hostname, "mail.example.com": hostname, "news.example.com": "" });
    const order = stack.events("verified", "link-changed").map(({ kind }) => kind);
    expect(order).toEqual(["verified", "link-changed", "link-changed"]);
    await stack.unchanged("--refresh");

    us.seed({ domain: "other.example.com", verified: true });
    us.link("example.com", "other.example.com");
    expect(await stack.drift()).toMatch(/domain\s*: "other\.example\.com" => "track\.example\.com"/);
    await stack.up("--refresh");
    expect(us.links()).toMatchObject({ "example.com": hostname });

    await stack.declare({ ...domain, sendingDomains: ["example.com", "news.example.com"] });
    await stack.up();
    expect(us.links()).toEqual({ "example.com": hostname, "mail.example.com": "", "news.example.com": hostname });

    us.link("example.com", "other.example.com");
    await stack.destroy();
    expect(us.links()).toEqual({ "example.com": "other.example.com", "mail.example.com": "", "news.example.com": "" });
});

it("refuses a sending domain that isn't there, and one of a subaccount, after the host was verified", async () => {
    await using stack = await TestStack.start({
        sandbox: { sendingDomains: [{ domain: "theirs.example.com", subaccount: 2 }] },
        domains: [{ ...domain, sendingDomains: ["nowhere.example.com", "theirs.example.com"] }],
    });
    const output = await stack.failingUp("--continue-on-error");
    expect(output.match(/#sending-domain$/gm)).toHaveLength(2);
    expect(stack.domain(hostname)).toMatchObject({ verified: true });
    expect(stack.events("link-changed")).toEqual([]);
});

it("holds the links while a person has to do something before the host can be verified", async () => {
    const inNewZone = { zone: "example.org", createZone: true, accountId: "0123456789abcdef0123456789abcdef" };
    const waiting = {
        ...domain,
        hostname: "track.example.org",
        cloudflare: inNewZone,
        sendingDomains: ["example.com"],
    };
    await using stack = await TestStack.start({ domains: [waiting] });
    await stack.up();
    expect(stack.sandbox.sparkpost.us.links()).toEqual({ "example.com": "" });

    stack.sandbox.cloudflare.delegate("example.org");
    await stack.up();
    expect(stack.sandbox.sparkpost.us.links()).toEqual({ "example.com": "track.example.org" });
    expect(stack.domain("track.example.org")).toMatchObject({ verified: true });
});
