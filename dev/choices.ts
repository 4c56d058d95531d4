// The flags of demo and sandbox: which edge, and in the sandbox what is late or broken.
import type { Faults } from "./sandbox/index.ts";
import type { EdgeKind } from "./sandboxDomain.ts";

export interface Choices {
    kind: EdgeKind;
    /** What is late in real life is late here too. */
    isSlow: boolean;
    broken?: Broken;
}

/** What can be broken, each with what it means. `pulumi up` ends with the message that a user would get. */
export const BROKEN = {
    certificate: {
        what: "the host has no valid certificate",
        faults: { expiredCertificate: true, managedCertificateFails: true },
    },
    intermediate: {
        what: "the edge doesn't send the certificate between its own and the root",
        faults: { missingIntermediate: true },
    },
    challenge: { what: "the edge asks every client to prove that it is human", faults: { edgeChallenge: true } },
    query: { what: "the edge drops the query of every link", faults: { edgeDropsQuery: true } },
    stranger: { what: "somebody else's web server answers behind the edge", faults: { strangerOrigin: true } },
    origin: { what: "nothing listens behind the edge", faults: { originDown: true } },
    dns: { what: "resolvers answer SERVFAIL, as where DNSSEC is broken", faults: { signaturesDontFit: true } },
    verification: { what: "SparkPost never verifies the domain", faults: { verifyNever: true } },
    key: {
        what: "SparkPost refuses the API key",
        faults: { sparkpost: [{ status: 401, times: Number.POSITIVE_INFINITY }] },
    },
} satisfies Record<string, { what: string; faults: Partial<Faults> }>;

export type Broken = keyof typeof BROKEN;

const EDGES = ["cloudflare", "fastly", "managed"] as const satisfies EdgeKind[];

/** Reads the flags of a command. A string says what is wrong with them, and which ones exist. */
export function choicesOf(command: "demo" | "sandbox", flags: readonly string[]): Choices | string {
    const edges = EDGES.map((edge) => `--${edge}`);
    const known = command === "demo" ? edges : [...edges, "--slow", "--broken=KIND"];
    const all = `npm run ${command} takes ${known.join(", ")}, after \`--\`; --cloudflare is the default.`;
    const choices: Choices = { kind: "cloudflare", isSlow: false };
    let chosen: string | undefined;
    for (const flag of flags) {
        const [name = "", value] = flag.split("=", 2);
        if (edges.includes(flag)) {
            if (chosen !== undefined && chosen !== flag) {
                return `Choose one edge, not ${chosen} and ${flag}.`;
            }
            chosen = flag;
            choices.kind = flag.slice(2) as EdgeKind;
        } else if (command === "sandbox" && flag === "--slow") {
            choices.isSlow = true;
        } else if (command === "sandbox" && name === "--broken") {
            if (value === undefined || !Object.hasOwn(BROKEN, value)) {
                return `--broken takes ${Object.keys(BROKEN).join(", ")}${value === undefined ? "" : `, not ${value}`}.`;
            }
            choices.broken = value as Broken;
        } else {
            return `${flag} isn't known: ${all}`;
        }
    }
    return choices;
}

/** The choices. Wrong flags end the program with one sentence. */
export function choicesOrExit(command: "demo" | "sandbox"): Choices {
    const choices = choicesOf(command, process.argv.slice(2));
    if (typeof choices === "string") {
        console.error(choices);
        process.exit(2);
    }
    return choices;
}

/** The sandbox's faults for these choices. */
export function faultsOf({ isSlow, broken }: Choices): Partial<Faults> {
    const slow = { nameDelay: 10_000, verifyNo: 5 };
    const certificates = {
        certificateDelay: 60_000,
        fastlyCertificateDelay: 60_000,
        managedCertificateDelay: 60_000,
    };
    return { ...(isSlow && { ...slow, ...certificates }), ...(broken && BROKEN[broken].faults) };
}
