// For how long resolvers keep what a host's record said before a stack changed it: remembered from before that change
// on, so that an update which comes after a failed or killed one knows it too.
//   check keeps what is known where the program has nothing new; create, read, update and delete nothing
import { type CommonInputs, checkDomain, clean, compare, type Handler, type Services } from "./handler";

export interface FormerTtlInputs extends Omit<CommonInputs, "account"> {
    /** Seconds; in the program only where the record still says so. */
    ttl?: number;
}

export interface FormerTtlOutputs extends FormerTtlInputs {
    /** Seconds from the change of the record on. */
    keptFor?: number;
    /** When `ttl` was found, RFC 3339. */
    foundAt?: string;
}

export function formerTtlHandler({ clock }: Pick<Services, "clock">): Handler<FormerTtlInputs, FormerTtlOutputs> {
    return {
        async check(olds, news) {
            const { inputs, failures } = checkDomain(news);
            const known = olds.domain === inputs.domain ? olds.ttl : undefined;
            return { inputs: clean({ ...inputs, ttl: inputs.ttl ?? known }), failures };
        },

        async diff(_id, olds, news) {
            return compare<FormerTtlInputs>(olds, news, { replacing: ["domain"], updating: ["ttl"] });
        },

        async create(inputs) {
            return { id: inputs.domain, outs: found(inputs) };
        },

        async read(id, props) {
            const { keptFor: _kept, foundAt: _found, ...inputs } = props;
            return { id, props, inputs };
        },

        async update(_id, olds, news) {
            return { outs: olds.ttl === news.ttl ? { ...olds, ...news } : found(news, olds) };
        },
    };

    /** An answer that was given before may be kept for longer than the one that is given now. */
    function found(inputs: FormerTtlInputs, olds?: FormerTtlOutputs): FormerTtlOutputs {
        const { ttl } = inputs;
        if (ttl === undefined) {
            return inputs;
        }
        const foundAt = clock.timestamp();
        const { keptFor = 0, foundAt: before = foundAt } = olds ?? {};
        const left = keptFor - (Date.parse(foundAt) - Date.parse(before)) / 1_000;
        return { ...inputs, keptFor: Math.max(ttl, Math.ceil(left)), foundAt };
    }
}
