// What the probe says when it is told to stop.

/** Ctrl-C reaches the whole process group: the probe then ends at once, by the shell's convention for the exit code. */
export function endWithWordsOnSignals(): void {
    for (const [signal, number] of [
        ["SIGINT", 2],
        ["SIGTERM", 15],
    ] as const) {
        process.once(signal, () => {
            console.error(
                `The probe was stopped by ${signal} before the host passed; run \`pulumi up\` again to go on.`,
            );
            process.exit(128 + number);
        });
    }
}
