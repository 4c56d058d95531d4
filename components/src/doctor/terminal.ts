// Prints an examination: the verdict, then each check on a line below its heading, with the remedy if it isn't fine. Pure. The
// lines are the same with and without colours.
import { styleText } from "node:util";
import { printable } from "../othersWords";
import { type Check, HEADINGS } from "./check";
import type { Examination } from "./index";

/** What the lines are for. */
interface Paper {
    /** How many characters a line has. Default: lines aren't broken, for a file. */
    width?: number;
    isColoured: boolean;
}

type Style = Parameters<typeof styleText>[0];

const SIGNS: Record<Check["state"], [sign: string, style: Style]> = {
    ok: ["✓", "green"],
    warning: ["!", "yellow"],
    broken: ["✗", "red"],
    unseen: ["–", "gray"],
};

export function inLines({ hostname, verdict, state, checks }: Examination, paper: Paper): string {
    const [sign, style] = SIGNS[state];
    const paint = painter(paper);
    const headings = Object.entries(HEADINGS).flatMap(([heading, title]) => {
        const own = checks.filter((check) => check.heading === heading);
        return own.length > 0 ? ["", paint("bold", title), ...own.flatMap((check) => linesOf(check, paper))] : [];
    });
    return [
        paint("bold", hostname),
        ...wrapped(`${sign} ${verdict}.`, "", "  ", paper).map((line) => paint(style, line)),
        ...headings,
    ].join("\n");
}

function linesOf({ state, seen, means, remedy }: Check, paper: Paper): string[] {
    const [sign, style] = SIGNS[state];
    const paint = painter(paper);
    const [first = "", ...rest] = wrapped(sentence(seen), `  ${sign} `, "    ", paper);
    const shown = state === "unseen" ? "gray" : [];
    return [
        `${paint(style, first.slice(0, 4))}${paint(shown, first.slice(4))}`,
        ...rest.map((line) => paint(shown, line)),
        ...(means ? wrapped(means, "    ", "    ", paper).map((line) => paint("gray", line)) : []),
        ...(remedy ? wrapped(remedy, "    → ", "      ", paper) : []),
    ];
}

/** The text with a capital letter, unless it begins with a name or a version. */
export function sentence(text: string): string {
    const [first = ""] = text.split(" ", 1);
    return /^[a-z]+$/.test(first) && !/^https?$/.test(first) ? `${text[0]?.toUpperCase()}${text.slice(1)}` : text;
}

function painter({ isColoured }: Paper): (style: Style, text: string) => string {
    return (style, text) =>
        isColoured && style.length > 0 ? styleText(style, printable(text), { validateStream: false }) : printable(text);
}

/** Breaks a text between words. A word that is longer than a line stays whole. */
function wrapped(text: string, start: string, indent: string, { width }: Paper): string[] {
    const lines = [start];
    for (const word of text.split(" ")) {
        const last = lines.length - 1;
        const line = lines[last] ?? "";
        const isEmpty = line === start || line === indent;
        const longer = isEmpty ? `${line}${word}` : `${line} ${word}`;
        if (width === undefined || isEmpty || longer.length <= width) {
            lines[last] = longer;
        } else {
            lines.push(`${indent}${word}`);
        }
    }
    return lines;
}
