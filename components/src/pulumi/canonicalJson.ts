// One text for equal values, so that equal values never look like a change.

/** JSON with sorted keys; the empty text for `undefined`. */
export function canonicalJson(value: unknown): string {
    const sorted = (_key: string, inner: unknown) =>
        typeof inner === "object" && inner !== null && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
            : inner;
    return JSON.stringify(value, sorted) ?? "";
}
