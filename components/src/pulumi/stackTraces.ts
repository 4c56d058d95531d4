// Short stack traces while resources are declared. Long ones take most of the time of a large program's preview.

/**
 * Gives stack traces one frame, until the returned function is called in the same turn of the event loop.
 *
 * The SDK takes four stack traces for every property of every resource, to explain leaked promises. With the source maps of
 * a TypeScript program that was a quarter of the CPU time of a preview with a hundred domains. One frame still names the
 * place. When somebody looks for promise leaks, traces stay as they are.
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
