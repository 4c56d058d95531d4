// What a command is, what it gets from outside, and how it reads its arguments.
import { type ParseArgsConfig, parseArgs } from "node:util";
import { plainText } from "../othersWords";
import type { ProbeOptions } from "../probe/arguments";
import type { Clock } from "../process/poll";
import { nearest } from "../pulumi/shape";

export interface Command {
    /** Printed by `--help`, and after the message of a {@link UsageError}. */
    usage: string;
    /** Returns the exit code. Throws {@link UsageError} and {@link Failure}. */
    run(args: string[], io: Io): Promise<number>;
}

export interface Io {
    /** Keys come only from here, because everybody on the machine can see arguments. */
    env: Record<string, string | undefined>;
    out(text: string): void;
    err(text: string): void;
    /** Replaces `out` at a terminal. It writes texts unchanged, with colours. */
    terminal?: { width: number; isColoured: boolean; write(text: string): void };
    /** At a terminal, replaces the last line of `err`. An empty line removes it. */
    progress?(line: string): void;
    /** For the pauses between tries. Default: the system's. */
    clock?: Clock;
    /** The port of name servers that are found by name. Default: 53. */
    dnsPort?: number;
    /** How to ask a hostname. Default: over this machine's network. */
    network?: ProbeOptions;
}

export const exitCodes = { fine: 0, failed: 1, differs: 1, usage: 2, silent: 3 };

/** The arguments are wrong. The message is one sentence; the command's usage is printed after it. */
export class UsageError extends Error {
    override readonly name = "UsageError";
}

/** The command can't go on. The message says why, and what to do. */
export class Failure extends Error {
    override readonly name = "Failure";

    constructor(
        message: string,
        readonly exitCode: number = exitCodes.failed,
    ) {
        super(message);
    }
}

/** Parses with Node's own parser. Throws {@link UsageError}; for an unknown option it names the nearest one. */
export function parse<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
    try {
        return parseArgs(config);
    } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        const [, unknown] = /'(-[^']*)'/.exec(message) ?? [];
        if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" && unknown !== undefined) {
            const known = Object.keys(config.options ?? {}).map((name) => `--${name}`);
            throw new UsageError(`there is no option ${plainText(unknown)}${didYouMean(unknown, known)}`);
        }
        throw new UsageError(plainText(message));
    }
}

/** The word that was probably meant, as the end of a sentence; empty if none is near. */
export function didYouMean(unknown: string, known: readonly string[]): string {
    const meant = nearest(unknown, known);
    return meant === undefined ? "" : `; did you mean ${meant}?`;
}

/** The one plain argument that a command takes. */
export function onlyArgument(positionals: string[], what: string): string {
    const [argument, ...others] = positionals;
    if (argument === undefined || others.length > 0) {
        throw new UsageError(argument === undefined ? `give ${what}` : `give one argument only: ${what}`);
    }
    return argument;
}

/** JSON in which nothing acts on a terminal. */
export function asJsonText(data: unknown): string {
    return JSON.stringify(data, null, 2).replace(/[^\P{C}\n]|[\u2028\u2029]/gu, (character) =>
        character
            .split("")
            .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
            .join(""),
    );
}
