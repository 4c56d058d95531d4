// Ctrl-C in a provider process. The engine tells each provider by one call, `Cancel`; the SDK's dynamic provider answers
// it, and tells nobody. Node does: it announces every call that a server of this process gets, from 22.17 on. An older
// one announces nothing, and each call and wait then lasts until its own deadline.
import { subscribe } from "node:diagnostics_channel";
import { type Clock, systemClock } from "./poll";

const CHANNEL = "http2.server.stream.start";
const CANCEL = "/pulumirpc.ResourceProvider/Cancel";

/** What ends at the next Ctrl-C. Another one begins at once: taking back what was begun needs calls too. */
let untilCancel = new AbortController();
let isListening = false;

/** Aborted by the next Ctrl-C, not by one that has been. */
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

/** A clock whose pauses Ctrl-C ends with this error, and with them the wait that they belong to. */
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
