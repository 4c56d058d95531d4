// Pulumi's Automation API takes a program whose exports are known for finished. One in which a step failed isn't: the
// engine would delete what that step has left undeclared.
import * as pulumi from "@pulumi/pulumi";
import { HttpsTrackingDomain } from "pulumi-sparkpost-tracking";
import { expect, it } from "vitest";
import { run } from "../support/program.ts";

/** How the SDK tells the engine that everything is declared. */
type Monitor = { signalAndWaitForShutdown?(request: unknown, answer: (error?: Error) => void): void };

async function endOf(zone: pulumi.Input<string>): Promise<{ errors: string[]; error: Error | undefined }> {
    const { errors, result } = await run(() => {
        const { url } = new HttpsTrackingDomain("track", {
            hostname: "track.example.com",
            cloudflare: { zoneId: zone },
        });
        return { url, monitor: pulumi.runtime.getMonitor() as Monitor };
    });
    const error = await new Promise<Error | undefined>((resolve) => {
        const { signalAndWaitForShutdown } = result?.monitor ?? {};
        signalAndWaitForShutdown ? signalAndWaitForShutdown({}, resolve) : resolve(undefined);
    });
    return { errors, error };
}

it("isn't told that a program is finished in which a step has failed", async () => {
    const id = "11111111111111111111111111111111";
    expect(await endOf(id)).toEqual({ errors: [], error: undefined });
    const { errors, error } = await endOf(pulumi.output(Promise.reject(new Error("no such zone"))));
    expect(errors.join()).toContain("no such zone");
    expect(error?.message).toContain("nothing is deleted");
});

it("isn't left waiting where a transform throws before the look at a host", async () => {
    const fail = () => {
        throw new Error("a mistake in a transform");
    };
    const { errors, resources } = await run(() => {
        const cloudflare = { zone: "example.com" };
        new HttpsTrackingDomain("track", { hostname: "track.example.com", cloudflare, transform: { record: fail } });
    });
    // The SDK's own end of a program: it waits for every registration that has begun.
    await (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
    expect(errors.join()).toContain("a mistake in a transform");
    expect(resources.filter(({ type }) => type.startsWith("pulumi-nodejs:"))).toEqual([]);
});
