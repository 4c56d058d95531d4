// What one domain has and another may want: the default of a scope, the link of a sending domain. Whose it is can
// change; what it is (the scope, the sending domain) is the resource's identity.
//   create GET whose it is, PUT, GET, or nothing while held; read GET or the list; update PUT
//   delete gives it back to the one before, if asked to and ours still has it; a link is at least undone

import { checkSendingDomain } from "../../hostname";
import type { Anchor } from "../../readOn";
import { describeScope, scopeOf } from "../account";
import { isTransient, OperationError, SparkPostError } from "./errors";
import {
    type CheckFailure,
    checkDomain,
    clean,
    compare,
    type Handler,
    isSameScope,
    isUnknown,
    type Services,
} from "./handler";
import { type HoldableInputs, holdable } from "./hold";
import type { SendingDomainLink } from "./trackingDomainApi";

export interface ClaimInputs extends HoldableInputs {
    restorePrevious: boolean;
}

/** What a claim remembers. */
export interface Claim {
    /**
     * The domain that we gave it to last; `domain` is somebody else's after a refresh that found it taken. None while
     * held.
     */
    ours?: string;
    /** The one that had it before the first `up`; remembered once. */
    previous?: string;
    /** Ours had it before we came: delete leaves it. */
    adopted: boolean;
}

export type DefaultInputs = ClaimInputs;

export interface LinkInputs extends ClaimInputs {
    sendingDomain: string;
}

/** One kind of thing that is claimed. */
interface Claimed<Inputs extends ClaimInputs> {
    /** Mistakes in the inputs that only this kind has. */
    check(news: Inputs): { inputs: Inputs; failures: CheckFailure[] };
    /** The inputs that are its identity, beside the scope. */
    identity: (keyof Inputs & string)[];
    idOf(inputs: Inputs): string;
    /** The domain that has it, "" for none; `undefined` when the thing itself is gone. */
    holder(inputs: Inputs): Promise<string | undefined>;
    /** The same, from an answer that the reads of a refresh may share. */
    holderInList(inputs: Inputs): Promise<string | undefined>;
    /** The domain that has it before we come, "" for none. Throws where the thing can't be claimed. */
    holderBefore(inputs: Inputs): Promise<string>;
    /** Whether the domain of the inputs has it; `undefined` where nothing says so. */
    has(inputs: Inputs): Promise<boolean | undefined>;
    give(inputs: Inputs, domain: string): Promise<void>;
    /** What SparkPost's refusal means, where this kind knows. */
    meaning(error: SparkPostError, inputs: Inputs): string | undefined;
    /** The message for a call that SparkPost took, and that had no effect. */
    lost(inputs: Inputs): string;
    /** Whether it can be given back to this domain. */
    canHaveIt(inputs: Inputs, previous: string): Promise<boolean>;
    /** Nobody can have it: delete takes it from ours even if nobody is to have it then. */
    canBeNobodys: boolean;
    /** Where its refusals are explained. */
    anchor: Anchor;
}

export function defaultDomainHandler({ client }: Services): Handler<DefaultInputs, DefaultInputs & Claim> {
    const holder = async ({ account }: DefaultInputs) => (await client(account).findDefault())?.domain ?? "";
    return claimHandler<DefaultInputs>({
        check: (news) => ({ inputs: news, failures: [] }),
        identity: [],
        idOf: ({ account }) => scopeOf(account),
        holder,
        holderInList: async ({ account }) => (await client(account).findDefaultInList())?.domain ?? "",
        holderBefore: holder,
        has: async ({ account, domain }) => (await client(account).find(domain))?.default,
        give: ({ account }, domain) => client(account).makeDefault(domain),
        meaning: ({ status, said }, { domain }) =>
            status === 422
                ? `${domain} can't be the default: ${said} (422)\n` +
                  "A default domain must be verified: declare a `sparkpost.Verification` and let this one depend on it."
                : undefined,
        lost: ({ domain }) =>
            `SparkPost took ${domain} as the default, but its record doesn't say so.\n` +
            "Something else may have claimed it at the same moment: look for another owner of the default, then run `pulumi up` again.",
        canHaveIt: async ({ account }, previous) => (await client(account).find(previous))?.verified ?? false,
        canBeNobodys: false,
        anchor: "default-refused",
    });
}

export function domainLinkHandler({ client }: Services): Handler<LinkInputs, LinkInputs & Claim> {
    const find = ({ account, sendingDomain }: LinkInputs) => client(account).findLink(sendingDomain);
    const holder = async (inputs: LinkInputs) => {
        const found = await find(inputs);
        return found && (found.domain ?? "");
    };
    return claimHandler<LinkInputs>({
        check(news) {
            const { name, mistake } = isUnknown(news.sendingDomain)
                ? { name: news.sendingDomain, mistake: undefined }
                : checkSendingDomain(news.sendingDomain);
            const reason = `${JSON.stringify(news.sendingDomain)}: ${mistake}`;
            return mistake
                ? { inputs: news, failures: [{ property: "sendingDomain", reason }] }
                : { inputs: { ...news, sendingDomain: name }, failures: [] };
        },
        identity: ["sendingDomain"],
        idOf: ({ sendingDomain }) => sendingDomain,
        holder,
        holderInList: holder,
        async holderBefore(inputs) {
            const found = await find(inputs);
            refuseOfOthers(found, inputs);
            return found?.domain ?? "";
        },
        async has(inputs) {
            const now = await holder(inputs);
            return now === undefined ? undefined : now === inputs.domain;
        },
        give: ({ account, sendingDomain }, domain) => client(account).link(sendingDomain, domain),
        meaning: ({ status, said }, inputs) =>
            status === 400 && said.includes("code 1200") ? notRegisteredHere(inputs, said) : undefined,
        lost: ({ domain, sendingDomain }) =>
            `SparkPost took ${domain} for ${sendingDomain}, but its record says otherwise.\n` +
            "Something else may have linked it at the same moment: look for another owner of the link, then run `pulumi up` again.",
        canHaveIt: async ({ account }, previous) => (await client(account).find(previous)) !== undefined,
        canBeNobodys: true,
        anchor: "link-refused",
    });
}

