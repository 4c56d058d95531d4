// A mistake in what a user gave, and the text that reports all mistakes at once.
import { plainText } from "../othersWords";
import { readOn } from "../readOn";

/** How many characters of a value a message shows. */
const LONGEST = 200;

/** One mistake in the arguments: where it is, what was given, and what to do about it. */
export interface Problem {
    /** Path of the field, as the user writes it: `domains[1].account.region`. */
    field: string;
    /** The given value. The message shows it, if there is one. */
    value?: unknown;
    /** What is wrong and what to write instead, in one or two sentences. */
    message: string;
}

/** The problems as one text. The first line says the most important, because a resource's row shows no more. */
export function describeProblems(subject: string, problems: readonly Problem[]): string {
    const lines = problems.map(describeProblem);
    if (lines.length === 1) {
        return `${subject}: ${lines[0]}`;
    }
    const all = [`${subject}: ${lines.length} mistakes, nothing was changed.`, ...lines.map((line) => `  - ${line}`)];
    return readOn(all.join("\n"), "mistakes");
}

/** One problem as a line: the field, the value and the remedy. */
export function describeProblem({ field, value, message }: Problem): string {
    const shown = value === undefined ? "" : ` (${describeValue(value)})`;
    // A problem with the whole value has no field.
    return field || shown ? `${plainText(field)}${shown}: ${message}` : message;
}

/** The given value as a program would have it, on one short line. */
function describeValue(value: unknown): string {
    if (typeof value === "number" || typeof value === "bigint") {
        return String(value);
    }
    try {
        return plainText(JSON.stringify(typeof value === "string" ? value.slice(0, LONGEST) : value), LONGEST);
    } catch {
        // Circular, or nothing that JSON can hold.
        return typeof value;
    }
}

/** The same problems with their fields below `path`. */
export function below(path: string, problems: readonly Problem[]): Problem[] {
    return problems.map((problem) => ({ ...problem, field: problem.field ? `${path}.${problem.field}` : path }));
}
