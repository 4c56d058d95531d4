// The Command that waits for a record during an update.
import { Command, type CommandArgs } from "@pulumi/command/local/command";
import * as pulumi from "@pulumi/pulumi";
import { canonicalJson } from "../pulumi/canonicalJson";
import { checkOwnPackage } from "../pulumi/installed";
import { type Transform, transformed } from "../pulumi/transform";
import type { LookUpOptions } from "./client";
import { RECORD_VARIABLE } from "./wait";

/** Declares the wait for a CNAME record; it is asked again when the record changes. */
export function declareWait(
    name: string,
    record: { name: pulumi.Input<string>; value: pulumi.Input<string>; deadline: number } & LookUpOptions,
    opts: pulumi.CustomResourceOptions,
    transform?: Transform<CommandArgs>,
): Command {
    checkOwnPackage();
    const args: CommandArgs = {
        // A failure begins with `create`, as the plugin says it.
        interpreter: ["node", "--eval", "require('pulumi-sparkpost-tracking/dns').waitForRecord()"],
        create: pulumi.interpolate`wait for ${record.name}`,
        environment: { [RECORD_VARIABLE]: pulumi.output(record).apply(canonicalJson) },
        logging: "stderr",
    };
    return new Command(...transformed(transform, name, args, opts));
}
