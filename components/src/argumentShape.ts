// The shape of HttpsTrackingDomain's arguments: which fields there are, and of which type. One schema, for programs and
// configuration.
import * as z from "zod/mini";
import type { HttpsTrackingDomainArgs } from "./arguments";
import { caaNames } from "./fastly/arguments";
import type { Problem } from "./pulumi/problems";
import { flag, input, isSetOfFields, number, shapeProblem, text } from "./pulumi/shape";

/** The shape: names and types. What the values mean is checked beside their meaning. */
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
            createZone: flag,
            mode: z.optional(z.enum(["proxy", "redirect"])),
            statusCode: z.optional(z.literal([301, 302])),
            settings: z.optional(z.enum(["none", "pageRule"])),
            priority: number,
            certificateCoversHost: flag,
            import: z.optional(z.strictObject({ record: z.optional(text), pageRule: z.optional(text) })),
        }),
    ),
    fastly: z.optional(
        z.strictObject({
            // Its own check knows its fields, or the one method of a user's own writer.
            dns: z.optional(z.custom(isSetOfFields)),
            serviceId: input,
            description: z.optional(text),
            cacheTtl: number,
            certificateAuthority: z.optional(z.enum(Object.keys(caaNames))),
            certificateDeadline: number,
        }),
    ),
    managed: z.optional(
        z.strictObject({
            dns: z.optional(z.custom(isSetOfFields)),
            certificateDeadline: number,
            acceptInterruption: flag,
        }),
    ),
    edge: z.optional(z.custom(isSetOfFields)),
    default: flag,
    restorePreviousDefault: flag,
    sendingDomains: z.optional(z.array(text)),
    adopt: flag,
    protect: flag,
    secure: flag,
    ignoreHsts: flag,
    // The probe's own check knows its options, down to the entries of their lists.
    probe: z.optional(z.union([z.literal(false), z.custom(isSetOfFields)])),
    verification: z.optional(z.strictObject({ deadline: number })),
});

/** What the schema found in some arguments. */
export interface CheckedShape {
    /** Every mistake in names and types. */
    problems: Problem[];
    /** The fields with such a mistake, down to the second level: `account`, `cloudflare.zone`. */
    malformed: Set<string>;
    /** The arguments without those: the rest is looked at all the same, for one message shall hold everything. */
    wellFormed: HttpsTrackingDomainArgs;
}

/** Holds arguments against the schema. */
export function checkShape(args: unknown): CheckedShape {
    const issues = shape.safeParse(args).error?.issues ?? [];
    return {
        problems: issues.map((issue) => shapeProblem(issue, args)),
        malformed: malformedFields(issues),
        wellFormed: wellFormed(args, issues),
    };
}

function malformedFields(issues: readonly z.core.$ZodIssue[]): Set<string> {
    const paths = issues.flatMap((issue) =>
        issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path],
    );
    return new Set(paths.map((path) => path.slice(0, 2).join(".")));
}

function wellFormed(args: unknown, issues: readonly z.core.$ZodIssue[]): HttpsTrackingDomainArgs {
    const rest: Record<PropertyKey, unknown> = { ...Object(args) };
    for (const { path } of issues) {
        const [field, inner] = path;
        if (field === undefined) {
            continue;
        }
        if (!isSetOfFields(rest[field])) {
            delete rest[field];
        } else if (inner !== undefined) {
            const { [inner]: _, ...others } = rest[field] as Record<PropertyKey, unknown>;
            rest[field] = others;
        }
    }
    return rest as unknown as HttpsTrackingDomainArgs;
}
