// The arguments of HttpsTrackingDomain as plain data: one schema for programs and for stack configuration, and all
// mistakes in one message.
import * as z from "zod/mini";
import { type CloudflareArgs, cloudflareProblems } from "./cloudflare/arguments";
import { type Edge, loopProblems } from "./edge";
import { checkHostname } from "./hostname";
import { type ProbeOptions, problemsOf as probeProblems } from "./probe/request";
import { below, type Problem } from "./problems";
import { type AccountArgs, accountProblems, resolveAccount } from "./sparkpost/account";

/** What a tracking domain behind HTTPS is made of. Exactly one of `cloudflare` and `edge`. */
export interface HttpsTrackingDomainArgs {
    /** The tracking host, such as `track.example.com`: a subdomain of a domain of yours. */
    hostname: string;
    /** The SparkPost account. Default: the US service's primary account. */
    account?: AccountArgs;
    /** Cloudflare's proxy as the edge. */
    cloudflare?: CloudflareArgs;
    /** An edge of your own: what terminates TLS for the host and hands requests to the endpoint. */
    edge?: Edge;
    /**
     * Makes it the default of its account or subaccount, once it is verified. Default false: what is the default stays
     * so.
     */
    default?: boolean;
    /** When the default is given up, hands it back to the domain that had it before the first `up`. Default false. */
    restorePreviousDefault?: boolean;
    /**
     * Takes over a registration that exists, unchanged until the edge is proven, and retains everything on destroy.
     * Default false.
     */
    adopt?: boolean;
    /**
     * Protects registration, DNS record and default: without them, links in mail already sent are dead. Default true.
     */
    protect?: boolean;
    /** How the edge is probed before SparkPost is asked; `false` leaves the probe out. */
    probe?: ProbeOptions | false;
    /** The switch to https and SparkPost's verification. */
    verification?: VerificationOptions;
}

export interface VerificationOptions {
    /** Seconds until SparkPost must have said yes. Default 3,600. */
    deadline?: number;
}

const text = z.string();
const flag = z.optional(z.boolean());
const number = z.optional(z.number());
/** What may be an output in a program. */
const input = z.optional(z.union([text, z.custom(isSetOfFields)]));

/** The shape: names and types. What the values mean is checked by {@link semanticProblems}. */
const shape = z.strictObject({
    hostname: text,
    account: z.optional(
        z.strictObject({
            region: z.optional(z.enum(["us", "eu"])),
            tenant: z.optional(text),
            apiUrl: z.optional(text),
            endpoint: z.optional(text),
            subaccount: number,
            apiKeyConfig: z.optional(text),
            timeout: number,
        }),
    ),
    cloudflare: z.optional(
        z.strictObject({
            zone: z.optional(text),
            zoneId: input,
            accountId: z.optional(text),
            settings: z.optional(z.enum(["none", "pageRule"])),
            priority: number,
            certificateCoversHost: flag,
        }),
    ),
    edge: z.optional(z.custom<Edge>(isSetOfFields)),
    default: flag,
    restorePreviousDefault: flag,
    adopt: flag,
    protect: flag,
    // The probe's own check knows its options, down to the entries of their lists.
    probe: z.optional(z.union([z.literal(false), z.custom<ProbeOptions>(isSetOfFields)])),
    verification: z.optional(z.strictObject({ deadline: number })),
});

/** Everything that is wrong with one entry. Nothing is asked of anybody for that. */
export function argumentProblems(args: unknown): Problem[] {
    const issues = shape.safeParse(args).error?.issues ?? [];
    const malformed = new Set(issues.map(({ path }) => path.slice(0, 2).join(".")));
    const semantic = semanticProblems(wellFormed(args, issues));
    return [
        ...issues.map((issue) => shapeProblem(issue, args)),
        // What is missing only because it was malformed has been told.
        ...semantic.filter(({ field }) => !fieldsOf(field).some((part) => malformed.has(part))),
    ];
}

/** The fields that a problem is about, and those that hold them: `account.region, tenant` is three. */
function fieldsOf(field: string): string[] {
    const [outer = "", inner] = field.split(".", 2);
    return inner === undefined ? outer.split(", ") : [outer, ...inner.split(", ").map((name) => `${outer}.${name}`)];
}

