import { expect, it } from "vitest";
import { ANCHORS, readOn } from "../../components/src/readOn.ts";

it("a message of more than one line ends with the page that explains it", () => {
    expect(readOn("This failed.\nDo that.", "caa")).toBe(
        "This failed.\nDo that.\nRead on: docs/troubleshooting.md#caa",
    );
});

it("a message of one line stays one line", () => {
    expect(readOn("This failed. Do that.", "caa")).toBe("This failed. Do that.");
});

it("a message that is made of others has the line once, as its last", () => {
    const cause = readOn("This failed.\nDo that.", "caa");
    expect(readOn(`${cause}\nNothing was changed.`, "mistakes").split("\n")).toEqual([
        "This failed.",
        "Do that.",
        "Nothing was changed.",
        "Read on: docs/troubleshooting.md#mistakes",
    ]);
});

it("no section is listed twice, and each name is one that a heading can have", () => {
    expect(new Set(ANCHORS).size).toBe(ANCHORS.length);
    expect(ANCHORS.filter((anchor) => !/^[a-z]+(-[a-z]+)*$/.test(anchor))).toEqual([]);
});
