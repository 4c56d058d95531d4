// The program `npx --no-install pulumi-sparkpost-tracking`: chooses the command, and prints its errors. It never prints a stack
// trace of an expected error, or a key.
import { CloudflareError } from "../cloudflare/api";
import { plainText, printable } from "../othersWords";
import { endWithStreams } from "../process/ending";
import { type Command, didYouMean, exitCodes, Failure, type Io, UsageError } from "./command";
import { compareZoneCommand } from "./compareZoneCommand";
import { doctorCommand } from "./doctor";
import { findCommand } from "./find";

const commands: Record<string, Command> = {
    doctor: doctorCommand,
    find: findCommand,
    "compare-zone": compareZoneCommand,
};

const usage = `Usage: npx --no-install pulumi-sparkpost-tracking COMMAND

  npx --no-install pulumi-sparkpost-tracking doctor HOSTNAME... [options]
      Shows what is wrong with a tracking hostname, from DNS to SparkPost. It needs no account.
  npx --no-install pulumi-sparkpost-tracking find HOSTNAME [options]
      Shows what exists for a tracking hostname, and the configuration that takes it over.
  npx --no-install pulumi-sparkpost-tracking compare-zone ZONE [options]
      Compares the old and the new name servers of a zone, before it is delegated to Cloudflare.

The options of a command:
  npx --no-install pulumi-sparkpost-tracking COMMAND --help

Run them in the stack's own folder. With --no-install npx fetches nothing. Without it, npx could run somebody
else's package with your keys.`;

/** Runs the program. */
export function main(): void {
    endWithStreams();
    void run(process.argv.slice(2), {
        env: process.env,
        out: (text) => process.stdout.write(`${text}\n`),
        err: (text) => process.stderr.write(`${text}\n`),
        ...(process.stdout.isTTY && { terminal: terminalOf(process.stdout) }),
        ...(process.stderr.isTTY && {
            progress: (line) => process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`),
        }),
    }).then((code) => {
        process.exitCode = code;
    });
}

/** A terminal of whatever width; lines as long as a page are hard to read. Colours by no-color.org. */
function terminalOf(stream: NodeJS.WriteStream): Io["terminal"] {
    return {
        width: Math.max(40, Math.min(stream.columns ?? 80, 100)),
        isColoured: !process.env.NO_COLOR && process.env.TERM !== "dumb",
        write: (text) => stream.write(`${text}\n`),
    };
}

/** Runs the command that the arguments name. Returns the exit code. If it throws, that is a bug. */
export async function run([name, ...args]: string[], world: Io): Promise<number> {
    const io: Io = {
        ...world,
        out: (text) => world.out(printable(text)),
        err: (text) => world.err(printable(text)),
        progress: (line) => world.progress?.(printable(line)),
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
        if (error instanceof CloudflareError) {
            io.err(error.explanation);
            return exitCodes.failed;
        }
        if (!(error instanceof Failure)) {
            throw error;
        }
        io.err(error.message);
        return error.exitCode;
    }
}

function unknown(name: string): string {
    return `there is no command ${plainText(name)}${didYouMean(name, Object.keys(commands))}`;
}
