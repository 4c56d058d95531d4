// Cheap stack traces. Without this, most of a large program's preview goes into traces that nobody reads.

/** The SDK's file that takes a stack trace of each of its promises. */
const LEAK_TRACER = /@pulumi[\\/]pulumi[\\/]runtime[\\/]debuggable\.js$/;

let isInstalled = false;

/**
 * Leaves out the text of the traces by which the SDK can explain a leaked promise. It takes several for each resource, and
 * a TypeScript program looks up each of their frames in source maps. All other stack traces stay whole.
 */
function skipLeakTraces(): void {
    const { prepareStackTrace } = Error;
    if (isInstalled || !prepareStackTrace) {
        return;
    }
    isInstalled = true;
    Error.prepareStackTrace = (error, frames) =>
        LEAK_TRACER.test(frames[0]?.getFileName() ?? "") ? "" : prepareStackTrace(error, frames);
}

/**
 * From here on stack traces have one frame, until the returned function is called, in the same turn of the event loop. One
 * frame still names the place. Where promise leaks are looked for (`PULUMI_DEBUG_PROMISE_LEAKS`), all traces stay as they are.
 */
export function shortenStackTraces(): () => void {
    const { stackTraceLimit } = Error;
    if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) {
        skipLeakTraces();
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
