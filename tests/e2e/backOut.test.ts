// The way back from https to http: one verified step, refused where browsers would go on asking for https.
import { expect, it } from "vitest";
import { siteWithHsts } from "../support/ownServer.ts";
import { type TestDomain, TestStack } from "../support/stack.ts";

const hostname = "track.example.com";
const domain: TestDomain = { hostname, protect: false, default: true };
const link = (scheme: string) => `${scheme}://${hostname}/f/mail?target=https%3A%2F%2Fshop.example`;

it("brings a host back to http links, verified, once http is proven, while https links go on working", async () => {
    await using stack = await TestStack.start({ domains: [domain] });
    const { sandbox } = stack;
    await stack.up();

    // "Always Use HTTPS" would send the http links to where they came from.
    sandbox.faults.httpsRedirect = true;
    await stack.declare({ ...domain, secure: false, probe: { deadline: 1 } });
    expect(await stack.failingUp()).toMatch(
        /track\.example\.com doesn't work over http: the edge redirects http:\/\/track\.example\.com to https/,
    );
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });

    sandbox.faults.httpsRedirect = false;
    const { output } = await stack.up();
    expect(output).toContain(`http://${hostname}`);
    expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: true, default: true });
    for (const scheme of ["http", "https"]) {
        expect(await sandbox.click(link(scheme))).toMatchObject({ status: 302, location: "https://shop.example" });
    }
    await stack.unchanged("--refresh");

    await stack.declare(domain);
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true, default: true });
});

it("refuses http links while a parent's HSTS binds the host, warns of it where a host is adopted, and is told otherwise", async () => {
    await using stack = await TestStack.start();
    const { sandbox } = stack;
    const connectTo = [...sandbox.probe.connectTo, ...(await siteWithHsts(sandbox))];
    const adopted: TestDomain = { hostname, adopt: true, protect: false, probe: { deadline: 20, connectTo } };
    sandbox.sparkpost.us.seed({ domain: hostname, secure: false, verified: true });

    await stack.declare(adopted);
    const { output } = await stack.up();
    expect(output).toMatch(/warning: example\.com sends Strict-Transport-Security with includeSubDomains/);
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });

    await stack.declare({ ...adopted, secure: false });
    const refusal = await stack.failingUp();
    expect(refusal).toMatch(/track\.example\.com can't have http links \(`secure: false`\); nothing was changed\./);
    expect(refusal).toContain("`ignoreHsts: true`");
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });

    await stack.declare({ ...adopted, secure: false, ignoreHsts: true });
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: true });
});
