import { expect, it } from "vitest";
import { releaseNotes } from "../../dev/releaseNotes.ts";

const changelog = `# Changelog

## Unreleased

## 1.2.0 - 2027-01-02

### Edges

- One more.

## 1.1.0 - 2026-12-01

- The first.
`;
const manifest = { version: "1.2.0", repository: { url: "git+https://example.com/us/package.git" } };

it("a release has the notes of its version alone", () => {
    const { notes, faults } = releaseNotes({ tag: "v1.2.0", manifest, changelog });
    expect(faults).toEqual([]);
    expect(notes).toBe("### Edges\n\n- One more.\n\n");
});

it("a tag of another version, a version without a heading, and a package that names no repository are refused together", () => {
    const { faults } = releaseNotes({ tag: "v1.2.0", manifest: { version: "1.3.0" }, changelog });
    expect(faults).toEqual([
        expect.stringContaining("v1.2.0"),
        expect.stringContaining("CHANGELOG.md"),
        expect.stringContaining("repository"),
    ]);
});
