// Runs demo, sandbox and benchmark. They clean up however they end, and print an error's message without its stack.

/** Runs a program. What it gives to `cleanup` runs at its end, also after a failure, Ctrl-C or SIGTERM. */
export async function runProgram(body: (cleanup: AsyncDisposableStack) => Promise<void>): Promise<void> {
    const cleanup = new AsyncDisposableStack();
    for (const [signal, code] of [
        ["SIGINT", 130],
        ["SIGTERM", 143],
    ] as const) {
        process.once(signal, () => void cleanup.disposeAsync().finally(() => process.exit(code)));
    }
    try {
        await body(cleanup);
    } catch (error) {
        console.error(error instanceof Error ? error.message : error);
        process.exitCode = 1;
    } finally {
        await cleanup.disposeAsync();
    }
}
