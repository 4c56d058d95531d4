// An edge of one's own, made of resources: what it rests on comes first, and its fingerprint decides what runs again.
import type { RequestListener } from "node:http";
import { expect, it } from "vitest";
import { sandboxAccount } from "../../dev/sandboxDomain.ts";
import { startOwnServer } from "../support/ownServer.ts";
import { TestStack, testProgram } from "../support/stack.ts";
import { inOrder } from "../support/timeline.ts";

const hostname = "track.example.com";

/** What a later `up` has asked through the edge, and of SparkPost. */
function asked(stack: TestStack, since: number) {
    const later = stack.sandbox.timeline.slice(since);
    const count = (matches: (event: (typeof later)[number]) => boolean) => later.filter(matches).length;
    return {
        probe: count(({ kind, userAgent }) => kind === "edge-request" && userAgent !== "SparkPost") > 0,
        verification: count(({ kind }) => kind === "verify-asked") > 0,
    };
}

it("is waited for, probed and verified, and again when it has another fingerprint, whatever becomes of its resources", async () => {
    await using stack = await TestStack.start({ program: testProgram("ownEdge") });
    const { account, probe } = sandboxAccount(stack.sandbox, "cloudflare");
    await stack.workspace.configure({
        "ownEdge:domain": { hostname, endpoint: "spgo.io", account, probe, default: true, protect: false },
        "ownEdge:zoneId": stack.sandbox.cloudflare.zoneId("example.com"),
        "ownEdge:comment": "first",
    });
    await stack.up();
    inOrder(stack.sandbox.timeline, [
        ["record", ({ kind }) => kind === "record-created"],
        ["https through the edge", ({ kind, scheme }) => kind === "edge-request" && scheme === "https"],
        ["verified", ({ kind }) => kind === "verified"],
        ["default", ({ kind }) => kind === "default-changed"],
    ]);
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true, default: true });

    const askedAfter = async (config: Record<string, string>) => {
        await stack.workspace.configure(config);
        const since = stack.sandbox.timeline.length;
        await stack.up();
        return asked(stack, since);
    };
    expect(await askedAfter({ "ownEdge:comment": "second" })).toEqual({ probe: false, verification: false });
    expect(stack.events("record-updated")).toHaveLength(1);
    for (const fingerprint of ["one", "two"]) {
        expect(await askedAfter({ "ownEdge:fingerprint": fingerprint })).toEqual({ probe: true, verification: true });
    }
    await stack.unchanged("--refresh");
});

/** Answers that Node's own client ends on without an event: it stops listening after a change of protocol. */
const switching: RequestListener = ({ socket }) =>
    socket.end("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");

it("that ends the probe without an answer isn't switched to, and an empty report of before is mended", async () => {
    await using stack = await TestStack.start({ program: testProgram("ownEdge") });
    const { sparkpost, cloudflare } = stack.sandbox;
    sparkpost.us.seed({ domain: hostname, verified: true, secure: false, default: true });
    const { account, probe } = sandboxAccount(stack.sandbox, "cloudflare");
    const own = await startOwnServer(stack.sandbox, hostname, switching);
    const configure = (connectTo: string[]) =>
        stack.workspace.configure({
            "ownEdge:domain": {
                ...{ hostname, endpoint: "spgo.io", account, default: true, protect: false, adopt: true },
                probe: { ...probe, connectTo, deadline: 1 },
            },
            "ownEdge:zoneId": cloudflare.zoneId("example.com"),
            "ownEdge:fingerprint": "one",
        });

    await configure([...own, ...probe.connectTo]);
    expect(await stack.failingUp()).toContain("#wrong-answer");
    expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: true });
    expect(stack.events("verify-asked")).toEqual([]);

    // Nor is one that sends clicks nowhere.
    const { faults } = stack.sandbox;
    faults.edgeDropsQuery = true;
    await configure(probe.connectTo);
    expect(await stack.failingUp()).toContain("#query-dropped");
    expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: true });

    faults.edgeDropsQuery = false;
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });

    // What an earlier version left behind: it asked less, and took the end of its process for a proof.
    const exported = JSON.parse((await stack.run("stack export", 0)).stdout);
    const commandOf = ({ deployment }: typeof exported) =>
        deployment.resources.find(({ type }: { type: string }) => type.endsWith(":Command"));
    const command = commandOf(exported);
    command.outputs.stdout = "";
    for (const { environment } of [command.inputs, command.outputs]) {
        const { asks, ...rest } = JSON.parse(environment.SPARKPOST_TRACKING_PROBE);
        environment.SPARKPOST_TRACKING_PROBE = JSON.stringify(rest);
    }
    await stack.workspace.run(["stack", "import"], { input: JSON.stringify(exported) });
    await stack.up();
    const mended = (await stack.resources()).find(({ type }) => type.endsWith(":Command"));
    expect(JSON.parse(`${mended?.outputs.stdout}`)).toMatchObject({ hostname, passed: true });
    await stack.unchanged();
});
