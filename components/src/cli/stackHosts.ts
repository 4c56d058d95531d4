// The tracking hosts of a Pulumi stack, by its outputs. The CLI reads them: whichever backend and passphrase it has.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { isHostname } from "../hostname";
import { plainText } from "../othersWords";
import { exitCodes, Failure, type Io } from "./command";

/** Milliseconds for the CLI, and bytes of what it prints. */
const LONGEST = 60_000;
const MOST_BYTES = 50_000_000;

/**
 * The hosts of the stack that is selected in this folder: the keys of its output `trackingDomains`, and each `url` and
 * `hostname` in what it exports, which an HttpsTrackingDomain has. None for a stack whose `trackingDomains` is empty. Throws
 * {@link Failure}.
 */
export async function hostsOfStack({ env }: Pick<Io, "env">): Promise<string[]> {
    const outputs = await outputsOfStack(env);
    const hosts = new Set<string>();
    const collect = (value: unknown, key = "", depth = 0): void => {
        if (typeof value === "string") {
            const host = hostOf(key, value);
            if (host !== undefined) {
                hosts.add(host);
            }
        } else if (typeof value === "object" && value !== null && depth < 10) {
            for (const [inner, one] of Object.entries(value)) {
                if (key === "trackingDomains" && isHostname(inner)) {
                    hosts.add(inner.toLowerCase());
                }
                collect(one, inner, depth + 1);
            }
        }
    };
    collect(outputs);
    const all = (outputs as { trackingDomains?: unknown } | null)?.trackingDomains;
    const saysNone = typeof all === "object" && all !== null && Object.keys(all).length === 0;
    if (hosts.size === 0 && !saysNone) {
        throw new Failure(
            "The stack's outputs name no tracking host. Export the domain's `url` or `hostname`, run `pulumi up`, or give the hosts themselves.",
            exitCodes.usage,
        );
    }
    return [...hosts].sort();
}

function hostOf(key: string, value: string): string | undefined {
    const name = key === "hostname" ? value : key === "url" ? /^https?:\/\/([^/]+)\/?$/.exec(value)?.[1] : undefined;
    return name !== undefined && isHostname(name) ? name.toLowerCase() : undefined;
}

async function outputsOfStack(env: Io["env"]): Promise<unknown> {
    const remedy = "Run doctor in the stack's folder with the stack selected, or give the hosts themselves.";
    try {
        const { stdout } = await promisify(execFile)("pulumi", ["stack", "output", "--json", "--non-interactive"], {
            env,
            timeout: LONGEST,
            maxBuffer: MOST_BYTES,
        });
        return JSON.parse(stdout);
    } catch (error) {
        const { code, killed, stderr = "" } = error as NodeJS.ErrnoException & { killed?: boolean; stderr?: string };
        if (code === "ENOENT") {
            throw new Failure(
                `The stack's outputs can't be read: there is no command pulumi. ${remedy}`,
                exitCodes.usage,
            );
        }
        const said = stderr
            .split("\n")
            .filter((line) => line.trim() !== "")
            .at(-1);
        const why = killed
            ? `it took longer than ${LONGEST / 1000} s`
            : (said ?? (error instanceof SyntaxError ? "its answer isn't JSON" : String(code)));
        throw new Failure(
            `The stack's outputs can't be read: \`pulumi stack output\` failed (${plainText(why)}). ${remedy}`,
            exitCodes.usage,
        );
    }
}
