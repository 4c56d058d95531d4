// What a command has to do with the world around it: environment, output, exit codes, arguments.
import { type ParseArgsConfig, parseArgs } from "node:util";
import type { CloudflareAccess } from "../cloudflare/api";
import { defaultBaseUrl } from "../cloudflare/api";

export interface Io {
    /** Keys come from here alone: arguments are seen by everybody on the machine. */
    env: Record<string, string | undefined>;
    out(text: string): void;
    err(text: string): void;
    /** Scales the delays between tries; the tests make it small. */
    patience?: number;
    /** The port of name servers that are found by name. Default 53. */
    dnsPort?: number;
}

export const exitCodes = { fine: 0, failed: 1, differs: 1, usage: 2, silent: 3 };

/** The arguments can't be used; the usage is printed after the message. */
export class UsageError extends Error {
    override readonly name = "UsageError";
}

/** The command can't go on; its message says why and what to do. */
export class Failure extends Error {
    override readonly name = "Failure";

    constructor(
        message: string,
        readonly exitCode: number = exitCodes.failed,
    ) {
        super(message);
    }
}

/** Node's own parser; what it refuses is a {@link UsageError}. */
export function parse<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
    try {
        return parseArgs(config);
    } catch (error) {
        throw new UsageError((error as Error).message);
    }
}

/** The one plain argument that a command takes. */
export function onlyArgument(positionals: string[], what: string): string {
    const [argument, ...others] = positionals;
    if (argument === undefined || others.length > 0) {
        throw new UsageError(`${argument === undefined ? "needed" : "give one only"}: ${what}`);
    }
    return argument;
}

export const cloudflareVariable = "CLOUDFLARE_API_TOKEN";

/** Cloudflare by the environment; `undefined` without a token. */
export function cloudflareOf({ env }: Io): CloudflareAccess | undefined {
    const token = env[cloudflareVariable]?.trim();
    return token ? { token, baseUrl: env.CLOUDFLARE_BASE_URL?.trim() || defaultBaseUrl } : undefined;
}
