import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainText, printable } from "../../components/src/othersWords.ts";

describe("a text from outside", () => {
    it.each([
        ["plain", "plain"],
        ["two\r\n  lines\tand a tab ", "two lines and a tab"],
        ["\u001b[31mred\u001b[0m", "\\u{1b}[31mred\\u{1b}[0m"],
        ["bell\u0007, C1 \u009b31m", "bell\\u{7}, C1 \\u{9b}31m"],
        ["evil\u202etxt.exe", "evil\\u{202e}txt.exe"],
        ["naïve Ümläut 日本", "naïve Ümläut 日本"],
        [undefined, "undefined"],
    ])("%j becomes %j", (text, shown) => {
        expect(plainText(text)).toBe(shown);
    });

    it("is cut with an ellipsis", () => {
        expect(plainText("abcdef", 4)).toBe("abc…");
        expect(plainText("abcd", 4)).toBe("abcd");
    });

    it("never has a control character, and never more than the limit", () => {
        fc.assert(
            fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => {
                const shown = plainText(text, 100);
                expect(shown).not.toMatch(/\p{Cc}|\p{Cf}/u);
                expect(shown.length).toBeLessThanOrEqual(100);
            }),
        );
    });
});

describe("lines for a terminal", () => {
    it("show what would act on it, and stay lines", () => {
        expect(printable("one\n\u001b[2Jtwo\r\n\u202ethree\u2028\u009b")).toBe(
            "one\n\\u{1b}[2Jtwo\\u{d}\n\\u{202e}three\\u{2028}\\u{9b}",
        );
    });
});
