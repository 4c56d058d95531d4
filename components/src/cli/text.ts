// Lines for a terminal.

/** Rows with their cells one below the other, two spaces in. */
export function columns(rows: string[][]): string[] {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
    return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}
