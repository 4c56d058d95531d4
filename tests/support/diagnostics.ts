// What the Pulumi CLI says about one resource at the end of a command.

/**
 * The text under Diagnostics of this resource, such as `TrackingDomain (track.example.com)`; "" if it has none.
 * `output` is of one command: only what comes after its last "Diagnostics:" is looked at.
 */
export function diagnosticOf(output: string, resource: string): string {
    const lines = output.slice(output.lastIndexOf("\nDiagnostics:\n")).split("\n");
    const start = lines.findIndex((line) => line.endsWith(`:${resource}:`));
    if (start < 0) {
        return "";
    }
    // A resource's own lines are indented deeper than the line that names it.
    const length = lines.slice(start + 1).findIndex((line) => /^ {0,2}\S/.test(line));
    return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join("\n");
}
