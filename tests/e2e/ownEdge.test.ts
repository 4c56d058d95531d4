// An edge of one's own, made of resources: what it rests on comes first, and its fingerprint decides what runs again.
import { expect, it } from "vitest";
import { sandboxAccount } from "../../tools/sandboxDomain.ts";
import { TestStack, testProgram } from "../support/stack.ts";
import { inOrder } from "../support/timeline.ts";

const hostname = "track.example.com";

/** A stack of the program, up, with these values of its configuration beside the domain. */
async function started(config: Record<string, string>): Promise<TestStack> {
    const stack = await TestStack.start({ program: testProgram("ownEdge") });
    const { account, probe } = sandboxAccount(stack.sandbox, "cloudflare");
    await stack.workspace.configure({
        "ownEdge:domain": { hostname, endpoint: "spgo.io", account, probe, default: true, protect: false },
        "ownEdge:zoneId": stack.sandbox.cloudflare.zoneId("example.com"),
        "ownEdge:comment": "first",
        ...config,
    });
    await stack.up();
    return stack;
}

/** What a later `up` has asked through the edge, and of SparkPost. */
function asked(stack: TestStack, since: number) {
    const later = stack.sandbox.timeline.slice(since);
    const count = (matches: (event: (typeof later)[number]) => boolean) => later.filter(matches).length;
    return {
        probe: count(({ kind, userAgent }) => kind === "edge-request" && userAgent !== "SparkPost") > 0,
        verification: count(({ kind }) => kind === "verify-asked") > 0,
    };
}

it("is waited for, probed and verified, and again when its fingerprint changes", async () => {
    await using stack = await started({ "ownEdge:fingerprint": "one" });
    inOrder(stack.sandbox.timeline, [
        ["record", ({ kind }) => kind === "record-created"],
        ["https through the edge", ({ kind, scheme }) => kind === "edge-request" && scheme === "https"],
        ["verified", ({ kind }) => kind === "verified"],
        ["default", ({ kind }) => kind === "default-changed"],
    ]);
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true, default: true });
    await stack.unchanged("--refresh");

    await stack.workspace.configure({ "ownEdge:fingerprint": "two" });
    const since = stack.sandbox.timeline.length;
    await stack.up();
    expect(asked(stack, since)).toEqual({ probe: true, verification: true });
    await stack.unchanged();
});

it("without a fingerprint isn't proven again, whatever becomes of its resources", async () => {
    await using stack = await started({});
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true, default: true });

    await stack.workspace.configure({ "ownEdge:comment": "second" });
    const since = stack.sandbox.timeline.length;
    await stack.up();
    expect(stack.events("record-updated")).toHaveLength(1);
    expect(asked(stack, since)).toEqual({ probe: false, verification: false });
    await stack.unchanged("--refresh");
});
