// Ends the provider process together with the Pulumi CLI that started it.
// A killed CLI leaves its plugins behind: their next print fails with EPIPE, is reported by a print, and so on at full load; and a wait would go on asking.

let isGuarded = false;

/** Ends this process when its output is gone or its parent has vanished. Asked for at every load, done once. */
export function guardProcess(): void {
    if (isGuarded) {
        return;
    }
    isGuarded = true;
    for (const stream of [process.stdout, process.stderr]) {
        stream.on("error", () => process.exit(1));
    }
    const parent = process.ppid;
    setInterval(() => {
        if (process.ppid !== parent) {
            process.exit(1);
        }
    }, 500).unref();
}
