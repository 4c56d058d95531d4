// The stand-in for the command plugin: a program that the engine starts. It really runs the commands of
// `local.Command`; what they print appears on the resource's row.
import { killRunning } from "./command/process.ts";
import { localCommand } from "./command/resource.ts";
import { log, type Plugin, serve } from "./serve.ts";

export const command: Plugin = {
    name: "command",
    // Ephemeral, as the official plugin's `LogOutput` has it (`InfoStatus`): a failure repeats all of it in its own words.
    resources: { "command:local:Command": localCommand((urn, line) => log("INFO", line, urn, true)) },
    functions: {},
    cancel: killRunning,
};

if (import.meta.main) {
    await serve(command);
}
