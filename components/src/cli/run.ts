// The command line: which command, and how its failures are told. Nothing here prints a stack or a key.
import { compareZoneCommand } from "./compareZoneCommand";
import { findCommand } from "./findCommand";
import { exitCodes, Failure, type Io, UsageError } from "./io";
import { usage } from "./usage";

const commands: Record<string, (args: string[], io: Io) => Promise<number>> = {
    find: findCommand,
    "compare-zone": compareZoneCommand,
};

/** Runs the command that the arguments name; gives the exit code. What it throws is a mistake of ours. */
export async function run([name, ...args]: string[], io: Io): Promise<number> {
    if (name === "--help" || name === "-h" || args.includes("--help") || args.includes("-h")) {
        io.out(usage);
        return exitCodes.fine;
    }
    try {
        const command = name === undefined || !Object.hasOwn(commands, name) ? undefined : commands[name];
        if (!command) {
            const given = name === undefined ? "a command is needed" : `there is no command ${JSON.stringify(name)}`;
            throw new UsageError(`${given}; there are ${Object.keys(commands).join(" and ")}`);
        }
        return await command(args, io);
    } catch (error) {
        if (error instanceof UsageError) {
            io.err(`${error.message}\n\n${usage}`);
            return exitCodes.usage;
        }
        if (!(error instanceof Failure)) {
            throw error;
        }
        io.err(error.message);
        return error.exitCode;
    }
}
