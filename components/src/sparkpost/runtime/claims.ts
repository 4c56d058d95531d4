// What only one tracking domain can have: the default of a scope, the link of a sending domain. The holder can change.
// The scope or the sending domain is the resource's identity.
//   create GET the holder, PUT, GET, or nothing while held; read GET or the list; update PUT
//   delete gives it back to the holder before, if the user wants that and ours still has it; a link is undone in any case

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

interface ClaimInputs extends HoldableInputs {
    restorePrevious: boolean;
}

/** What a claim remembers. */
export interface Claim {
    /**
     * The domain to which this stack gave it last. After a refresh `domain` may be another one. None while held.
     */
    ours?: string;
    /** The holder before the first `up`. */
    previous?: string;
    /** The domain had it before the first `up`, so delete leaves it. */
    adopted: boolean;
}

export type DefaultInputs = ClaimInputs;

export interface LinkInputs extends ClaimInputs {
    sendingDomain: string;
}

/** One kind of thing that is claimed. */
interface Claimed<Inputs extends ClaimInputs> {
    /** Checks the inputs that only this kind has. */
    check(news: Inputs): { inputs: Inputs; failures: CheckFailure[] };
    /** The inputs that are its identity, beside the scope. */
    identity: (keyof Inputs & string)[];
    idOf(inputs: Inputs): string;
    /** The domain that has it, "" for none; `undefined` if the thing itself is gone. */
    holder(inputs: Inputs): Promise<string | undefined>;
    /** The same, from the list that the reads of a refresh share. */
    holderInList(inputs: Inputs): Promise<string | undefined>;
    /** The holder before the claim, "" for none. Throws if the thing can't be claimed. */
    holderBefore(inputs: Inputs): Promise<string>;
    /** Whether the domain of the inputs has it; `undefined` if SparkPost doesn't say. */
    has(inputs: Inputs): Promise<boolean | undefined>;
    give(inputs: Inputs, domain: string): Promise<void>;
    /** What SparkPost's refusal means, if this kind knows. */
    meaning(error: SparkPostError, inputs: Inputs): string | undefined;
    /** The message for a call that SparkPost accepted without effect. */
    lost(inputs: Inputs): string;
    /** Whether it can be given back to this domain. */
    canHaveIt(inputs: Inputs, previous: string): Promise<boolean>;
    /** Whether it can have no holder. Delete then takes it away even if there is no heir. */
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
                  "A default domain must be verified. Declare a `sparkpost.Verification`, and make this resource depend on it."
                : undefined,
        lost: ({ domain }) =>
            `SparkPost accepted ${domain} as the default, but its record doesn't say so.\n` +
            "Another program may have changed the default at the same moment. Look for it, then run `pulumi up` again.",
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
            `SparkPost accepted ${domain} for ${sendingDomain}, but its record says otherwise.\n` +
            "Another program may have changed the link at the same moment. Look for it, then run `pulumi up` again.",
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

    /** Claims it for the first time, and remembers the holder before. */
    async function claim(inputs: Inputs): Promise<Inputs & Claim> {
        const { domain } = inputs;
        const before = await thing.holderBefore(inputs);
        if (before !== domain) {
            await give(inputs);
        }
        const adopted = before === domain;
        return clean({ ...inputs, ours: domain, previous: adopted || before === "" ? undefined : before, adopted });
    }

    /** After SparkPost has accepted the call, a failed read isn't a failure: the engine would forget the holder before. */
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

/** What to remember of a change. An adopted claim that the program changes is this stack's from then on. */
function afterwards({ ours, previous, adopted }: Claim, domain: string): Claim {
    const hasMoved = adopted && ours !== domain;
    return { ours: domain, previous: hasMoved ? ours : previous, adopted: adopted && !hasMoved };
}

/** Refuses a sending domain that isn't there, or belongs to a subaccount: a primary account may see those too. */
function refuseOfOthers(found: SendingDomainLink | undefined, { sendingDomain, account }: LinkInputs): void {
    if (!found) {
        throw new OperationError(
            `${sendingDomain} isn't a sending domain of ${describeScope(account)} (404).\n` +
                "Add it in SparkPost's UI, or correct the name. If a subaccount or another account has it, use that one's `account`.",
            "sending-domain",
        );
    }
    if (found.subaccount !== undefined && found.subaccount !== account.subaccount) {
        throw new OperationError(
            `${sendingDomain} belongs to subaccount ${found.subaccount}, not to ${describeScope(account)}.\n` +
                `A sending domain and its tracking domain must have the same subaccount. Set \`account: { subaccount: ${found.subaccount} }\` for both.`,
            "sending-domain",
        );
    }
}

function notRegisteredHere({ domain, sendingDomain, account }: LinkInputs, said: string): string {
    return (
        `${sendingDomain} can't be linked to ${domain}: ${said} (400)\n` +
        `${domain} must be registered in ${describeScope(account)}, like the sending domain. Declare a TrackingDomain with the same \`account\`, and make this resource depend on it.`
    );
}
