// Messages are read under pressure, and English isn't everybody's first language: no sentence of the snapshots in
// tests/messages is longer than 30 words.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { repository } from "../../dev/offline/home.ts";

const MAX_WORDS = 30;

const messages = path.join(repository, "tests/messages");
const files = readdirSync(messages, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".snap"));

/** A sentence ends at a line's end, and at a full stop, a question or an exclamation mark before a blank. A command in backticks is one word. */
function sentencesIn(text: string): string[] {
    return text
        .split("\n")
        .map((line) => line.replace(/^\s*"\w+": /, "").replace(/`[^`]*`/g, (command) => command.replace(/\s+/g, "_")))
        .flatMap((line) => line.split(/(?<=[.!?]["')\]]?)\s+/));
}

function longOnes(text: string): string[] {
    return sentencesIn(text).filter((sentence) => sentence.trim().split(/\s+/).length > MAX_WORDS);
}

/** The messages of a snapshot file, which is a program. */
function messagesIn(file: string): string[] {
    const exports: Record<string, string> = {};
    new Function("exports", readFileSync(path.join(messages, file), "utf8"))(exports);
    return Object.values(exports);
}

describe("a sentence", () => {
    const words = (count: number) => Array(count).fill("word").join(" ");

    it.each([
        ["of 30 words is short enough", `${words(30)}.`, 0],
        ["of 31 words is too long", `${words(31)}.`, 1],
        ["ends at a full stop", `${words(20)}. ${words(20)}.`, 0],
        ["ends at a full stop in brackets", `${words(20)} (word.) ${words(20)}.`, 0],
        [
            "doesn't end at a colon, a semicolon or a host's dots",
            `${words(10)}: ${words(10)}; ${words(10)} a.example.`,
            1,
        ],
        ["ends with its line", `${words(20)}:\n  ${words(20)}`, 0],
        ["has a command as one word", `${words(29)} \`${words(20)}\`.`, 0],
    ])("%s", (_, text, count) => {
        expect(longOnes(text)).toHaveLength(count);
    });
});

describe("the messages", () => {
    it.each(files)("in %s have no sentence over 30 words", (file) => {
        expect([...new Set(messagesIn(file).flatMap(longOnes))]).toEqual([]);
    });
});
