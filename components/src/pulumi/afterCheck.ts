// Looks and checks that an update makes beside the engine, and a preview doesn't. The only place that asks which of the two
// is running.
import * as pulumi from "@pulumi/pulumi";
import { failProgram } from "./program";

/**
 * Whether to ask nobody: in a preview, and in a user's tests with Pulumi's mocks (`pulumi.runtime.setMocks`), where
 * `isDryRun` is false too.
 */
export function asksNobody(): boolean {
    return pulumi.runtime.isDryRun() || isMocked();
}

/** Whether the program runs with `pulumi.runtime.setMocks`. The SDK's monitor has no connection then. */
export function isMocked(): boolean {
    return pulumi.runtime.getMonitor()?.constructor.name === "MockMonitor";
}

/**
 * What a look finds, once the value that it needs is known. `undefined` where nobody is asked. An error of the look is an
 * error of the output.
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
 * The value, which an update knows only after the check has passed. So what takes it is made or changed only after that. A
 * preview knows it at once.
 */
export function afterCheck<Value>(value: pulumi.Input<Value>, check: pulumi.Input<unknown>): pulumi.Output<Value> {
    return asksNobody() ? (pulumi.output(value) as pulumi.Output<Value>) : afterLook(value, check);
}

/**
 * The value, known only after a look has passed, in previews too. For a look that decides itself whom a preview may ask.
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
