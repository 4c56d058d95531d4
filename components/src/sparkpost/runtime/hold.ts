// Holding back: a first `up` that comes before a manual step must succeed without doing what needs that step. `hold` in the
// outputs means that nothing was done yet. Later it never comes back.
import { type CommonInputs, clean, type Handler, isUnknown } from "./handler";

/** Inputs of a resource that can be held back. */
export interface HoldableInputs extends CommonInputs {
    /** Holds back what this resource does at SparkPost. In outputs: nothing was done yet. */
    hold?: boolean;
}

interface Holding<Inputs, Outputs> {
    /**
     * The inputs whose change calls SparkPost. While held they count as unchanged.
     */
    acting: (keyof Inputs & keyof Outputs & string)[];
    idOf(inputs: Inputs): string;
    /** The outputs before anything is done. */
    untouched(inputs: Inputs): Promise<Outputs>;
    inputsOf(outputs: Outputs): Inputs;
}

/** Whether the program holds back. A value that isn't known yet counts as held, so that nothing is done on a guess. */
export function isHeld({ hold }: HoldableInputs): boolean {
    return hold === true || isUnknown(hold);
}

/**
 * Lets a handler be held back. Its acting methods are called only while the program doesn't hold, with inputs without
 * `hold`. An update whose old outputs still have `hold` is the handler's first time. The end of a hold is an update. Its
 * beginning is no change, because it takes nothing back.
 */
export function holdable<Inputs extends HoldableInputs, Outputs extends Inputs>(
    handler: Handler<Inputs, Outputs>,
    { acting, idOf, untouched, inputsOf }: Holding<Inputs, Outputs>,
): Handler<Inputs, Outputs> {
    const asBefore = (olds: Outputs) => Object.fromEntries(acting.map((field) => [field, olds[field]]));
    return {
        ...handler,

        async diff(id, olds, news) {
            if (isHeld(news)) {
                return handler.diff(id, olds, { ...news, ...asBefore(olds) });
            }
            const diff = await handler.diff(id, olds, news);
            return olds.hold ? { ...diff, changes: true } : diff;
        },

        async create(inputs) {
            return isHeld(inputs)
                ? { id: idOf(inputs), outs: clean(await untouched(inputs)) }
                : handler.create(withoutHold(inputs));
        },

        async read(id, props) {
            return props.hold ? { id, props, inputs: inputsOf(props) } : handler.read(id, props);
        },

        async update(id, olds, news) {
            return isHeld(news)
                ? { outs: clean({ ...olds, ...news, ...asBefore(olds), hold: olds.hold }) }
                : handler.update(id, olds, withoutHold(news));
        },

        ...(handler.delete && {
            async delete(id: string, props: Outputs) {
                await (props.hold ? undefined : handler.delete?.(id, props));
            },
        }),
    };
}

function withoutHold<Inputs extends HoldableInputs>({ hold: _, ...inputs }: Inputs): Inputs {
    return inputs as Inputs;
}
