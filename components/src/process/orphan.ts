// How a process of ours ends with whoever started it, so that a killed `pulumi up` leaves nothing behind.

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