/**
 * The arguments without what has the wrong shape: the rest is looked at all the same, for one message shall hold
 * everything.
 */
function wellFormed(args: unknown, issues: readonly z.core.$ZodIssue[]): HttpsTrackingDomainArgs {
    const rest: Record<PropertyKey, unknown> = { ...Object(args) };
    for (const { path } of issues) {
        const [field, inner] = path;
        if (field !== undefined && inner !== undefined) {
            const { [inner]: _, ...others } = rest[field] as Record<PropertyKey, unknown>;
            rest[field] = others;
        } else if (field !== undefined && !isSetOfFields(rest[field])) {
            delete rest[field];
        }
    }
    return rest as unknown as HttpsTrackingDomainArgs;
}

function isSetOfFields(value: unknown): boolean {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function semanticProblems(args: HttpsTrackingDomainArgs): Problem[] {
    const { hostname: written, account, cloudflare, edge, verification, probe } = args;
    const { hostname, mistakes } = checkHostname(written);
    const problems: Problem[] = mistakes.map((message) => ({ field: "hostname", value: written, message }));
    problems.push(...below("account", accountProblems(account)));
    if ((cloudflare === undefined) === (edge === undefined)) {
        const field = cloudflare ? "cloudflare, edge" : "cloudflare";
        problems.push({
            field,
            message:
                "give exactly one way to reach the host: `cloudflare: { zone: example.com }`, or in a program an `edge` of your own",
        });
    }
    if (cloudflare && mistakes.length === 0) {
        problems.push(
            ...cloudflareProblems(hostname, cloudflare).flatMap((problem) =>
                // The host is a field beside `cloudflare`, not in it.
                problem.field === "hostname" ? [problem] : below("cloudflare", [problem]),
            ),
        );
    }
    problems.push(...endpointProblems(hostname, args));
    if (args.restorePreviousDefault && !args.default) {
        problems.push({ field: "restorePreviousDefault", value: true, message: "it goes with `default: true`" });
    }
    if (probe) {
        problems.push(...below("probe", probeProblems(probe)));
    }
    if (verification?.deadline !== undefined && !(verification.deadline > 0)) {
        problems.push({
            field: "verification.deadline",
            value: verification.deadline,
            message: "write seconds, more than 0",
        });
    }
    return problems;
}

function endpointProblems(hostname: string, { account, edge }: HttpsTrackingDomainArgs): Problem[] {
    const endpoint = edge?.endpoint ?? resolveAccount(account).endpoint;
    if (endpoint === undefined) {
        return [
            {
                field: "account.endpoint",
                message:
                    "with `apiUrl` the SparkPost host behind the edge isn't known: write the CNAME value that SparkPost's UI shows, such as spgo.io",
            },
        ];
    }
    return loopProblems(hostname, endpoint, "account.endpoint");
}

const inWords: Record<string, string> = {
    boolean: "true or false",
    number: "a number",
    object: "a set of fields",
    string: "a text",
};

/** Zod's finding in our words: the field, what was given, and what to write. */
function shapeProblem(issue: z.core.$ZodIssue, args: unknown): Problem {
    const field = issue.path.reduce<string>(
        (path, key) => (typeof key === "number" ? `${path}[${key}]` : path ? `${path}.${String(key)}` : String(key)),
        "",
    );
    const value = issue.path.reduce<unknown>(
        (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
        args,
    );
    switch (issue.code) {
        case "unrecognized_keys":
            return {
                field: [field, issue.keys.join(", ")].filter(Boolean).join("."),
                message: "there is no such field; see the README for the fields of a domain",
            };
        case "invalid_type":
            return {
                field,
                value,
                message:
                    value === undefined
                        ? `this is needed: ${inWords[issue.expected] ?? issue.expected}`
                        : `write ${inWords[issue.expected] ?? issue.expected}`,
            };
        case "invalid_value":
            return {
                field,
                value,
                message: `write ${issue.values.map((allowed) => JSON.stringify(allowed)).join(" or ")}`,
            };
        default:
            return {
                field,
                value,
                message:
                    field === "probe"
                        ? "write a set of fields, or false for no probe"
                        : "this can't be used here; see the README for the fields of a domain",
            };
    }
}
