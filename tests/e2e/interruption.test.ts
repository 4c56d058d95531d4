// A CLI that is killed in mid verification: nothing goes on without it, and the documented commands mend the state.
import { describe, expect, it } from "vitest";
import { killInMidVerification, killUp, mend } from "../support/killed.ts";
import { TestStack, testProgram } from "../support/stack.ts";

const hostname = "track.example.com";

describe.runIf(process.platform === "linux")("a CLI that is killed", () => {
    it("while the probe asks leaves no process of ours behind, and the host unswitched", async () => {
        await using stack = await TestStack.start({
            sandbox: { zones: [{ name: "example.com", certificate: false }], faults: { certificateDelay: 600_000 } },
            domains: [{ hostname, protect: false, probe: { deadline: 600 } }],
        });
        await killUp(stack, /no certificate for/);
        expect(stack.domain(hostname)).toMatchObject({ verified: false });
    });

    it("while the program waits leaves no process of ours behind", async () => {
        await using stack = await TestStack.start({ program: testProgram("endless") });
        await killUp(stack, /waiting for ever/);
    });
});

describe.runIf(process.platform === "linux")("a CLI that is killed right after it made something", () => {
    it("is finished by the command that the next up names, and nothing is doubled", async () => {
        await using stack = await TestStack.start({
            domains: [{ hostname, fastly: { dns: { cloudflare: { zone: "example.com" } } }, protect: false }],
        });
        await killUp(stack, ({ kind }) => kind === "service-created");

        await mend(stack);
        const [command = ""] = /pulumi import .*/.exec(await stack.failingUp()) ?? [];
        expect(command).toContain(stack.sandbox.fastly.services()[0]?.id);
        await stack.run(command.replace(/^pulumi /, "").replaceAll("'", ""), 0);
        await stack.up();
        expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
        expect(stack.events("service-created")).toHaveLength(1);
        await stack.unchanged("--refresh");
    });
});

describe.runIf(process.platform === "linux")("a CLI that is killed in mid verification", () => {
    it("of a domain in use leads back to http, verified, when SparkPost goes on saying no", async () => {
        const domain = { hostname, adopt: true, protect: false };
        await using stack = await TestStack.start({
            sandbox: { faults: { verifyNever: true } },
            domains: [{ ...domain, verification: { deadline: 600 } }],
        });
        stack.sandbox.sparkpost.us.seed({ domain: hostname, secure: false, verified: true });
        await killInMidVerification(stack);
        expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: false });

        await mend(stack);
        await stack.declare({ ...domain, verification: { deadline: 1 } });
        // No as often as it is asked over https, and then as it really is.
        Object.assign(stack.sandbox.faults, { verifyNever: false, verifyNo: 2 });
        expect(await stack.failingUp()).toContain("#not-verified");
        expect(stack.domain(hostname)).toMatchObject({ secure: false, verified: true });
        await stack.up();
        expect(stack.domain(hostname)).toMatchObject({ secure: true, verified: true });
    });
});
