// A host in a sandbox, examined.
import { onTestFinished } from "vitest";
import { type Examination, examine } from "../../../components/src/doctor/index.ts";
import type { Request, WorldOptions } from "../../../components/src/doctor/world.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../../dev/sandbox/index.ts";

export const HOST = "track.example.com";

/** A sandbox up to the end of the test, with a host that works. */
export async function world(options?: SandboxOptions): Promise<Sandbox> {
    const sandbox = await startSandbox(options);
    onTestFinished(() => sandbox.close());
    sandbox.sparkpost.us.seed({ domain: HOST, secure: true, verified: true });
    return sandbox;
}

/** Behind Cloudflare. */
export async function proxied(options?: SandboxOptions): Promise<Sandbox> {
    const sandbox = await world(options);
    sandbox.cloudflare.seedRecord({ name: HOST, content: "spgo.io", proxied: true });
    return sandbox;
}

export function examined(
    { probe }: Sandbox,
    request: Partial<Request> = {},
    options: WorldOptions = {},
): Promise<Examination> {
    return examine(
        { hostname: HOST, account: {}, ...request },
        { ...options, network: { ...probe, ...options.network } },
    );
}

/** Said where the environment has no key for an API. */
export const WITHOUT_KEY = ["cloudflare-token", "fastly-key", "sparkpost-key"];

/** The checks that aren't fine, as `broken certificate-refused`, but for keys that aren't there. */
export function troubles({ checks }: Examination): string[] {
    return checks
        .filter(({ state, kind }) => state !== "ok" && !WITHOUT_KEY.includes(kind))
        .map(({ state, kind }) => `${state} ${kind}`);
}
