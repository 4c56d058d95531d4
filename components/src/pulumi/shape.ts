// The pieces of which schemas of arguments consist, and their findings in our words. Each room describes its fields once,
// with these. Each room checks itself what its fields mean to each other.
import { distance } from "fastest-levenshtein";
import * as z from "zod/mini";
import { isObject } from "../othersWords";
import type { Problem } from "./problems";

/** How many characters a text in the arguments may have. */
const LONGEST = 1_000;
const WEEK = 604_800;

const plain = z.refine<string>((text) => text.length <= LONGEST && !/\p{Cc}/u.test(text), {
    error: `write it on one line, without control characters, in at most ${LONGEST} characters`,
});

export const text = z.string().check(plain);
export const flag = z.optional(z.boolean());
/** What may be an output in a program. */
export const input = z.optional(z.union([text.check(z.minLength(1)), z.custom(isOutput)]));

/** A text for which this must hold. The message says what to write. */
export function textThat(holds: (text: string) => boolean, message: string): z.ZodMiniType<string> {
    return z.string({ error: message }).check(z.refine(holds, { error: message }));
}

/** The same for an input, if it is already known. */
export function inputThat(holds: (text: string) => boolean, message: string): z.ZodMiniType {
    return z.custom((value) => isOutput(value) || (typeof value === "string" && holds(value)), { error: message });
}

/** What fits the schema, or is known later. */
export function inputOr(schema: z.ZodMiniType): z.ZodMiniType {
    return unless(isOutput, schema);
}

/** A text without mistakes. Each mistake is one sentence. */
export function textWithout(mistakesIn: (text: string) => string[]): z.ZodMiniType<string> {
    return z.string().check(({ value, issues }) => {
        for (const message of mistakesIn(value)) {
            issues.push({ code: "custom", message, input: value });
        }
    });
}

/** A number for which this must hold. The message says what to write. */
export function numberThat(holds: (number: number) => boolean, message: string): z.ZodMiniType<number> {
    return z.number({ error: message }).check(z.refine(holds, { error: message }));
}

/** A span in seconds. */
export function seconds(most = WEEK): z.ZodMiniType<number> {
    const longest = most === WEEK ? `${most} (a week)` : most;
    return numberThat((number) => number > 0 && number <= most, `write seconds, more than 0 and at most ${longest}`);
}

/** The name of a configuration key, not an API key. Messages never repeat the given value. */
export function configKeyName(example: string) {
    return z.optional(
        z.string().check(
            z.refine(isConfigKey, {
                error: `write the name of a configuration key, such as ${example}, never the API key itself`,
                params: { isHidden: true },
            }),
        ),
    );
}

function isConfigKey(name: string): boolean {
    return /^([\w.-]{1,100}:)?[\w.-]{1,100}$/.test(name) && !KEYS.some((key) => key.test(name));
}

/** What API keys look like: SparkPost's have 40 hexadecimal digits, Cloudflare's 40 characters or more, Fastly's 32. */
const KEYS = [/[0-9a-z]{32}/i, /^[\w-]{40,}$/, /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w-]{32,}$/];

/** A set of these fields alone. The message for another field names the nearest of these. */
export function fields<Shape extends z.core.$ZodLooseShape>(shape: Shape, message?: string) {
    return z.strictObject(shape, {
        error: (issue) =>
            issue.code === "unrecognized_keys" ? unknownField(issue.keys ?? [], Object.keys(shape)) : message,
    });
}

/** A value that fits the schema, unless this test takes it for something else, such as the user's own resource. */
export function unless(isElse: (value: unknown) => boolean, schema: z.ZodMiniType): z.ZodMiniType {
    return z.unknown().check(({ value, issues }) => {
        if (!isElse(value)) {
            issues.push(...(issuesOf(schema, value) as z.core.$ZodRawIssue[]));
        }
    });
}

/** The message for a field that doesn't exist, with the nearest one. */
function unknownField(unknown: readonly string[], known: readonly string[]): string {
    const meant = unknown.flatMap((one) => nearest(one, known) ?? []);
    const guess = meant.length > 0 ? `did you mean ${meant.join(", ")}? The fields are` : "the fields are";
    return `there is no such field; ${guess} ${known.join(", ")}`;
}

