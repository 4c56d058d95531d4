// What comes from outside (DNS, APIs, certificates, servers) and isn't trusted. Its texts are made harmless before they reach a
// terminal, a report's structure or a file.

/** Whether it is an object with fields. */
export function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Characters of one text from outside that a message shows, unless the caller says otherwise. */
const LONGEST = 300;

/**
 * The text on one line: line breaks and runs of white space are one space, control characters and those that change the
 * direction of writing are shown as `\u{1b}`. Cut at `longest` characters, with an ellipsis.
 */
export function plainText(text: unknown, longest = LONGEST): string {
    const line = String(text)
        // Bounded first: what follows looks at every character.
        .slice(0, longest * 4)
        .replace(/\s+/g, " ")
        .trim()
        .replace(ACTING, shown);
    return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** A text of whole lines for a terminal: what would act on it is shown instead, as {@link plainText} shows it. */
export function printable(lines: string): string {
    return lines.replace(ACTING, (character) => (character === "\n" ? character : shown(character)));
}

/** Control characters, those that change the direction of writing, private ones, halves of characters. */
const ACTING = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;

function shown(character: string): string {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
