// What the engine hands to a dynamic provider, and what it can take back.
import { expect } from "vitest";

/** A value that a preview doesn't know: `pulumi.runtime.unknownValue`. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9" as never;

/** An undefined, a Date or a bigint anywhere fails after the call succeeded, and orphans the resource. */
export function expectJsonClean(value: unknown): void {
    expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value);
}