/** The nearest known name, if one is near. */
export function nearest(unknown: string, known: readonly string[]): string | undefined {
    const short = unknown.slice(0, 50).toLowerCase();
    const [best] = known
        .map((name) => ({ name, far: distance(short, name.toLowerCase()) }))
        .sort((a, b) => a.far - b.far);
    return best && best.far <= Math.max(2, best.name.length / 3) ? best.name : undefined;
}

/**
 * Everything that is wrong with some arguments, for one message: first by the schema, then between the fields. The second
 * check gets the arguments without malformed fields. What it finds only because such a field is missing isn't told.
 */
export function problemsBy<Args>(
    schema: z.ZodMiniType,
    args: unknown,
    clashes: (wellFormed: Args) => Problem[],
): Problem[] {
    if (!isObject(args)) {
        return [{ field: "", value: args, message: "write a set of fields" }];
    }
    const issues = issuesOf(schema, args);
    const malformed = malformedFields(issues);
    return [
        ...issues.flatMap((issue) => shapeProblems(issue, args)),
        ...clashes(wellFormed(args, issues) as Args).filter(
            ({ field }) => !fieldsOf(field).some((part) => malformed.has(part)),
        ),
    ];
}

function issuesOf(schema: z.ZodMiniType, value: unknown): readonly z.core.$ZodIssue[] {
    // Zod's own words are left out, whatever language the program has set. The remaining ones are ours.
    return schema.safeParse(value, { error: () => "" }).error?.issues ?? [];
}

/** Whether a program knows the value only later. */
export function isOutput(value: unknown): boolean {
    return typeof value === "object" && value !== null && ("apply" in value || "then" in value);
}

/** The fields with a mistake, down to the second level: `account`, `cloudflare.zone`. */
function malformedFields(issues: readonly z.core.$ZodIssue[]): Set<string> {
    const paths = issues.flatMap((issue) =>
        issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path],
    );
    return new Set(paths.map((path) => path.slice(0, 2).map(String).join(".")));
}

/** The fields of a problem, and the fields that hold them: `account.region, tenant` gives three. */
function fieldsOf(field: string): string[] {
    const [outer = "", inner] = field.split(".", 2);
    return inner === undefined ? outer.split(", ") : [outer, ...inner.split(", ").map((name) => `${outer}.${name}`)];
}

function wellFormed(args: object, issues: readonly z.core.$ZodIssue[]): object {
    const rest: Record<PropertyKey, unknown> = { ...args };
    for (const { path, code } of issues) {
        const [field, inner] = path;
        // Unknown fields do no harm.
        if (field === undefined || code === "unrecognized_keys") {
            continue;
        }
        if (inner === undefined || !isObject(rest[field])) {
            delete rest[field];
        } else {
            const { [inner]: _, ...others } = rest[field] as Record<PropertyKey, unknown>;
            rest[field] = others;
        }
    }
    return rest;
}

const inWords: Record<string, string> = {
    array: "a list",
    boolean: "true or false",
    number: "a number",
    object: "a set of fields",
    string: "a text",
};

/** Zod's finding in our words: the field, what was given, and what to write. */
function shapeProblems(issue: z.core.$ZodIssue, args: unknown): Problem[] {
    const field = issue.path.reduce<string>(
        (path, key) => (typeof key === "number" ? `${path}[${key}]` : path ? `${path}.${String(key)}` : String(key)),
        "",
    );
    if (issue.code === "unrecognized_keys") {
        // The value isn't repeated, because it may be a key.
        return [{ field: [field, issue.keys.join(", ")].filter(Boolean).join("."), message: issue.message }];
    }
    const value = issue.path.reduce<unknown>(
        (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
        args,
    );
    const isHidden = "params" in issue && issue.params?.isHidden === true;
    return [
        {
            field,
            ...(!isHidden && { value }),
            message:
                value === undefined && issue.code === "invalid_type"
                    ? `this field is required: ${inWords[issue.expected] ?? issue.expected}`
                    : issue.message || remedyOf(issue),
        },
    ];
}

function remedyOf(issue: z.core.$ZodIssue): string {
    switch (issue.code) {
        case "invalid_type":
            return `write ${inWords[issue.expected] ?? issue.expected}`;
        case "invalid_value":
            return `write ${issue.values.map((allowed) => JSON.stringify(allowed)).join(" or ")}`;
        case "invalid_union":
            return "write a text that isn't empty";
        default:
            return "write a set of fields";
    }
}
