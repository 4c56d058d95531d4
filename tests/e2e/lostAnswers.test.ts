// Registrations whose answer was lost, and deletions that SparkPost or we refuse, with the real engine.
import { expect, it } from "vitest";
import type { ApiFault } from "../../dev/sandbox/index.ts";
import { killUp } from "../support/killed.ts";
import { type StateResource, TestStack } from "../support/stack.ts";

const hostname = "track.example.com";
const domain = { hostname, protect: false };
const collection = /\/tracking-domains$/;

/** The registration as the state has it. */
async function registrationOf(stack: TestStack): Promise<StateResource | undefined> {
    return (await stack.resources()).find(({ type }) => type.endsWith(":TrackingDomain"));
}

it("a registration that took effect is the stack's in the next update, without adopt, though its answer was lost", async () => {
    await using stack = await TestStack.start({ domains: [domain] });
    const { us } = stack.sandbox.sparkpost;
    const { sparkpost: faults } = stack.sandbox.faults;
    // Reads fail from the registration on, so that the provider can't look either.
    const noReads: ApiFault = {
        method: "GET",
        status: 0,
        get times() {
            return us.domains().length > 0 ? 1 : 0;
        },
        set times(_) {},
    };
    faults.push({ method: "POST", path: collection, status: 0, times: 1, applied: true }, noReads);
    expect(await stack.failingUp()).toContain(`${hostname} may be registered all the same`);
    expect((await registrationOf(stack))?.outputs).toMatchObject({ domain: hostname, unconfirmed: true });

    faults.splice(0);
    await stack.up();
    expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
    expect(stack.events("registered")).toHaveLength(1);
    await stack.unchanged("--refresh");
});

it("a registration without an answer that had no effect is made in the next update; a clear refusal leaves nothing behind", async () => {
    await using stack = await TestStack.start({ domains: [domain] });
    const { sparkpost: faults } = stack.sandbox.faults;
    faults.push({ method: "POST", path: collection, status: 400, times: 1 });
    await stack.failingUp();
    expect(await registrationOf(stack)).toBeUndefined();

    faults.push({ method: "POST", path: collection, status: 0, times: 10 });
    await stack.failingUp();
    expect((await registrationOf(stack))?.outputs).toMatchObject({ unconfirmed: true });

    faults.splice(0);
    await stack.up();
    expect((await registrationOf(stack))?.outputs).not.toHaveProperty("unconfirmed");
});

it("a domain in use keeps its record and edge when it is to be deleted, and one that is freed goes", async () => {
    await using stack = await TestStack.start({ domains: [{ ...domain, default: true }] });
    const { us } = stack.sandbox.sparkpost;
    await stack.up();

    const { code, output } = await stack.run("destroy --yes --skip-preview");
    expect(code).not.toBe(0);
    expect(output).toContain(`${hostname} is in use: it is the default of`);
    expect(stack.sandbox.cloudflare.records("example.com")).toHaveLength(1);
    expect(stack.events("record-deleted", "domain-deleted")).toEqual([]);

    us.seed({ domain: "other.example.com", verified: true });
    us.change("other.example.com", { default: true });
    us.change(hostname, { default: false });
    await stack.destroy();
    expect(us.domains()).toMatchObject([{ domain: "other.example.com" }]);
});

it("a domain that somebody's sending domain links to keeps its record and edge, and where nobody can see the link, the refusal says what is gone and how to put it back", async () => {
    await using stack = await TestStack.start({ sandbox: { sendingDomains: ["example.com"] }, domains: [domain] });
    const { sandbox } = stack;
    const records = () => sandbox.cloudflare.records("example.com").length;
    await stack.up();
    sandbox.sparkpost.us.link("example.com", hostname);

    const refused = await stack.run("destroy --yes --skip-preview");
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("Link example.com to another domain");
    expect(records()).toBe(1);
    // Its successor was just made, so nothing of the domain goes.
    await stack.up("--replace", "**Verification::**");
    expect(records()).toBe(1);

    sandbox.faults.sparkpost.push({ method: "GET", path: /\/sending-domains$/, status: 403, times: 1 });
    const late = await stack.run("destroy --yes --skip-preview");
    expect(late.code).not.toBe(0);
    expect(late.output).toContain("Its DNS record and edge are already deleted");
    expect(records()).toBe(0);
});

it.runIf(process.platform === "linux")(
    "Ctrl-C ends a call whose answer trickles, and the next update goes on",
    async () => {
        await using stack = await TestStack.start({ domains: [{ ...domain, account: { timeout: 600 } }] });
        stack.sandbox.faults.sparkpost.push({ method: "POST", path: collection, transport: "trickle", times: 1 });
        expect(await killUp(stack, ({ kind }) => kind === "registered", "SIGINT")).toContain("Stopped by Ctrl-C");
        expect((await registrationOf(stack))?.outputs).toMatchObject({ unconfirmed: true });

        await stack.up();
        expect(stack.events("registered")).toHaveLength(1);
        expect(stack.domain(hostname)).toMatchObject({ verified: true });
    },
);

it.runIf(process.platform === "linux")(
    "Ctrl-C ends the wait for a domain in use, which is taken back to http first",
    async () => {
        const used = { ...domain, adopt: true };
        await using stack = await TestStack.start({ domains: [{ ...used, verification: { deadline: 3_600 } }] });
        stack.sandbox.sparkpost.us.seed({ domain: hostname, secure: false, verified: true });
        stack.sandbox.faults.verifyNo = 3;
        expect(await killUp(stack, ({ kind }) => kind === "not-verified", "SIGINT")).toContain("The switch was undone");
        expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: true });
    },
);
