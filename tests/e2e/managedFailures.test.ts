// SparkPost doesn't hold the certificate: not for this domain, not in time, not at all. Nothing in use is broken by that.
import { describe, expect, it } from "vitest";
import { TestStack } from "../support/stack.ts";

const hostname = "track.example.com";
const managed = { dns: { cloudflare: { zone: "example.com" } } };
const domain = { hostname, managed, protect: false };
const inUse = { secure: true, verified: true, tls_status: "valid" };

it("is refused before any DNS changes while SparkPost says no, and the next up goes on", async () => {
    await using stack = await TestStack.start({ domains: [domain] });
    const { faults, cloudflare } = stack.sandbox;
    const body = { results: { domain: hostname, supportsManagedCertificate: false } };
    faults.sparkpost = [{ path: /certificate\/check$/, status: 200, body, times: Number.POSITIVE_INFINITY }];
    expect(await stack.failingUp()).toContain("the domain isn't eligible");
    expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: false });
    expect(cloudflare.records("example.com")).toEqual([]);
    expect(stack.events("record-created", "verify-asked")).toEqual([]);

    faults.sparkpost = [];
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject(inUse);
});

describe("a domain in use over http", () => {
    const hostname = "track.example.net";
    const adopted = { hostname, managed: { dns: { manual: {} } }, adopt: true, protect: false };
    const overHttp = { secure: false, verified: true };
    const records = [{ name: hostname, type: "CNAME" as const, value: "v2.spgo.io" }];
    const otherZones = [{ name: "example.net", records }];
    const click = ({ sandbox }: TestStack, scheme: "http" | "https") =>
        sandbox.click(`${scheme}://${hostname}/f/mail?target=https%3A%2F%2Fshop.example`);
    const through = { status: 302, location: "https://shop.example" };

    it("stays so when SparkPost gets no certificate, and has https after an up that finds the cause mended", async () => {
        await using stack = await TestStack.start({ sandbox: { otherZones }, domains: [adopted] });
        const { faults, sparkpost } = stack.sandbox;
        sparkpost.us.seed({ domain: hostname, ...overHttp });
        faults.managedCertificateFails = true;
        const output = await stack.failingUp();
        expect(output).toContain("#managed-certificate-not-issued");
        expect(stack.domain(hostname)).toMatchObject({ ...overHttp, tls_status: "failed" });
        expect(await click(stack, "http")).toMatchObject(through);
        // It was never asked about: an answer of no could have cost it the verification.
        expect(stack.events("verify-asked", "secure-changed")).toEqual([]);

        faults.managedCertificateFails = false;
        await stack.up();
        expect(stack.domain(hostname)).toMatchObject(inUse);
        expect(await click(stack, "https")).toMatchObject(through);
        await stack.unchanged();
    });

    it("stays so when the certificate isn't there in time, and the next up waits on without a second order", async () => {
        await using stack = await TestStack.start({
            sandbox: { otherZones, faults: { managedCertificateDelay: 600_000 } },
            domains: [{ ...adopted, managed: { ...adopted.managed, certificateDeadline: 1 } }],
        });
        const { us } = stack.sandbox.sparkpost;
        us.seed({ domain: hostname, ...overHttp });
        const output = await stack.failingUp();
        expect(output).toContain("#managed-certificate-not-issued");
        expect(stack.domain(hostname)).toMatchObject({ ...overHttp, tls_status: "pending" });
        expect(await click(stack, "http")).toMatchObject(through);

        us.change(hostname, { tls_status: "valid", secure: true });
        await stack.up();
        expect(stack.domain(hostname)).toMatchObject(inUse);
        expect(us.calls.filter(({ path }) => path.endsWith("/certificate/enable"))).toHaveLength(1);
    });
});
