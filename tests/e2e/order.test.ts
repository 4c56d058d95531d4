// The order is the product: the timeline proves that no step happened before the one it waits for, whatever is late.
import { describe, expect, it } from "vitest";
import type { Assumed } from "../../dev/sandbox/index.ts";
import { TestStack } from "../support/stack.ts";
import { inOrder, isHttpsThroughEdge } from "../support/timeline.ts";

const hostname = "track.example.com";
/** The name appears late, the certificate later, and SparkPost says no, no, yes. */
const late = { nameDelay: 600, certificateDelay: 1_500, verifyNo: 2 };

/** What no vendor documents, read both ways. */
const readings: [string, Partial<Assumed>][] = [
    ["an unverified host is refused, a new scheme loses the verification", {}],
    [
        "an unverified host is served, a new scheme keeps the verification",
        { unverifiedHost: "served", putSecureResetsVerified: false, failedVerifyKeepsVerified: true },
    ],
];

describe.each(readings)("where %s", (_reading, assumed) => {
    it("registers, serves, probes, verifies and makes the default, in this order, and comes down in reverse", async () => {
        await using stack = await TestStack.start({
            sandbox: { assumed, faults: late },
            domains: [{ hostname, default: true, protect: false }],
        });
        await stack.up();

        const { timeline } = stack.sandbox;
        inOrder(timeline, [
            ["registered", ({ kind, secure }) => kind === "registered" && secure === true],
            ["record", ({ kind }) => kind === "record-created"],
            ["name", ({ kind }) => kind === "name-visible"],
            ["certificate", ({ kind }) => kind === "certificate-ready"],
            ["https through the edge", isHttpsThroughEdge],
            ["verification", ({ kind }) => kind === "verify-asked"],
            ["verified", ({ kind }) => kind === "verified"],
            ["default", ({ kind }) => kind === "default-changed"],
        ]);
        expect(stack.events("not-verified")).toHaveLength(2);
        expect(stack.events("secure-changed")).toEqual([]);
        // No recursive resolver before the authoritative servers know the name: it would remember "no such name".
        const denials = stack
            .events("dns-query")
            .filter(({ host, server, rcode }) => host === hostname && server === "resolver" && rcode === "NXDOMAIN");
        expect(denials).toEqual([]);

        const comingDown = timeline.length;
        stack.sandbox.sparkpost.us.change(hostname, { default: false });
        await stack.destroy();
        inOrder(timeline.slice(comingDown), [
            ["record", ({ kind }) => kind === "record-deleted"],
            ["registration", ({ kind }) => kind === "domain-deleted"],
        ]);
    });

    it("switches a live insecure domain only after a validated answer over https through the edge", async () => {
        await using stack = await TestStack.start({
            sandbox: { assumed, faults: late },
            domains: [{ hostname, default: true, adopt: true, protect: false }],
        });
        stack.sandbox.sparkpost.us.seed({ domain: hostname, secure: false, verified: true });
        await stack.up();

        inOrder(stack.sandbox.timeline, [
            ["record", ({ kind }) => kind === "record-created"],
            ["https through the edge", isHttpsThroughEdge],
            ["switch to secure", ({ kind, secure }) => kind === "secure-changed" && secure === true],
            ["verified", ({ kind }) => kind === "verified"],
            ["default", ({ kind }) => kind === "default-changed"],
        ]);
        expect(stack.events("registered")).toEqual([]);
        expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true, default: true });
    });
});
