// The program behind `npx --no-install pulumi-sparkpost-tracking`: which command, and how its failures are told. Nothing here prints a
// stack or a key.
import { plainText, printable } from "../othersWords";
import { endWithStreams } from "../process/ending";
import { type Command, exitCodes, Failure, guessOf, type Io, UsageError } from "./command";
import { compareZoneCommand } from "./compareZoneCommand";
import { doctorCommand } from "./doctor";
import { findCommand } from "./find";

const commands: Record<string, Command> = {
    doctor: doctorCommand,
    find: findCommand,
    "compare-zone": compareZoneCommand,
};

const usage = `Usage:
  pulumi-sparkpost-tracking doctor HOST... [options]
      What is wrong with a tracking host, from DNS to SparkPost. It needs no account.
  pulumi-sparkpost-tracking find HOST [options]
      What exists for a tracking host at Cloudflare and SparkPost, and the configuration that takes it over.
  pulumi-sparkpost-tracking compare-zone ZONE [options]
      Before a zone is delegated to Cloudflare: what the old name servers answer, against the new ones.

The options of each: pulumi-sparkpost-tracking COMMAND --help`;

/** Runs the program. */
export function main(): void {
    endWithStreams();
    void run(process.argv.slice(2), {
        env: process.env,
        out: (text) => process.stdout.write(`${text}\n`),
        err: (text) => process.stderr.write(`${text}\n`),
    }).then((code) => {
        process.exitCode = code;
    });
}

/** Runs the command that the arguments name; gives the exit code. What it throws is a mistake of ours. */
export async function run([name, ...args]: string[], world: Io): Promise<number> {
    const io: Io = {
        ...world,
        out: (text) => world.out(printable(text)),
        err: (text) => world.err(printable(text)),
    };
    const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
    if ([name, ...args].some((argument) => argument === "--help" || argument === "-h")) {
        io.out(command?.usage ?? usage);
        return exitCodes.fine;
    }
    try {
        if (!command) {
            throw new UsageError(name === undefined ? "a command is needed" : unknown(name));
        }
        return await command.run(args, io);
    } catch (error) {
        if (error instanceof UsageError) {
            io.err(`${error.message}\n\n${command?.usage ?? usage}`);
            return exitCodes.usage;
        }
        if (!(error instanceof Failure)) {
            throw error;
        }
        io.err(error.message);
        return error.exitCode;
    }
}

function unknown(name: string): string {
    return `there is no command ${plainText(name)}${guessOf(name, Object.keys(commands))}`;
}
