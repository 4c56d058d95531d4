// An examination for people: the verdict first, then a line a check below its heading, and what to do below what isn't fine.
// Pure; the same lines with and without colours.
import { styleText } from "node:util";
import { printable } from "../othersWords";
import { type Check, HEADINGS } from "./check";
import type { Examination } from "./index";

/** What the lines are for. */
interface Paper {
    /** Characters of a line; lines aren't broken where it is left out, as in a file. */
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

/** With a capital letter in front, but where a name or a version stands there. */
export function sentence(text: string): string {
    const [first = ""] = text.split(" ", 1);
    return /^[a-z]+$/.test(first) && !/^https?$/.test(first) ? `${text[0]?.toUpperCase()}${text.slice(1)}` : text;
}

function painter({ isColoured }: Paper): (style: Style, text: string) => string {
    return (style, text) =>
        isColoured && style.length > 0 ? styleText(style, printable(text), { validateStream: false }) : printable(text);
}

/** Broken between words. One that is longer than a line stays whole. */
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
