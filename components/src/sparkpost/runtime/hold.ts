// Holding back: a first `up` after which a person has to do something must succeed without having done what needs it.
// `hold` in the outputs says that nothing was done yet; once something was done it is never there again.
import { type CommonInputs, clean, compare, type Diff, isUnknown } from "./handler";

/** Inputs of a resource that can be held back. */
export interface HoldableInputs extends CommonInputs {
    /** The program holds back what this resource does at SparkPost. In outputs: nothing was done yet. */
    hold?: boolean;
}

/** Whether the program holds back. What isn't known yet counts as held: nothing shall be done on a guess. */
export function isHeld({ hold }: HoldableInputs): boolean {
    return hold === true || isUnknown(hold);
}

/**
 * Like {@link compare}. `acting` are the inputs whose change asks something of SparkPost: they are no change while the
 * program holds, and show when it doesn't any more. The end of a hold is an update; its beginning is no change, for it
 * takes back nothing.
 */
export function compareHoldable<Inputs extends HoldableInputs>(
    olds: Inputs,
    news: Inputs,
    { replacing, updating, acting }: Record<"replacing" | "updating" | "acting", (keyof Inputs & string)[]>,
): Diff {
    if (isHeld(news)) {
        return compare(olds, news, { replacing, updating });
    }
    const diff = compare(olds, news, { replacing, updating: [...updating, ...acting] });
    return olds.hold ? { ...diff, changes: true } : diff;
}

/** The outputs of an update while the program holds: what SparkPost wasn't asked for stays as it was. */
export function heldOutputs<Outputs extends HoldableInputs>(
    olds: Outputs,
    news: Partial<Outputs>,
    acting: (keyof Outputs)[],
): Outputs {
    const kept = Object.fromEntries(acting.map((field) => [field, olds[field]]));
    return clean({ ...olds, ...news, ...kept, hold: olds.hold });
}

/** Inputs of something that is done now: without `hold`. */
export function done<Inputs extends HoldableInputs>({ hold: _, ...inputs }: Inputs): Omit<Inputs, "hold"> {
    return inputs;
}
