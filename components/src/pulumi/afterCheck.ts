// What an update asks by itself, beside the engine: looks and checks that a preview leaves out. The only place that asks
// which of the two is running.
import * as pulumi from "@pulumi/pulumi";
import { failProgram } from "./program";

/**
 * Whether nobody is to be asked anything: in a preview, and where a user's tests run the program with Pulumi's mocks
 * (`pulumi.runtime.setMocks`), under which `isDryRun` is false all the same.
 */
export function asksNobody(): boolean {
    return pulumi.runtime.isDryRun() || isMocked();
}

/** Whether the program runs with `pulumi.runtime.setMocks`. The SDK's own monitor for that has no connection. */
export function isMocked(): boolean {
    return pulumi.runtime.getMonitor()?.constructor.name === "MockMonitor";
}

/**
 * What a look finds, once the value that it needs is known; `undefined` where nobody is to be asked. An error of the look
 * is an error of the output.
 */
export function inUpdate<Value, Found>(
    value: pulumi.Input<Value>,
    look: (known: pulumi.Unwrap<Value>) => Promise<Found>,
): pulumi.Output<Found | undefined> {
    return asksNobody()
        ? pulumi.output(undefined)
        : (pulumi.output(value).apply(look) as pulumi.Output<Found | undefined>);
}

/**
 * The value, in an update known only once the check has ended well: what takes it is made or changed only after that. A
 * preview knows it at once.
 */
export function afterCheck<Value>(value: pulumi.Input<Value>, check: pulumi.Input<unknown>): pulumi.Output<Value> {
    return asksNobody() ? (pulumi.output(value) as pulumi.Output<Value>) : afterLook(value, check);
}

/**
 * The value, known only once a look has ended well, in previews too: for a look that decides by itself whom a preview may
 * ask.
 */
export function afterLook<Value>(value: pulumi.Input<Value>, look: pulumi.Input<unknown>): pulumi.Output<Value> {
    // A preview deletes nothing.
    const ended = asksNobody()
        ? look
        : pulumi.recover(pulumi.output(look), (error) => {
              failProgram();
              throw error;
          });
    return pulumi.all([value, ended]).apply(([known]) => known) as pulumi.Output<Value>;
}
