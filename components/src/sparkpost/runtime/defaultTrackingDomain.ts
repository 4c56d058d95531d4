// The default tracking domain of a scope (account and subaccount), which is its identity; the domain is what can
// change.
//   create GET the default, PUT default, GET, or nothing while held; read the list; update PUT default
//   delete PUT default of the one before, if asked to and ours is still the default
import { scopeOf } from "../account";
import { type Claim, firstClaim, nextClaim } from "./claim";
import type { Client } from "./client";
import { isTransient, OperationError, SparkPostError } from "./errors";
import { checkDomain, clean, type Handler, isSameScope, type Services } from "./handler";
import { compareHoldable, done, type HoldableInputs, heldOutputs, isHeld } from "./hold";
import type { TrackingDomainState } from "./trackingDomainApi";

export interface DefaultInputs extends HoldableInputs {
    restorePrevious: boolean;
}

export type DefaultOutputs = DefaultInputs & Claim;

export function defaultTrackingDomainHandler({ client }: Services): Handler<DefaultInputs, DefaultOutputs> {
    return {
        async check(_olds, news) {
            return checkDomain(news);
        },

        async diff(_id, olds, news) {
            const fields = { replacing: [], updating: ["restorePrevious" as const], acting: ["domain" as const] };
            const diff = compareHoldable<DefaultInputs>(olds, news, fields);
            return isSameScope(olds.account, news.account) ? diff : { ...diff, replaces: ["account"] };
        },

        async create(inputs) {
            const outs = isHeld(inputs) ? { ...inputs, adopted: false } : await claim(inputs);
            return { id: scopeOf(inputs.account), outs };
        },

        async read(id, props) {
            const { ours, previous, adopted, ...inputs } = props;
            if (props.hold) {
                return { id, props, inputs };
            }
            const now = await client(props.account).findDefaultInList();
            const seen = { ...inputs, domain: now?.domain ?? "" };
            return { id, props: clean({ ...seen, ours, previous, adopted }), inputs: clean(seen) };
        },

        async update(_id, olds, news) {
            if (isHeld(news)) {
                return { outs: heldOutputs(olds, news, ["domain"]) };
            }
            if (olds.hold) {
                return { outs: await claim(news) };
            }
            if (olds.domain !== news.domain) {
                await makeDefault(client(news.account), news.domain);
            }
            return { outs: clean({ ...done(news), ...nextClaim(olds, news.domain) }) };
        },

        async delete(_id, { account, ours, previous, adopted, restorePrevious }) {
            if (!restorePrevious || adopted || !previous) {
                return;
            }
            const api = client(account);
            const now = (await api.findDefault())?.domain;
            if (now === ours && previous !== ours && (await api.find(previous))?.verified) {
                await api.makeDefault(previous);
            }
        },
    };

    /** Makes the domain the default for the first time, and remembers whose it was. */
    async function claim(inputs: DefaultInputs): Promise<DefaultOutputs> {
        const { domain, account } = inputs;
        const api = client(account);
        const before = (await api.findDefault())?.domain;
        if (before !== domain) {
            await makeDefault(api, domain);
        }
        return clean({ ...done(inputs), ...firstClaim(domain, before) });
    }

    /** Makes the domain the default. Once SparkPost has taken that, a read that fails isn't a failure: what was before would be forgotten. */
    async function makeDefault(api: Client, domain: string): Promise<void> {
        try {
            await api.makeDefault(domain);
        } catch (error) {
            if (error instanceof SparkPostError && error.status === 422) {
                throw new OperationError(
                    `${domain} can't be the default: ${error.said} (422)\n` +
                        "A default domain must be verified: declare a TrackingDomainVerification and let this one depend on it.",
                );
            }
            if (isTransient(error) && (await read(api, domain))?.default) {
                return;
            }
            throw error;
        }
        if ((await read(api, domain))?.default === false) {
            throw new OperationError(
                `SparkPost took ${domain} as the default, but its record doesn't say so.\n` +
                    "Something else may have claimed it at the same moment: look for another owner of the default, then run `pulumi up` again.",
            );
        }
    }

    function read(api: Client, domain: string): Promise<TrackingDomainState | undefined> {
        return api.find(domain).catch(() => undefined);
    }
}
