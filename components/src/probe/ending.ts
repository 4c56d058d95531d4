// Ends the program with whoever started it, so that a killed `pulumi up` leaves no probe behind.

/** After its reader is gone, a process that prints again only gets EPIPE, and Node would report that by printing. */
export function endWithStreams(): void {
    for (const stream of [process.stdout, process.stderr]) {
        stream.on("error", () => process.exit(1));
    }
}

/** An orphan gets another parent. Looked for once a second; doesn't keep the program running. */
export function endWithParent(): void {
    const parent = process.ppid;
    setInterval(() => {
        if (process.ppid !== parent) {
            process.exit(1);
        }
    }, 1000).unref();
}

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
