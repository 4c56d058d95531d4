// The way back from https to http: one verified step, refused where browsers would go on asking for https.
import { expect, it } from "vitest";
import { siteWithHsts } from "../support/ownServer.ts";
import { type TestDomain, TestStack } from "../support/stack.ts";

const hostname = "track.example.com";
const domain: TestDomain = { hostname, protect: false, default: true };
const link = (scheme: string) => `${scheme}://${hostname}/f/mail?target=https%3A%2F%2Fshop.example`;

it("brings a host back to http links, verified, once http is proven, while https links go on working; not below a parent's HSTS", async () => {
    await using stack = await TestStack.start({ domains: [domain] });
    const { sandbox } = stack;
    await stack.up();

    const connectTo = [...sandbox.probe.connectTo, ...(await siteWithHsts(sandbox))];
    await stack.declare({ ...domain, secure: false, probe: { connectTo } });
    expect(await stack.failingUp()).toContain("#hsts");
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });

    // "Always Use HTTPS" would send the http links to where they came from.
    sandbox.faults.httpsRedirect = true;
    await stack.declare({ ...domain, secure: false, ignoreHsts: true, probe: { deadline: 1, connectTo } });
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
