// A tracking domain's scheme and SparkPost's verification of it: one resource, so that nobody can undo half of it.
//   create and update switchAndVerify (GET, PUT, POST …/verify until yes, GET); read the list
//   delete nothing: SparkPost has no un-verify
import { type CommonInputs, checkDomain, clean, compare, type Handler, isUnknown, type Services } from "./handler";
import { type Switch, SwitchError, switchAndVerify } from "./switch";

export interface VerificationInputs extends CommonInputs {
    secure: boolean;
    /**
     * Always true in the program; what SparkPost says after a refresh, so that a lost verification shows as `false =>
     * true`.
     */
    verified: boolean;
    /** Of the edge's arguments: another edge has to be verified anew. */
    fingerprint: string;
    /** Seconds. */
    deadline: number;
    /** The registration was adopted with http links, verified: what a first switch that fails goes back to. */
    wasInsecure?: boolean;
}

export function verificationHandler({
    client,
    clock,
    progress,
}: Services): Handler<VerificationInputs, VerificationInputs> {
    return {
        async check(_olds, news) {
            const { inputs, failures } = checkDomain(news);
            if (!isUnknown(news.deadline) && !(news.deadline > 0)) {
                failures.push({ property: "deadline", reason: `${news.deadline}: write seconds, more than 0` });
            }
            return { inputs, failures };
        },

        async diff(_id, olds, news) {
            return compare(olds, news, {
                replacing: ["domain"],
                updating: ["secure", "verified", "fingerprint", "deadline"],
            });
        },

        async create(inputs) {
            await perform(inputs, inputs.wasInsecure ? { secure: false, verified: true } : undefined);
            return { id: inputs.domain, outs: inputs };
        },

        async read(id, props) {
            const state = await client(props.account).findInList(props.domain);
            if (!state) {
                return {};
            }
            const seen = clean({ ...props, secure: state.secure, verified: state.verified });
            return { id, props: seen, inputs: seen };
        },

        async update(id, olds, news) {
            const isDue = (["secure", "verified", "fingerprint"] as const).some((field) => olds[field] !== news[field]);
            if (isDue) {
                await perform(news, olds).catch((error: unknown) => {
                    throw withTruth(error, id, olds);
                });
            }
            return { outs: news };
        },
    };

    async function perform(
        { domain, account, secure, deadline }: VerificationInputs,
        was: Switch["was"],
    ): Promise<void> {
        await switchAndVerify({
            client: client(account),
            domain,
            secure,
            deadline: deadline * 1_000,
            was,
            clock,
            progress,
        });
    }
}

/**
 * A failed update keeps the old values in the state. Where SparkPost was left otherwise, the error carries what is
 * true, and the engine records that; the old fingerprint and a lost verification make the next `up` try again.
 */
function withTruth(error: unknown, id: string, olds: VerificationInputs): unknown {
    if (!(error instanceof SwitchError) || !error.left) {
        return error;
    }
    const { secure, verified } = error.left;
    if (secure === olds.secure && verified === olds.verified) {
        return error;
    }
    return Object.assign(error, { id, properties: { ...olds, secure, verified }, reasons: [error.message] });
}
