// Short stack traces while resources are declared, which is what most of a large program's preview goes into otherwise.

/**
 * From here on stack traces have one frame, until what this gives is called, in the same turn of the event loop.
 *
 * The SDK takes a stack trace for every property of every resource (four each), so that it can explain a leaked
 * promise; with the source maps of a TypeScript program that was a quarter of the CPU time of a preview with a hundred
 * domains. One frame still names the place. Where promise leaks are looked for, traces stay as they are.
 */
export function shortenStackTraces(): () => void {
    const { stackTraceLimit } = Error;
    if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) {
        Error.stackTraceLimit = Math.min(stackTraceLimit, 1);
    }
    return () => {
        Error.stackTraceLimit = stackTraceLimit;
    };
}

/** Runs synchronous code with short stack traces. */
export function withShortStackTraces<T>(declare: () => T): T {
    const restore = shortenStackTraces();
    try {
        return declare();
    } finally {
        restore();
    }
}
