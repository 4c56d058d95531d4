// command:local:Command: runs `create` when it is made, `update` (else `create`) when an input changes, `delete` when
// it goes. A change of `triggers` replaces. After the official plugin, without its assets and archives.
import { randomBytes } from "node:crypto";
import { type ResourceType, unknownProperty } from "../serve.ts";
import { differs, holdsSecret, type Properties, secret, withoutSecrets } from "../values.ts";
import { type CommandOptions, runCommand } from "./process.ts";

const INPUTS = [
    "create",
    "update",
    "delete",
    "dir",
    "environment",
    "interpreter",
    "stdin",
    "logging",
    "addPreviousOutputInEnv",
    "triggers",
];
const UNSUPPORTED = ["assetPaths", "archivePaths"];

interface Inputs extends CommandOptions {
    create?: string;
    update?: string;
    delete?: string;
    logging?: "stdout" | "stderr" | "stdoutAndStderr" | "none";
    addPreviousOutputInEnv?: boolean;
}

/** Shows a line on the resource's own row; resolves when the engine has it. */
export type LogLine = (urn: string, line: string) => Promise<void>;

export function localCommand(log: LogLine): ResourceType {
    /** Runs the command line, if there is one, and adds what it printed to the inputs. */
    const run = async (command: string | undefined, inputs: Properties, previous: Properties, urn: string) => {
        const plain = withoutSecrets(inputs) as Inputs;
        const state: Properties = { stdout: previous.stdout ?? "", stderr: previous.stderr ?? "", ...inputs };
        if (command === undefined) {
            return state;
        }
        const environment = { ...plain.environment, ...previousOutput(plain, previous) };
        let logged = Promise.resolve(); // one line after the other, and all of them before the operation ends
        const output = await runCommand(command, { ...plain, environment }, (stream, line) => {
            if (isLogged(plain.logging, stream)) {
                logged = logged.then(() => log(urn, line));
            }
        }).finally(() => logged);
        const hide = holdsSecret(inputs) ? secret : (text: string) => text;
        return { ...state, stdout: hide(output.stdout), stderr: hide(output.stderr) };
    };

    return {
        check: (inputs) =>
            UNSUPPORTED.filter((property) => property in inputs).map((property) =>
                unknownProperty("command", property),
            ),

        diff(state, inputs) {
            const changed = INPUTS.filter((key) => differs(inputs[key], state[key]));
            return { changes: changed.length > 0, replaces: changed.filter((key) => key === "triggers") };
        },

        async create(inputs, urn) {
            const state = await run((withoutSecrets(inputs) as Inputs).create, inputs, {}, urn);
            return { id: `${urn.split("::").pop()}${randomBytes(4).toString("hex")}`, state };
        },

        read: async (id, state) => ({ id, state }),

        async update(_id, state, inputs, urn) {
            const { create, update } = withoutSecrets(inputs) as Inputs;
            return run(update ?? create, inputs, state, urn);
        },

        async delete(_id, state, urn) {
            await run((withoutSecrets(state) as Inputs).delete, inputsOf(state), state, urn);
        },
    };
}

/** What the command printed the last time, for the next one to see. */
function previousOutput({ addPreviousOutputInEnv = true }: Inputs, previous: Properties): Record<string, string> {
    const { stdout, stderr } = withoutSecrets(previous) as { stdout?: string; stderr?: string };
    if (!addPreviousOutputInEnv) {
        return {};
    }
    return {
        ...(stdout && { PULUMI_COMMAND_STDOUT: stdout }),
        ...(stderr && { PULUMI_COMMAND_STDERR: stderr }),
    };
}

function isLogged(logging: Inputs["logging"], stream: "stdout" | "stderr"): boolean {
    return logging === undefined || logging === "stdoutAndStderr" || logging === stream;
}

function inputsOf(state: Properties): Properties {
    return Object.fromEntries(INPUTS.filter((key) => key in state).map((key) => [key, state[key]]));
}
