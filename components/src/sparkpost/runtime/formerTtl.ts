// For how long resolvers keep what a host's record said before a stack changed it: remembered from before that change
// on, so that an update which comes after a failed or killed one knows it too.
//   check keeps what is known where the program has nothing new; create, read, update and delete nothing
import { type CommonInputs, checkDomain, clean, compare, type Handler } from "./handler";

export interface FormerTtlInputs extends Omit<CommonInputs, "account"> {
    /** Seconds; in the program only where the record still says so. */
    ttl?: number;
}

export function formerTtlHandler(): Handler<FormerTtlInputs, FormerTtlInputs> {
    return {
        async check(olds, news) {
            const { inputs, failures } = checkDomain(news);
            const known = olds.domain === inputs.domain ? olds.ttl : undefined;
            return { inputs: clean({ ...inputs, ttl: inputs.ttl ?? known }), failures };
        },

        async diff(_id, olds, news) {
            return compare(olds, news, { replacing: ["domain"], updating: ["ttl"] });
        },

        async create(inputs) {
            return { id: inputs.domain, outs: inputs };
        },

        async read(id, props) {
            return { id, props, inputs: props };
        },

        async update(_id, _olds, news) {
            return { outs: news };
        },
    };
}
