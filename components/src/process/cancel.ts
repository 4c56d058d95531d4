// Ctrl-C in a provider process. The engine tells each provider by a call, `Cancel`. The SDK's dynamic provider answers it
// without telling us. But Node.js 22.17 and newer announces every call that a server of this process gets. In an older
// one, each call and wait lasts until its own deadline.
import { subscribe } from "node:diagnostics_channel";
import { type Clock, systemClock } from "./poll";

const CHANNEL = "http2.server.stream.start";
const CANCEL = "/pulumirpc.ResourceProvider/Cancel";

/** Ends at the next Ctrl-C. A new one begins at once, because undoing needs calls too. */
let untilCancel = new AbortController();
let isListening = false;

/** Aborted by the next Ctrl-C, not by an earlier one. */
export function cancelSignal(): AbortSignal {
    if (!isListening) {
        isListening = true;
        subscribe(CHANNEL, (message) => {
            if ((message as { headers?: Record<string, unknown> }).headers?.[":path"] === CANCEL) {
                const cancelled = untilCancel;
                untilCancel = new AbortController();
                cancelled.abort();
            }
        });
    }
    return untilCancel.signal;
}

/** A clock whose pauses Ctrl-C ends with this error, so that the wait ends too. */
export function cancellableClock(error: () => Error): Clock {
    return {
        ...systemClock,
        async sleep(milliseconds, given) {
            const cancel = cancelSignal();
            await systemClock.sleep(milliseconds, given ? AbortSignal.any([given, cancel]) : cancel);
            if (cancel.aborted) {
                throw error();
            }
        },
    };
}
