// What a stack's outputs say of hosts that an update left out, or that failed in it: never more than was seen.
import { expect, it } from "vitest";
import { TestStack } from "../support/stack.ts";

const [a, b] = ["a.example.com", "b.example.org"];
const zones = [{ name: "example.com" }, { name: "example.org" }];
const placeholder = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const other = { hostname: b, cloudflare: { zone: "example.org" }, probe: { deadline: 1 } };

/** The outputs of each host, as a program that reads them gets them. */
async function outputsOf(stack: TestStack): Promise<Record<string, Record<string, unknown>>> {
    const { stdout } = await stack.workspace.run(["stack", "output", "--json"]);
    expect(stdout).not.toContain(placeholder);
    return JSON.parse(stdout).trackingDomains;
}

const works = (hostname: string) => ({ verified: true, url: `https://${hostname}` });

it("are of what was seen, where an update leaves a host out, before and after it was made", async () => {
    await using stack = await TestStack.start({
        sandbox: { zones },
        domains: [{ hostname: a, default: true }, other],
    });
    const preview = await stack.run("preview", 0);
    expect(preview.output).not.toMatch(/verified *: true|default *: true|url *: "/);

    await stack.up("--target", `**${a}*`);
    expect(await outputsOf(stack)).toMatchObject({
        [a]: { ...works(a), default: true },
        [b]: { verified: false, default: false },
    });
    expect((await outputsOf(stack))[b]).not.toHaveProperty("url");

    await stack.up("--exclude", `**Verification::${b}`);
    expect(await outputsOf(stack)).toMatchObject({ [a]: works(a), [b]: { verified: false } });
    expect(stack.domain(b)).toMatchObject({ verified: false });

    await stack.up();
    expect(await outputsOf(stack)).toMatchObject({ [a]: works(a), [b]: works(b) });
    await stack.unchanged("--refresh");

    // What a refresh has seen of a host stays said, where the next update leaves that host out.
    stack.sandbox.sparkpost.us.change(a, { verified: false, default: false });
    await stack.run("refresh --yes", 0);
    await stack.up("--target", `**${b}*`);
    expect(await outputsOf(stack)).toMatchObject({ [a]: { verified: false, default: false }, [b]: works(b) });
}, 400_000);

it("of a host that fails say so, while the other one is finished and has all of its own", async () => {
    await using stack = await TestStack.start({
        sandbox: { zones: [{ name: "example.com" }, { name: "example.org", certificate: false }] },
        domains: [{ hostname: a, default: true }, other],
    });
    const output = await stack.failingUp("--continue-on-error");
    expect(output).not.toContain("unhandled exception");
    expect(stack.domain(a)).toMatchObject({ verified: true, default: true });
    expect(stack.domain(b)).toMatchObject({ verified: false });
    expect(await outputsOf(stack)).toMatchObject({
        [a]: { ...works(a), default: true },
        [b]: {
            verified: false,
            default: false,
            nextSteps: [expect.stringContaining("didn't finish")],
            notes: [expect.any(String)],
        },
    });

    await stack.declare({ hostname: a, default: true });
    const { us } = stack.sandbox.sparkpost;
    us.change(a, { verified: false });
    stack.sandbox.faults.verifyStatus = 403;
    await stack.failingUp("--refresh", "--continue-on-error");
    expect(await outputsOf(stack)).toMatchObject({ [a]: { verified: false } });
});

it("of hosts whose edges fail in the middle say so, without an exception of the SDK", async () => {
    const dns = { cloudflare: { zone: "example.com" } };
    await using stack = await TestStack.start({
        ownProcesses: true,
        domains: [
            { hostname: a },
            { hostname: "fast.example.com", fastly: { dns } },
            { hostname: "managed.example.com", managed: { dns } },
        ],
    });
    stack.sandbox.faults.fastly.push({ method: "POST", path: /tls.subscriptions/, status: 500, times: 100 });
    stack.sandbox.faults.sparkpost.push({ method: "POST", path: /certificate/, status: 403, times: 100 });
    const output = await stack.failingUp("--continue-on-error");
    expect(output).not.toMatch(/unhandled exception|error serializing|failed to register/);
    expect(await outputsOf(stack)).toMatchObject({
        [a]: works(a),
        "fast.example.com": { verified: false },
        "managed.example.com": { verified: false },
    });
});
