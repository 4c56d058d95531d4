// The link from a sending domain to its tracking domain. The sending domain is its identity; the tracking domain is what
// can change.
//   create GET, PUT, GET, or nothing while held; read GET; update PUT
//   delete PUT of the link before, or of none, if ours is still the one
import { type ApiAccount, describeScope } from "../account";
import { checkSendingDomain } from "../sendingDomain";
import { type Claim, firstClaim, nextClaim } from "./claim";
import type { Client } from "./client";
import { isTransient, OperationError, SparkPostError } from "./errors";
import { type CheckFailure, checkDomain, clean, type Handler, isSameScope, isUnknown, type Services } from "./handler";
import { compareHoldable, done, type HoldableInputs, heldOutputs, isHeld } from "./hold";
import type { SendingDomainLink } from "./trackingDomainApi";

export interface LinkInputs extends HoldableInputs {
    sendingDomain: string;
    restorePrevious: boolean;
}

export type LinkOutputs = LinkInputs & Claim;

export function trackingDomainLinkHandler({ client }: Services): Handler<LinkInputs, LinkOutputs> {
    return {
        async check(_olds, news) {
            const { inputs, failures } = checkDomain(news);
            if (isUnknown(news.sendingDomain)) {
                return { inputs, failures };
            }
            const { name, mistake } = checkSendingDomain(news.sendingDomain);
            const reason = `${JSON.stringify(news.sendingDomain)}: ${mistake}`;
            const ofName: CheckFailure[] = mistake ? [{ property: "sendingDomain", reason }] : [];
            return {
                inputs: mistake ? inputs : { ...inputs, sendingDomain: name },
                failures: [...failures, ...ofName],
            };
        },

        async diff(_id, olds, news) {
            const diff = compareHoldable<LinkInputs>(olds, news, {
                replacing: ["sendingDomain"],
                updating: ["restorePrevious"],
                acting: ["domain"],
            });
            return isSameScope(olds.account, news.account)
                ? diff
                : { ...diff, replaces: [...diff.replaces, "account"] };
        },

        async create(inputs) {
            const outs = isHeld(inputs) ? { ...inputs, adopted: false } : await claim(inputs);
            return { id: inputs.sendingDomain, outs };
        },

        async read(id, props) {
            const { ours, previous, adopted, ...inputs } = props;
            if (props.hold) {
                return { id, props, inputs };
            }
            const now = await client(props.account).findLink(props.sendingDomain);
            if (!now) {
                return {};
            }
            const seen = { ...inputs, domain: now.domain ?? "" };
            return { id, props: clean({ ...seen, ours, previous, adopted }), inputs: seen };
        },

        async update(_id, olds, news) {
            if (isHeld(news)) {
                return { outs: heldOutputs(olds, news, ["domain"]) };
            }
            if (olds.hold) {
                return { outs: await claim(news) };
            }
            if (olds.domain !== news.domain) {
                await link(news);
            }
            return { outs: clean({ ...done(news), ...nextClaim(olds, news.domain) }) };
        },

        async delete(_id, { sendingDomain, account, ours, previous, adopted, restorePrevious, hold }) {
            if (hold || adopted) {
                return;
            }
            const api = client(account);
            if ((await api.findLink(sendingDomain))?.domain === ours) {
                const isThere = restorePrevious && previous && previous !== ours && (await api.find(previous));
                await api.link(sendingDomain, isThere ? previous : "");
            }
        },
    };

    /** Links for the first time, and remembers what was linked before. */
    async function claim(inputs: LinkInputs): Promise<LinkOutputs> {
        const { domain, sendingDomain, account } = inputs;
        const before = await client(account).findLink(sendingDomain);
        refuseOfOthers(before, inputs);
        if (before?.domain !== domain) {
            await link(inputs);
        }
        return clean({ ...done(inputs), ...firstClaim(domain, before?.domain) });
    }

    /** Once SparkPost has taken the link, a read that fails isn't a failure: what was before would be forgotten. */
    async function link({ domain, sendingDomain, account }: LinkInputs): Promise<void> {
        const api = client(account);
        try {
            await api.link(sendingDomain, domain);
        } catch (error) {
            if (error instanceof SparkPostError && error.status === 400 && error.said.includes("code 1200")) {
                throw new OperationError(notRegisteredHere(domain, sendingDomain, account, error.said));
            }
            if (isTransient(error) && (await linked(api, sendingDomain)) === domain) {
                return;
            }
            throw error;
        }
        const now = await linked(api, sendingDomain);
        if (now !== undefined && now !== domain) {
            throw new OperationError(
                `SparkPost took ${domain} for ${sendingDomain}, but its record says ${now || "none"}.\n` +
                    "Something else may have linked it at the same moment: look for another owner of the link, then run `pulumi up` again.",
            );
        }
    }

    /** The linked domain, "" for none; `undefined` where it can't be read. */
    async function linked(api: Client, sendingDomain: string): Promise<string | undefined> {
        const now = await api.findLink(sendingDomain).catch(() => undefined);
        return now && (now.domain ?? "");
    }
}

/** Tells a sending domain that isn't there, or is a subaccount's, which a primary account may be shown. */
function refuseOfOthers(found: SendingDomainLink | undefined, { sendingDomain, account }: LinkInputs): void {
    if (!found) {
        throw new OperationError(
            `${sendingDomain} isn't a sending domain of ${describeScope(account)} (404).\n` +
                "Add it in SparkPost's UI, or mend the name; one that belongs to a subaccount, or to another account, is linked with that one's `account`.",
        );
    }
    if (found.subaccount !== undefined && found.subaccount !== account.subaccount) {
        throw new OperationError(
            `${sendingDomain} belongs to subaccount ${found.subaccount}, not to ${describeScope(account)}.\n` +
                `A sending domain is linked to a tracking domain of its own subaccount: give both \`account: { subaccount: ${found.subaccount} }\`.`,
        );
    }
}

function notRegisteredHere(domain: string, sendingDomain: string, account: ApiAccount, said: string): string {
    return (
        `${sendingDomain} can't be linked to ${domain}: ${said} (400)\n` +
        `${domain} must be registered in ${describeScope(account)}, like the sending domain: declare a TrackingDomain with the same \`account\` and let this one depend on it.`
    );
}
