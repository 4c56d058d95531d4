// The pieces that schemas of arguments are made of, and their findings in our words.
import * as z from "zod/mini";
import type { Problem } from "./problems";

export const text = z.string();
export const flag = z.optional(z.boolean());
export const number = z.optional(z.number());
/** What may be an output in a program. */
export const input = z.optional(z.union([text.check(z.minLength(1)), z.custom(isOutput)]));

/** Everything about a value that doesn't fit a schema. */
export function shapeProblems(schema: z.ZodMiniType, value: unknown): Problem[] {
    return (schema.safeParse(value).error?.issues ?? []).map((issue) => shapeProblem(issue, value));
}

export function isSetOfFields(value: unknown): boolean {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value that a program knows later. */
function isOutput(value: unknown): boolean {
    return typeof value === "object" && value !== null && ("apply" in value || "then" in value);
}

const inWords: Record<string, string> = {
    array: "a list",
    boolean: "true or false",
    number: "a number",
    object: "a set of fields",
    string: "a text",
};

/** Zod's finding in our words: the field, what was given, and what to write. */
export function shapeProblem(issue: z.core.$ZodIssue, args: unknown): Problem {
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
