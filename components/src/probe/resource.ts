// The Command that runs the probe during an update. A preview never runs it.
import { Command, type CommandArgs } from "@pulumi/command/local/command";
import * as pulumi from "@pulumi/pulumi";
import { type AppLinks, namesInFiles } from "../appLinks";
import { canonicalJson } from "../pulumi/canonicalJson";
import { checkOwnPackage } from "../pulumi/installed";
import { type Transform, transformed } from "../pulumi/transform";
import type { ProbeOptions } from "./arguments";
import { PROBE_VARIABLE } from "./request";

/**
 * Counts the probe's checks. When a new version checks more, the probe runs again. A probe before 2 could also pass without
 * a report.
 */
const ASKS = 2;

interface ProbeArgs {
    hostname: string;
    endpoint: pulumi.Input<string>;
    /** The edge is to redirect to the endpoint instead of relaying. */
    redirects?: boolean;
    /** Whether links are https. Default true. */
    secure?: boolean;
    /** Of the edge's arguments: when it changes, the probe runs again. */
    fingerprint: pulumi.Input<string>;
    /** What terminates TLS, as `Edge.kind`. */
    edge?: string;
    /** While true, the probe skips its checks. */
    hold?: pulumi.Output<boolean>;
    /** The links already had this scheme when the stack first saw the host, so they are in use. */
    wasOnScheme?: pulumi.Output<boolean>;
    /** The apps whose files the edge serves. */
    appLinks?: AppLinks;
    options: ProbeOptions;
    transform?: Transform<CommandArgs>;
}

/**
 * Declares the probe of an edge: a request through it must come back as from the endpoint before anything that depends
 * on this is touched. The report, one JSON object, is its `stdout`.
 *
 * The command is the same on every machine; all that makes it run again is in one environment variable. Nothing in it is
 * secret.
 */
export function declareProbe(
    name: string,
    { options, transform, hold, wasOnScheme, redirects, secure = true, appLinks, ...request }: ProbeArgs,
    opts: pulumi.CustomResourceOptions,
): Command {
    checkOwnPackage();
    // What is as usual is left out, so that nothing runs again for its sake.
    const postponed = hold?.apply((held) => held || undefined);
    const args: CommandArgs = {
        // A failure begins with `create`, as the plugin says it: `exit status 1: running "probe of track.example.com":`.
        interpreter: ["node", "--eval", "require('pulumi-sparkpost-tracking/probe').run()"],
        create: `probe of ${request.hostname}`,
        environment: {
            [PROBE_VARIABLE]: pulumi
                .output({
                    ...options,
                    ...request,
                    asks: ASKS,
                    ...(redirects && { redirects }),
                    ...(!secure && { secure }),
                    ...(appLinks && { appLinks: namesInFiles(appLinks) }),
                    postponed,
                    wasOnScheme: wasOnScheme?.apply((was) => was || undefined),
                })
                .apply(canonicalJson),
        },
        // Progress is shown live; the report is an output and needn't be printed besides.
        logging: "stderr",
    };
    return new Command(...transformed(transform, `${name}-probe`, args, opts));
}
