// One mistake in what a user gave, and the error that reports all of them at once.
import { plainText } from "../othersWords";
import { readOn } from "../readOn";

/** Characters of a value that a message shows. */
const LONGEST = 200;

/** One mistake in the arguments: where it is, what was given, and what to do about it. */
export interface Problem {
    /** Path of the field, as the user writes it: `domains[1].account.region`. */
    field: string;
    /** What was given; left out of the message where nothing was. */
    value?: unknown;
    /** What is wrong and what to write instead, as one or two sentences. */
    message: string;
}

/** The problems as one text: a first line that carries the essence, since a resource's row shows no more than that. */
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
    // What is wrong with everything that was given has no field.
    return field || shown ? `${plainText(field)}${shown}: ${message}` : message;
}

/** What was given, as it would stand in a program; on one line, and never longer than a line. */
function describeValue(value: unknown): string {
    if (typeof value === "number" || typeof value === "bigint") {
        return String(value);
    }
    try {
        return plainText(JSON.stringify(typeof value === "string" ? value.slice(0, LONGEST) : value), LONGEST);
    } catch {
        // Circular, or of what JSON can't hold.
        return typeof value;
    }
}

/** The same problems, their fields below `path`. */
export function below(path: string, problems: readonly Problem[]): Problem[] {
    return problems.map((problem) => ({ ...problem, field: problem.field ? `${path}.${problem.field}` : path }));
}
