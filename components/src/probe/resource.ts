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
 * The version of the probe's checks. When it grows, the probe runs again. Before version 2 it could pass without a report.
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
 * Declares the probe of an edge: a request through the edge must be answered as by the endpoint. What depends on the probe waits
 * for that. The report, one JSON object, is its `stdout`.
 *
 * The command is the same on every machine. One environment variable has everything that makes it run again, and no secret.
 */
export function declareProbe(
    name: string,
    { options, transform, hold, wasOnScheme, redirects, secure = true, appLinks, ...request }: ProbeArgs,
    opts: pulumi.CustomResourceOptions,
): Command {
    checkOwnPackage();
    // Defaults are left out, so that a new field doesn't make every probe run again.
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
        // Shows progress. The report is an output, so it isn't printed.
        logging: "stderr",
    };
    return new Command(...transformed(transform, `${name}-probe`, args, opts));
}