function claimHandler<Inputs extends ClaimInputs>(thing: Claimed<Inputs>): Handler<Inputs, Inputs & Claim> {
    const inputsOf = ({ ours: _ours, previous: _previous, adopted: _adopted, ...inputs }: Inputs & Claim) =>
        inputs as unknown as Inputs;

    const handler: Handler<Inputs, Inputs & Claim> = {
        async check(_olds, news) {
            const { inputs, failures } = checkDomain(news);
            const own = thing.check(inputs);
            return { inputs: own.inputs, failures: [...failures, ...own.failures] };
        },

        async diff(_id, olds, news) {
            const diff = compare<Inputs>(olds, news, {
                replacing: thing.identity,
                updating: ["restorePrevious", "domain"],
            });
            return isSameScope(olds.account, news.account)
                ? diff
                : { ...diff, replaces: [...diff.replaces, "account"] };
        },

        async create(inputs) {
            return { id: thing.idOf(inputs), outs: await claim(inputs) };
        },

        async read(id, props) {
            const domain = await thing.holderInList(props);
            if (domain === undefined) {
                return {};
            }
            const seen = { ...inputsOf(props), domain };
            const { ours, previous, adopted } = props;
            return { id, props: clean({ ...seen, ours, previous, adopted }), inputs: seen };
        },

        async update(_id, olds, news) {
            if (olds.hold) {
                return { outs: await claim(news) };
            }
            if (olds.domain !== news.domain) {
                await give(news);
            }
            return { outs: clean({ ...news, ...afterwards(olds, news.domain) }) };
        },

        async delete(_id, props) {
            const { ours, previous, adopted, restorePrevious } = props;
            const wanted = restorePrevious && previous !== ours ? previous : undefined;
            if (adopted || (!wanted && !thing.canBeNobodys) || (await thing.holder(props)) !== ours) {
                return;
            }
            const heir = wanted && (await thing.canHaveIt(props, wanted)) ? wanted : "";
            if (heir || thing.canBeNobodys) {
                await thing.give(props, heir);
            }
        },
    };
    return holdable(handler, {
        acting: ["domain"],
        idOf: thing.idOf,
        untouched: async (inputs) => ({ ...inputs, adopted: false }),
        inputsOf,
    });

    /** Claims it for the first time, and remembers whose it was. */
    async function claim(inputs: Inputs): Promise<Inputs & Claim> {
        const { domain } = inputs;
        const before = await thing.holderBefore(inputs);
        if (before !== domain) {
            await give(inputs);
        }
        const adopted = before === domain;
        return clean({ ...inputs, ours: domain, previous: adopted || before === "" ? undefined : before, adopted });
    }

    /** Once SparkPost has taken the call, a read that fails isn't a failure: what was before would be forgotten. */
    async function give(inputs: Inputs): Promise<void> {
        const has = () => thing.has(inputs).catch(() => undefined);
        try {
            await thing.give(inputs, inputs.domain);
        } catch (error) {
            const meaning = error instanceof SparkPostError ? thing.meaning(error, inputs) : undefined;
            if (meaning !== undefined) {
                throw new OperationError(meaning, thing.anchor);
            }
            if (isTransient(error) && (await has())) {
                return;
            }
            throw error;
        }
        if ((await has()) === false) {
            throw new OperationError(thing.lost(inputs), thing.anchor);
        }
    }
}

/** What is remembered of a change. What was adopted as it was and then changed is ours from then on. */
function afterwards({ ours, previous, adopted }: Claim, domain: string): Claim {
    const hasMoved = adopted && ours !== domain;
    return { ours: domain, previous: hasMoved ? ours : previous, adopted: adopted && !hasMoved };
}

/** Refuses a sending domain that isn't there, or is a subaccount's, which a primary account may be shown. */
function refuseOfOthers(found: SendingDomainLink | undefined, { sendingDomain, account }: LinkInputs): void {
    if (!found) {
        throw new OperationError(
            `${sendingDomain} isn't a sending domain of ${describeScope(account)} (404).\n` +
                "Add it in SparkPost's UI, or mend the name. One that belongs to a subaccount or to another account is linked with that one's `account`.",
            "sending-domain",
        );
    }
    if (found.subaccount !== undefined && found.subaccount !== account.subaccount) {
        throw new OperationError(
            `${sendingDomain} belongs to subaccount ${found.subaccount}, not to ${describeScope(account)}.\n` +
                `A sending domain is linked to a tracking domain of its own subaccount: give both \`account: { subaccount: ${found.subaccount} }\`.`,
            "sending-domain",
        );
    }
}

function notRegisteredHere({ domain, sendingDomain, account }: LinkInputs, said: string): string {
    return (
        `${sendingDomain} can't be linked to ${domain}: ${said} (400)\n` +
        `${domain} must be registered in ${describeScope(account)}, like the sending domain: declare a TrackingDomain with the same \`account\` and let this one depend on it.`
    );
}
