// What people get wrong in a Fastly service: a warning says it, and what the probe and SparkPost then find.
import { describe, expect, it } from "vitest";
import { serviceArgs } from "../../components/src/fastly/service.ts";
import type { TimelineEvent } from "../../dev/sandbox/index.ts";
import { diagnosticOf } from "../support/diagnostics.ts";
import { type TestDomain, TestStack, testProgram } from "../support/stack.ts";

const hostname = "track.example.com";
const dns = { cloudflare: { zone: "example.com" } };
const quick = { probe: { deadline: 1 }, verification: { deadline: 1 } };
const endpoint = "spgo.io";

describe("a service that overrides Host", () => {
    const overriding: TestDomain = {
        hostname,
        fastly: { dns },
        adopt: true,
        ...quick,
        ...withBackend({ overrideHost: endpoint }),
    };
    const warning =
        /warning: overrideHost of the backend sparkpost replaces the Host header of track.example.com[\s\S]*http links break/;

    // Where X-Forwarded-Host counts at all, https works; Fastly sends it on TLS connections only.
    it.each(["wins", "loses"] as const)(
        "is warned of, and the probe finds http broken where X-Forwarded-Host %s",
        async (forwardedHost) => {
            await using stack = await TestStack.start({
                sandbox: { assumed: { forwardedHost } },
                program: testProgram("domains"),
                domains: [overriding],
            });
            stack.sandbox.sparkpost.us.seed({ domain: hostname, secure: false, verified: true });
            const output = await stack.failingUp();
            expect(output).toMatch(warning);
            expect(diagnosticOf(output, `Command (${hostname}-probe)`)).toMatch(
                /the edge answers browsers over http with 404,.* the endpoint spgo.io answers with 302.*\n.*without another Host \(override_host\)/,
            );
            expect(stack.events("secure-changed", "verify-asked")).toEqual([]);
            expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: true });
        },
    );
});

it("warns of a backend without TLS, behind which everything looks right from outside", async () => {
    await using stack = await TestStack.start({
        program: testProgram("domains"),
        domains: [{ hostname, fastly: { dns }, ...withBackend({ port: 80, useSsl: false, sslCheckCert: false }) }],
    });
    const { output } = await stack.up();
    expect(output).toMatch(
        /warning: Fastly asks the backend sparkpost \(port 80\) without TLS\. Clicks on https links reach SparkPost unencrypted/,
    );
    expect(stack.domain(hostname)).toMatchObject({ verified: true });
    expect(
        stack
            .events("tracker-request")
            .filter(isThroughEdge)
            .map(({ scheme }) => scheme),
    ).not.toContain("https");
});

it("warns of a cache for an hour, within which a second click isn't counted, as it is with the default", async () => {
    const domain = { hostname, protect: false };
    await using stack = await TestStack.start({
        // An hour lasts 36 s, and 10 s a tenth of one.
        sandbox: { ttlScale: 0.01 },
        domains: [{ ...domain, fastly: { dns, cacheTtl: 3_600 } }],
    });
    const clicks = (path: string) => stack.events("tracker-request").filter((event) => event.path === path).length;
    const click = (path: string) => stack.sandbox.click(`https://${hostname}${path}`);

    const { output } = await stack.up();
    expect(output).toMatch(/warning: Fastly caches the answers of track.example.com for 3600 s/);
    const hidden = "/f/a/b/c/hour?target=https://shop.example/";
    expect([(await click(hidden)).status, (await click(hidden)).status]).toEqual([302, 302]);
    expect(clicks(hidden)).toBe(1);

    await stack.declare({ ...domain, fastly: { dns } });
    expect((await stack.up()).output).not.toContain("warning:");
    const counted = "/f/a/b/c/seconds?target=https://shop.example/";
    await expect
        .poll(
            async () => {
                expect((await click(counted)).status).toBe(302);
                return clicks(counted);
            },
            { timeout: 10_000 },
        )
        .toBeGreaterThan(1);
});

/** The recipe's service with another backend. */
function withBackend(changes: object): Pick<TestDomain, "transform"> {
    const { backends } = serviceArgs({ hostname, endpoint, description: "SparkPost", cacheTtl: 10 });
    return {
        transform: { service: { backends: (backends as object[]).map((one) => ({ ...one, ...changes })) } },
    } as never;
}

function isThroughEdge({ via, host }: TimelineEvent): boolean {
    return via === "edge" && host === hostname;
}
