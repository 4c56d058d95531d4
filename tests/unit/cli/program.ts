// Runs a command of the command line inside the test, and keeps what it printed.
import type { ProbeOptions } from "pulumi-sparkpost-tracking/probe";
import { run } from "../../../components/src/cli/main.ts";
import { fakeClock } from "../../support/fakeAccount.ts";

export interface Outcome {
    code: number;
    out: string;
    err: string;
}

/** Name servers that are found by name answer on `dnsPort`. */
export async function runCli(
    args: string[],
    env: Record<string, string>,
    dnsPort?: number,
    network?: ProbeOptions,
): Promise<Outcome> {
    const outcome = { out: "", err: "" };
    const code = await run(args, {
        env,
        out: (text) => {
            outcome.out += `${text}\n`;
        },
        err: (text) => {
            outcome.err += `${text}\n`;
        },
        clock: fakeClock().clock,
        dnsPort,
        // Nobody answers there: these tests ask nothing of the internet.
        network: { resolver: "127.0.0.1:1", ...network },
    });
    return { code, ...outcome };
}
