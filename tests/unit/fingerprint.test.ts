import { expect, it } from "vitest";
import { fingerprint } from "../../components/src/edge.ts";

it("a fingerprint is the same whatever the order of the keys, at any depth", () => {
    const one = { a: 1, b: { c: [{ d: 1, e: 2 }], f: null } };
    const other = { b: { f: null, c: [{ e: 2, d: 1 }] }, a: 1 };
    expect(fingerprint(one)).toBe(fingerprint(other));
});

it.each([
    ["a value", { a: 1 }, { a: 2 }],
    ["a key", { a: 1 }, { b: 1 }],
    ["the order of a list", { a: [1, 2] }, { a: [2, 1] }],
    ["a type", { a: 1 }, { a: "1" }],
])("a fingerprint changes with %s", (_what, one, other) => {
    expect(fingerprint(one)).not.toBe(fingerprint(other));
});

it("a fingerprint takes no notice of fields that aren't set", () => {
    expect(fingerprint({ a: 1, b: undefined })).toBe(fingerprint({ a: 1 }));
});

it("a fingerprint is short: 12 hexadecimal digits", () => {
    expect(fingerprint({})).toMatch(/^[0-9a-f]{12}$/);
});
