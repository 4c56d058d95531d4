// fastly:index/tlsSubscriptionValidation:TlsSubscriptionValidation: create waits until GET tls/subscriptions/{id} says
// "issued", read drops it in any other state ("renewing" too), delete does nothing. After the official plugin, which waits
// on for a subscription that has failed, until its time-out.
import { setTimeout as sleep } from "node:timers/promises";
import type { ResourceType } from "../serve.ts";
import { differs, withoutSecrets } from "../values.ts";
import { call, callIfThere } from "./client.ts";

/** How long create may wait where no `customTimeouts` say so, in seconds. */
const DEFAULT_TIMEOUT = 45 * 60;

/** The waits between two looks, in ms: doubled each time, as in the official plugin. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

let waiting = new AbortController();

/** Ends every wait, with an error. */
export function endWaiting(): void {
    waiting.abort();
    waiting = new AbortController();
}

export const tlsSubscriptionValidation: ResourceType = {
    check: (inputs) =>
        Object.keys(inputs)
            .filter((key) => key !== "subscriptionId")
            .map((property) => ({ property, reason: "isn't a property of a validation" })),

    diff(state, { subscriptionId }) {
        const isChanged = differs(subscriptionId, state.subscriptionId);
        return { changes: isChanged, replaces: isChanged ? ["subscriptionId"] : [] };
    },

    async create(inputs, _urn, timeout = DEFAULT_TIMEOUT) {
        const id = withoutSecrets(inputs.subscriptionId) as string;
        const deadline = Date.now() + timeout * 1_000;
        for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
            const state = stateOf(await call("GET", `/tls/subscriptions/${id}`));
            if (state === "issued") {
                return { id, state: inputs };
            }
            if (Date.now() + wait > deadline) {
                throw new Error(`expected subscription state to be issued but it was ${state}`);
            }
            await sleep(wait, undefined, { signal: waiting.signal });
        }
    },

    async read(id, state) {
        const answer = await callIfThere("GET", `/tls/subscriptions/${id}`);
        const inputs = { subscriptionId: state.subscriptionId ?? id };
        return answer && stateOf(answer) === "issued" ? { id, state: inputs, inputs } : undefined;
    },

    update: async (_id, _state, inputs) => inputs, // every change replaces

    delete: async () => undefined,
};

function stateOf(answer: unknown): string {
    return (answer as { data: { attributes: { state: string } } }).data.attributes.state;
}
