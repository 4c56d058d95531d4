// The stand-in for the command plugin: a program that the engine starts. It really runs the commands of
// `local.Command`; what they print appears on the resource's row.
import { killRunning } from "./command/process.ts";
import { localCommand } from "./command/resource.ts";
import { log, type Plugin, serve } from "./serve.ts";

export const command: Plugin = {
    name: "command",
    resources: { "command:local:Command": localCommand((urn, line) => log("INFO", line, urn)) },
    functions: {},
    cancel: killRunning,
};

if (import.meta.main) {
    await serve(command);
}
